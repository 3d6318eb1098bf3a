//! Cases about documents behind lines: a reviewer looks and closes them. Nothing here happens to a line.

use jiff::Timestamp;
use lineward_core::{
    id::{ApplicationId, LineId, RowId, StaffId},
    line::LineState,
    staff::Role,
    verification::DocumentReason,
    watch::CloseReason,
};
use lineward_store::{
    StoreError,
    rows::{AuthorityAnswerRow, DocumentCaseRow},
};

use crate::{App, AppError, Ctx, acting::Begun};

/// One row of the list; nothing personal.
#[derive(Debug, Clone)]
pub struct DocumentCase {
    /// The case.
    pub id: RowId,
    /// The public reference of an application whose line the document stands behind.
    pub reference: String,
    /// What the authority said.
    pub reason: DocumentReason,
    /// Since when it waits.
    pub since: Timestamp,
    /// The authority that said it.
    pub source: String,
}

/// One case with what it rests on; nothing personal.
#[derive(Debug, Clone)]
pub struct DocumentCaseView {
    /// The row.
    pub case: DocumentCase,
    /// The application.
    pub application: ApplicationId,
    /// The answer that it rests on.
    pub answer: AuthorityAnswerRow,
    /// The lines that its holder holds, as they are.
    pub lines: Vec<(LineId, LineState)>,
    /// When it was closed, by whom and why.
    pub closed: Option<(Timestamp, StaffId, CloseReason)>,
}

/// Most cases that are listed. Ours: as many as referrals.
const LISTED: u32 = 200;

impl App {
    /// The cases that nobody has closed, oldest first: at most 200.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is not a reviewer.
    pub async fn document_cases(&self, ctx: &Ctx) -> Result<Vec<DocumentCase>, AppError> {
        ctx.staff(&[Role::Reviewer])?;
        let list = self.store.read(ctx.carrier).await?.open_document_cases(LISTED).await?;
        Ok(list.into_iter().map(|(row, reference, answer)| listed(&row, reference, &answer)).collect())
    }

    /// One case, open or closed. The read is recorded before the answer leaves.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NotAllowed`] for who is not a reviewer.
    pub async fn document_case(&self, ctx: &Ctx, id: RowId) -> Result<DocumentCaseView, AppError> {
        ctx.staff(&[Role::Reviewer])?;
        self.record_read(ctx, "read_document_case", format!("document_case:{id}"), None).await?;
        let mut tx = self.store.read(ctx.carrier).await?;
        let (row, reference, answer) = tx.document_case(id).await?.ok_or(AppError::NotFound)?;
        let mut lines = Vec::new();
        for holding in tx.holdings_of(row.party).await? {
            let line = tx.line(holding.line).await?.ok_or(AppError::Broken("no line"))?;
            lines.push((line.id, line.state));
        }
        let case = listed(&row, reference, &answer);
        Ok(DocumentCaseView { case, application: row.application, answer, lines, closed: row.closed })
    }

    /// Closes a case. What follows for a line, if anything, is decided elsewhere and by people.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::WrongState`] when it is closed already; [`AppError::NotAllowed`] for who is not a
    /// reviewer.
    pub async fn close_document_case(&self, ctx: &Ctx, id: RowId, why: CloseReason) -> Result<(), AppError> {
        let reviewer = ctx.staff(&[Role::Reviewer])?;
        self.store.read(ctx.carrier).await?.document_case(id).await?.ok_or(AppError::NotFound)?;
        let subject = format!("document_case:{id}");
        let mut act = self.act(ctx, "close_document_case", subject, Some(why.code())).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(()) => return Ok(()),
            };
            let outcome = async {
                match tx.close_document_case(id, ctx.now, reviewer, why).await {
                    Err(StoreError::Missing { .. }) => Err(AppError::WrongState("the case is closed")),
                    closed => Ok(closed?),
                }
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }
}

fn listed(row: &DocumentCaseRow, reference: String, answer: &AuthorityAnswerRow) -> DocumentCase {
    DocumentCase {
        id: row.id,
        reference,
        reason: row.reason,
        since: row.opened_at,
        source: answer.source.clone(),
    }
}
