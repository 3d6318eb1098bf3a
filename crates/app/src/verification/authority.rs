//! Asking the authority that issued a document, and what is recorded of its answer or its silence.

use std::time::Duration;

use jiff::SignedDuration;
use lineward_core::{
    application::ApplicationState,
    authority::silence,
    evidence::PortraitRef,
    id::{ApplicationId, DocumentId},
    rules::Rules,
    verification::{ConsentKind, DocumentFacts},
};
use lineward_store::{
    Tx,
    rows::{ApplicationRow, AuthorityAnswerRow, DocumentFindingRow, DocumentRow, NewJob},
};

use super::{Fields, Question, fields_of};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{active_rules, put_message},
    pass::after,
    ports::{Answered, Asking, Authority, Unavailable},
};

/// How soon a silent authority is asked for the first time again; later tries wait longer. Ours.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// An authority that takes longer is silent: the person waits before a page, the worker has other work. Ours.
pub(crate) const AUTHORITY_ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// What came of asking.
pub(crate) struct Asked {
    /// The authority's name.
    source: String,
    /// The portrait that it was shown.
    portrait: Option<PortraitRef>,
    outcome: Result<Answered, Unavailable>,
}

impl Asked {
    /// Whether no answer came that can be used.
    pub(crate) const fn is_silent(&self) -> bool {
        self.outcome.is_err()
    }
}

impl App {
    /// Asks the authority about a document; `None` where there is none for it, or where the rules have no use for its
    /// answer. The picture goes along only where the issuer's own comparison can prove the portrait under the rules, the
    /// authority makes one, and the person has agreed to the comparison.
    pub(crate) async fn ask_authority(
        &self,
        ctx: &Ctx,
        rules: &Rules,
        consents: &[ConsentKind],
        fields: &Fields,
        picture: Option<(PortraitRef, &[u8])>,
    ) -> Option<Asked> {
        let authority = self.ports.authority.as_ref().filter(|_| rules.wants_authority())?;
        let profile = authority.profile();
        let question = Question::of(fields, profile)?;
        let may_show =
            rules.wants_authority_portrait() && profile.portrait && consents.contains(&ConsentKind::Face);
        let (portrait, bytes) = picture.filter(|_| may_show).unzip();
        let outcome = ask_in_time(ctx, authority.as_ref(), &question, bytes).await;
        Some(Asked { source: profile.source.clone(), portrait, outcome })
    }

    /// Asks a silent authority again about the fields; the picture was not kept, so the applicant is told to send it again.
    /// `false`: it is still silent.
    pub(crate) async fn ask_authority_again(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
    ) -> Result<bool, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        if row.state != ApplicationState::Open || row.provisional_until.is_none() {
            return Ok(true);
        }
        let verification = tx.verification(row.verification).await?.ok_or(AppError::NotFound)?;
        let Some(document) = tx.documents(verification.id).await?.pop() else { return Ok(true) };
        let rules = active_rules(&mut tx).await?;
        drop(tx);
        let fields = fields_of(self, ctx, &verification, Some(&document)).await?.ok_or(AppError::Erased)?;
        let Some(asked) = self.ask_authority(ctx, &rules, &[], &fields, None).await else { return Ok(true) };
        if asked.is_silent() {
            return Ok(false);
        }
        let mut act =
            self.act(ctx, "ask_authority", format!("verification:{}", verification.id), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(true) };
            let outcome = async {
                // It may have been decided while the authority was asked; then its findings stay as they were.
                let mut now = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
                let shown = tx.documents(now.verification).await?.pop();
                if now.state != ApplicationState::Open || shown.map(|d| d.id) != Some(document.id) {
                    return Ok(());
                }
                record_asked(&mut tx, ctx, &rules, &mut now, &document, &asked).await?;
                put_message(&mut tx, ctx, &now, "continue_here").await
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| true);
            }
        }
    }
}

