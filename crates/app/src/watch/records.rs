//! The only writes of the daily look.

use lineward_core::watch::opens_case;
use lineward_store::{
    Tx,
    rows::{DocumentCaseRow, DocumentWatchRow, NewJob, WatchedHolderRow},
};

use super::Found;
use crate::{
    AppError, Ctx,
    ports::{Answered, MessageKind},
    verification::insert_answer,
};

/// The transaction of one step. It is out of reach from here on: what is not a verb below cannot happen to anybody whose
/// document is looked at.
pub(super) struct Records<'a> {
    tx: &'a mut Tx,
    ctx: &'a Ctx,
}

impl<'a> Records<'a> {
    pub(super) const fn of(tx: &'a mut Tx, ctx: &'a Ctx) -> Self {
        Records { tx, ctx }
    }

    /// Writes what was found about one holder: the answer and what it opens, and the notice. Nothing where somebody else
    /// wrote about the same document meanwhile: an approval, or a worker that took this step over.
    pub(super) async fn write(&mut self, found: &Found) -> Result<(), AppError> {
        let seen = &found.holder.watch;
        if self.tx.lock_watch(seen.party).await?.as_ref() != Some(seen) {
            return Ok(());
        }
        let mut watch = seen.clone();
        if let Some((source, answered)) = &found.answered {
            self.answer(&found.holder, source, answered, found.lapsed).await?;
            watch.asked_at = self.ctx.now;
        }
        if found.notice {
            self.announce(&found.holder).await?;
            watch.announced = found.holder.expires_on;
        }
        self.watch(&watch).await
    }

    async fn watch(&mut self, watch: &DocumentWatchRow) -> Result<(), AppError> {
        Ok(self.tx.set_watch(watch).await?)
    }

    /// Keeps the answer, and puts a new no before a person.
    async fn answer(
        &mut self,
        holder: &WatchedHolderRow,
        source: &str,
        answered: &Answered,
        lapsed: bool,
    ) -> Result<(), AppError> {
        let document = holder.watch.document;
        let before = self.tx.last_authority_answer(document).await?.map(|row| row.answer);
        let row = insert_answer(self.tx, self.ctx, document, source, answered).await?;
        let Some(reason) = opens_case(&row.answer, before.as_ref(), lapsed) else { return Ok(()) };
        let case = DocumentCaseRow {
            id: self.ctx.id(),
            party: holder.watch.party,
            document,
            application: holder.basis,
            answer: row.id,
            reason,
            opened_at: self.ctx.now,
            closed: None,
        };
        Ok(self.tx.put_document_case(&case).await?)
    }

    /// Has the holder told. The message goes its own way, as every other.
    async fn announce(&mut self, holder: &WatchedHolderRow) -> Result<(), AppError> {
        let party = holder.watch.party;
        let payload = serde_json::json!({
            "application": holder.basis.uuid(),
            "party": party.uuid(),
            "message": MessageKind::DocumentExpires.code(),
        });
        let job = NewJob {
            id: self.ctx.id(),
            kind: "notify".into(),
            subject: format!("notices:{party}"),
            payload: payload.to_string(),
            run_at: self.ctx.now,
            dedupe_key: None,
        };
        Ok(self.tx.put_job(&job).await?)
    }
}
