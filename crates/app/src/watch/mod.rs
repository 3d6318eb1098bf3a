//! The daily look at the documents behind lines that are in service: the authority is asked again where the rules demand it,
//! a last day that is near becomes a notice, and a new no a case for a person.
//!
//! May not happen here: anything to a line, a holding or an application. All writes go through [`Records`], which has no
//! verb for them.

mod cases;
mod records;

use jiff::{SignedDuration, Timestamp};
use lineward_core::{
    id::PartyId,
    rules::Rules,
    watch::{announcement_due, reask_due},
};
use lineward_store::rows::{NewJob, PartyRow, WatchedHolderRow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use cases::{DocumentCase, DocumentCaseView};
use records::Records;

use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::active_rules,
    pass::after,
    ports::{Answered, Authority},
    secrets::unseal,
    verification::{Fields, Question, ask_in_time},
};

/// The job's kind, its subject and its key against being put in twice: there is one for each carrier.
const WATCH_DOCUMENTS: &str = "watch_documents";

/// Holders looked at in one step. Ours: a fraction of a second where nothing is due.
const RANGE: u32 = 500;
/// Holders read at a time. Ours: a step that ends early at its questions has read few for nothing.
const PAGE: u32 = 50;
/// Questions of one step, one after the other. Ours: with [`PAUSE`] at most four a second, so that the authority has time
/// for people who wait before a page; both within the authority's 10 s, so that a worker keeps its lease.
const QUESTIONS: u32 = 2;
/// What lies between two steps with a question. Ours, see [`QUESTIONS`].
const PAUSE: SignedDuration = SignedDuration::from_millis(500);
/// Notices of one step. Ours: so many rows are written within a second.
const NOTICES: usize = 50;
/// After so many silences in a row nothing is asked any more until the next look, which asks from there on. Ours: an
/// authority that is down is left in peace, and documents that it never answers about hold nobody up.
const SILENCES: u32 = 5;
/// From the end of one look to the beginning of the next.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The same where somebody has still to be asked about, for the silence of the authority. Ours.
const AFTER_SILENCE: SignedDuration = SignedDuration::from_hours(1);

/// Where a look stands, as its job keeps it: a worker that takes over goes on from here.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// The last holder looked at.
    after: Option<Uuid>,
    /// Silences in a row.
    silent: u32,
    /// Where this look stopped asking.
    stopped: Option<Uuid>,
    /// Where the look before stopped asking: this one asks about those behind.
    from: Option<Uuid>,
}

/// What there is to write about one holder.
struct Found {
    holder: WatchedHolderRow,
    answered: Option<(String, Answered)>,
    notice: bool,
    /// Whether the document's own last day is over.
    lapsed: bool,
}