/// Asks, and takes no answer in time for silence. Why there was none is logged here, without the question.
pub(crate) async fn ask_in_time(
    ctx: &Ctx,
    authority: &dyn Authority,
    question: &Question,
    portrait: Option<&[u8]>,
) -> Result<Answered, Unavailable> {
    let asking = Asking { question, portrait, nonce: ctx.bytes(), now: ctx.now, request_id: &ctx.request_id };
    let asked = tokio::time::timeout(AUTHORITY_ANSWERS_WITHIN, authority.ask(&asking)).await;
    let outcome = asked.unwrap_or_else(|_| Err(Unavailable("it took too long".into())));
    if let Err(Unavailable(why)) = &outcome {
        let source = &authority.profile().source;
        tracing::warn!(source, request_id = %ctx.request_id, %why, "the authority gave no answer that can be used");
    }
    outcome
}

/// Records an answer with its findings, or the silence and until when it is waited for. The application is locked and open.
pub(crate) async fn record_asked(
    tx: &mut Tx,
    ctx: &Ctx,
    rules: &Rules,
    application: &mut ApplicationRow,
    document: &DocumentRow,
    asked: &Asked,
) -> Result<(), AppError> {
    let (answer, findings) = match &asked.outcome {
        Ok(answered) => {
            let row = insert_answer(tx, ctx, document.id, &asked.source, answered).await?;
            (Some(row.id), row.answer.findings(asked.portrait, ctx.now))
        }
        Err(_) => (None, silence(asked.portrait, ctx.now)),
    };
    for finding in findings {
        let row = DocumentFindingRow { id: ctx.id(), document: document.id, finding, answer };
        tx.insert_document_finding(application.verification, &row).await?;
    }
    application.provisional_until = match asked.outcome {
        Ok(_) => None,
        Err(_) => Some(wait_for_authority(tx, ctx, rules, application, document).await?),
    };
    tx.update_application(application).await?;
    Ok(())
}

/// Records one answer: source, times, words and the hash of what was signed.
pub(crate) async fn insert_answer(
    tx: &mut Tx,
    ctx: &Ctx,
    document: DocumentId,
    source: &str,
    answered: &Answered,
) -> Result<AuthorityAnswerRow, AppError> {
    let row = AuthorityAnswerRow {
        id: ctx.id(),
        document,
        source: source.to_owned(),
        asked_at: ctx.now,
        answered_at: answered.answered_at,
        answer: answered.answer,
        evidence_hash: answered.evidence_hash,
    };
    tx.insert_authority_answer(&row).await?;
    Ok(row)
}

/// Has the authority asked again, and a person decide at the end of the rules' time: never approved, never refused. The
/// clock began with the first silence; asking once more does not set it back.
async fn wait_for_authority(
    tx: &mut Tx,
    ctx: &Ctx,
    rules: &Rules,
    application: &ApplicationRow,
    document: &DocumentRow,
) -> Result<jiff::Timestamp, AppError> {
    let facts = DocumentFacts {
        id: document.id,
        number_source: document.number_source,
        expires_on: document.expires_on,
        findings: tx.document_findings(document.id).await?.into_iter().map(|f| f.finding).collect(),
    };
    let since = facts.service_down_since().unwrap_or(ctx.now);
    let minutes = SignedDuration::from_mins(i64::from(rules.service_retry_minutes.value));
    // Showing the document anew does not set the clock back either.
    let until = after(since, minutes)?;
    let until = application.provisional_until.map_or(until, |earlier| earlier.min(until));
    let job = |kind: &str, subject: &str, run_at| NewJob {
        id: ctx.id(),
        kind: kind.into(),
        subject: format!("{subject}:{}", application.verification),
        payload: serde_json::json!({ "application": application.id.uuid() }).to_string(),
        run_at,
        dedupe_key: Some(format!("{subject}:{}:{}", document.id, since.as_microsecond())),
    };
    tx.put_job(&job("ask_authority", "authority", after(ctx.now, ASK_AGAIN_AFTER)?)).await?;
    tx.put_job(&job("service_deadline", "service", until)).await?;
    Ok(until)
}