impl App {
    /// Has the documents behind lines looked at daily; nothing happens where that is so already. A server does it once an
    /// hour.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn watch_documents(&self, ctx: &Ctx) -> Result<(), AppError> {
        let job = NewJob {
            id: ctx.id(),
            kind: WATCH_DOCUMENTS.into(),
            subject: WATCH_DOCUMENTS.into(),
            payload: "{}".into(),
            run_at: ctx.now,
            dedupe_key: Some(WATCH_DOCUMENTS.into()),
        };
        let mut writing = self.store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = tx.put_job(&job).await;
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer.map_err(AppError::from);
            }
        }
    }

    /// One step of the look, from `cursor` on. Answers where the next one begins, and when.
    ///
    /// Killed before its commit, a step is done again: at most its [`QUESTIONS`] are asked twice. Killed after it, nobody
    /// whom it asked about is due, and nobody whom it told is told again.
    pub(crate) async fn watch_range(
        &self,
        ctx: &Ctx,
        cursor: Cursor,
    ) -> Result<(Cursor, Timestamp), AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let rules = match active_rules(&mut tx).await {
            Err(AppError::NoRules) => return Ok((Cursor::default(), after(ctx.now, DAY)?)),
            rules => rules?,
        };
        drop(tx);
        let (mut next, mut over) = (cursor, false);
        let (mut looked, mut questions, mut found) = (0, 0, Vec::new());
        'range: while !over && looked < RANGE {
            // No transaction stays open while the authority is asked.
            let mut tx = self.store.read(ctx.carrier).await?;
            let page = tx.watched_holders(next.after.map(PartyId::from_uuid), PAGE).await?;
            drop(tx);
            over = page.len() < PAGE as usize;
            looked += PAGE;
            for holder in page {
                let party = holder.watch.party;
                let asks = next.stopped.is_none() && next.from.is_none_or(|from| party.uuid() > from);
                let due = self.due(ctx, &rules, &holder, asks);
                let enough = due.ask.is_some() && questions == QUESTIONS;
                if enough || due.notice && found.len() >= NOTICES {
                    over = false;
                    break 'range;
                }
                if due.ask.is_some() || due.notice {
                    let heard = self.look(ctx, holder, due, &mut found).await?;
                    questions += u32::from(heard.is_some());
                    next.silent = match heard {
                        Some(Heard::Answer) => 0,
                        Some(Heard::Silence) => next.silent.saturating_add(1),
                        None => next.silent,
                    };
                    if next.silent >= SILENCES {
                        next.stopped = next.stopped.or(Some(party.uuid()));
                    }
                }
                next.after = Some(party.uuid());
            }
        }
        self.record(ctx, &found).await?;
        let wait = match (over, questions) {
            (true, _) if next.silent > 0 || next.from.is_some() => AFTER_SILENCE,
            (true, _) => DAY,
            (false, 0) => SignedDuration::ZERO,
            (false, _) => PAUSE,
        };
        let next = if over { Cursor { from: next.stopped, ..Cursor::default() } } else { next };
        Ok((next, after(ctx.now, wait)?))
    }

    /// What the rules demand for one holder today; no question where the look does not ask.
    fn due(&self, ctx: &Ctx, rules: &Rules, holder: &WatchedHolderRow, asks: bool) -> Due<'_> {
        let today = ctx.now.to_zoned_datetime(rules.zone.clone()).date();
        let days = rules.expiry_notice_days.value;
        let ask = self.ports.authority.as_deref().filter(|authority| {
            let states = &authority.profile().issuing_states;
            asks && reask_due(ctx.now, holder.watch.asked_at, rules.reask_authority_days.value)
                && states.iter().any(|s| s.as_str() == holder.issuing_state)
        });
        Due {
            ask,
            notice: announcement_due(today, holder.expires_on, holder.watch.announced, days),
            lapsed: holder.expires_on.is_some_and(|last| last < today),
        }
    }

    /// Asks about one holder's document, if that is due. A holder whose data does not open holds up nobody else.
    async fn look(
        &self,
        ctx: &Ctx,
        holder: WatchedHolderRow,
        due: Due<'_>,
        found: &mut Vec<Found>,
    ) -> Result<Option<Heard>, AppError> {
        let id = holder.watch.party;
        let mut tx = self.store.read(ctx.carrier).await?;
        let Some(party) = tx.party(id).await? else { return Ok(None) };
        drop(tx);
        let notice = due.notice && party.reach.is_some();
        let (mut answered, mut heard) = (None, None);
        if let Some(authority) = due.ask {
            let question = match self.question(ctx, &party, authority).await {
                Err(e @ AppError::Store(_)) => return Err(e),
                Err(error) => {
                    tracing::error!(party = %id, %error, "the document of a holder cannot be asked about");
                    None
                }
                Ok(question) => question,
            };
            if let Some(question) = question {
                // Fields only: no picture of a document is kept.
                let answer = ask_in_time(ctx, authority, &question, None).await;
                heard = Some(if answer.is_ok() { Heard::Answer } else { Heard::Silence });
                answered = answer.ok().map(|a| (authority.profile().source.clone(), a));
            }
        }
        if notice || answered.is_some() {
            found.push(Found { holder, answered, notice, lapsed: due.lapsed });
        }
        Ok(heard)
    }

    /// The question about the document that was approved last, out of what is kept under the holder's key.
    async fn question(
        &self,
        ctx: &Ctx,
        party: &PartyRow,
        authority: &dyn Authority,
    ) -> Result<Option<Question>, AppError> {
        let Some(sealed) = &party.profile else { return Ok(None) };
        let key = match self.key(ctx, party.key).await {
            Err(AppError::Erased) => return Ok(None),
            key => key?,
        };
        let json = unseal(ctx, &key, "party", party.id.as_bytes(), "profile", sealed)?;
        let fields: Fields =
            serde_json::from_slice(&json).map_err(|_| AppError::Broken("a profile cannot be read"))?;
        Ok(Question::of(&fields, authority.profile()))
    }

    /// Writes what was found, in one short transaction.
    async fn record(&self, ctx: &Ctx, found: &[Found]) -> Result<(), AppError> {
        if found.is_empty() {
            return Ok(());
        }
        let mut act = self.act(ctx, WATCH_DOCUMENTS, WATCH_DOCUMENTS.into(), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(()) };
            let outcome = async {
                let mut records = Records::of(&mut tx, ctx);
                for found in found {
                    records.write(found).await?;
                }
                Ok(())
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }
}

/// What one holder's document is due for.
struct Due<'a> {
    ask: Option<&'a dyn Authority>,
    notice: bool,
    lapsed: bool,
}

enum Heard {
    Answer,
    Silence,
}
