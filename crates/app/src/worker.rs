//! Jobs: what follows a commit. Each is safe to run twice, and says "retry" or "give up", never just "error".

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lineward_core::{
    application::ApplicationState,
    id::{ApplicationId, JobId, KeyId, LineId, PartyId, RowId, VerificationId},
    line::{LineEvent, LineState},
    staff::Role,
};
use lineward_store::rows::{JobRow, JobState};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::Reach,
    pass::after,
    ports::{ActivationOrder, Message, MessageKind, OutsideError},
    secrets::unseal,
};

/// How long a worker may take for what it claimed; then another one may claim it.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// Jobs claimed at a time. They are done one after the other, each within the 10 s of an outside call and one of them, the
/// look at documents, within two such calls, so a batch ends within its lease.
const BATCH: u32 = 10;
/// Tries of an outside system before a person must look: about two days with the waits below.
const TRIES: u32 = 25;
/// Tries of a message about a case, so that the case's key is not kept alive by a dead mailbox: about an hour.
const MESSAGE_TRIES: u32 = 13;

/// How long the answer to a request with an idempotency key is remembered: a client that repeats does so within hours.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// How long a pass that is over is kept, so that a late use can be told from a guess in the audit.
const PASSES_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long a job that was done is kept; its key against being put in twice is needed while its case is open.
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

#[derive(Deserialize)]
struct Payload {
    application: Option<Uuid>,
    verification: Option<Uuid>,
    line: Option<Uuid>,
    key: Option<Uuid>,
    party: Option<Uuid>,
    message: Option<String>,
}

enum Ending {
    Done,
    /// Done as far as it goes: the same job goes on with this payload at this time.
    GoOn(String, Timestamp),
    Retry(String),
    GiveUp(String),
}

impl App {
    /// Claims what is due and carries it out. Answers how many jobs it worked on.
    ///
    /// # Errors
    /// [`AppError::Store`]; a job's own problems are not errors.
    pub async fn run_jobs(&self, ctx: &Ctx) -> Result<usize, AppError> {
        let ctx = ctx.as_system();
        let lease: RowId = ctx.id();
        let until = after(ctx.now, LEASE)?;
        let mut writing = self.store.writing(ctx.carrier, None);
        let jobs = loop {
            let mut tx = writing.begin().await?;
            let outcome = tx.claim_jobs(lease, until, ctx.now, BATCH).await;
            if let Some(answer) = writing.end(tx, outcome).await {
                break answer?;
            }
        };
        for job in &jobs {
            let mut job_ctx = ctx.clone();
            job_ctx.request_id = format!("job-{}", job.id);
            let ending = match self.run_job(&job_ctx, job).await {
                Ok(ending) => ending,
                Err(AppError::Erased | AppError::NotFound) => Ending::Done,
                Err(e @ AppError::Store(_)) => Ending::Retry(e.to_string()),
                Err(e) if job.attempts < MESSAGE_TRIES => Ending::Retry(e.to_string()),
                Err(e) => Ending::GiveUp(e.to_string()),
            };
            self.end_job(&job_ctx, job, ending).await?;
        }
        Ok(jobs.len())
    }

    async fn run_job(&self, ctx: &Ctx, job: &JobRow) -> Result<Ending, AppError> {
        let payload: Payload =
            serde_json::from_str(&job.payload).map_err(|_| AppError::Broken("a job cannot be read"))?;
        let application = payload.application.map(ApplicationId::from_uuid);
        let verification = payload.verification.map(VerificationId::from_uuid);
        match (job.kind.as_str(), application, verification) {
            ("provision_line", Some(application), _) => {
                let line =
                    payload.line.map(LineId::from_uuid).ok_or(AppError::Broken("a job without a line"))?;
                self.provision(ctx, application, line, job.attempts).await
            }
            ("notify", Some(application), _) => {
                let kind = payload.message.as_deref().and_then(|m| MessageKind::parse(m).ok());
                let kind = kind.ok_or(AppError::Broken("a job with an unknown message"))?;
                match payload.party.map(PartyId::from_uuid) {
                    Some(party) => self.tell_holder(ctx, application, party, kind, job).await,
                    None => self.tell(ctx, application, kind, job).await,
                }
            }
            ("erase_images", _, Some(verification)) => self.erase_images(ctx, verification).await,
            ("erase_case", _, Some(verification)) => self.erase_case(ctx, verification).await,
            ("destroy_key", _, _) => {
                let key = payload.key.map(KeyId::from_uuid).ok_or(AppError::Broken("a job without a key"))?;
                self.keys.destroy(ctx.carrier, key).await?;
                Ok(Ending::Done)
            }
            ("erase_due", _, _) => self.erase_due(ctx).await,
            ("lapse_application", Some(application), _) => {
                self.lapse(ctx, application).await.map(|_| Ending::Done)
            }
            ("ask_authority", Some(application), _) => {
                match self.ask_authority_again(ctx, application).await? {
                    true => Ok(Ending::Done),
                    false => Ok(Ending::Retry("the authority is silent".into())),
                }
            }
            ("watch_documents", _, _) => {
                let cursor = serde_json::from_str(&job.payload)
                    .map_err(|_| AppError::Broken("a job without its place"))?;
                let (next, at) = self.watch_range(ctx, cursor).await?;
                let next = serde_json::to_string(&next)
                    .map_err(|_| AppError::Broken("a job's place cannot be written"))?;
                Ok(Ending::GoOn(next, at))
            }
            ("service_deadline", Some(application), _) => self.service_deadline(ctx, application).await,
            _ => Ok(Ending::GiveUp("no such kind of job".into())),
        }
    }

    async fn end_job(&self, ctx: &Ctx, job: &JobRow, ending: Ending) -> Result<(), AppError> {
        let mut writing = self.store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            // `false`: the lease ran out and another worker has it; that worker ends the job.
            let outcome = match &ending {
                Ending::Done => tx.finish_job(job.id, job.lease, ctx.now).await,
                Ending::GoOn(payload, at) => tx.continue_job(job.id, job.lease, *at, payload).await,
                Ending::Retry(why) => {
                    let wait = SignedDuration::try_from(wait(job.attempts)).unwrap_or(LEASE);
                    tx.retry_job(job.id, job.lease, after(ctx.now, wait)?, why).await
                }
                Ending::GiveUp(why) => tx.give_up_job(job.id, job.lease, ctx.now, why).await,
            };
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer.map(|_| ()).map_err(AppError::from);
            }
        }
    }

    /// The rules' time for a silent authority is over: a person decides. If it has answered since, the applicant goes on.
    async fn service_deadline(&self, ctx: &Ctx, application: ApplicationId) -> Result<Ending, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        drop(tx);
        if row.state == ApplicationState::Open && row.provisional_until.is_some_and(|until| until <= ctx.now)
        {
            self.decide(ctx, application).await?;
        }
        Ok(Ending::Done)
    }

    /// Orders the line from the network and records its word. The order carries the application's id, so that asking
    /// again after a crash has no second effect.
    async fn provision(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        line: LineId,
        attempts: u32,
    ) -> Result<Ending, AppError> {
        let Some(row) = self.move_line(ctx, line, LineState::Approved, LineEvent::OrderActivation).await?
        else {
            return Ok(Ending::Done);
        };
        let order = ActivationOrder {
            carrier: ctx.carrier,
            application,
            line,
            kind: row.kind,
            payment: row.payment,
            request_id: ctx.request_id.clone(),
        };
        match self.ports.provisioner.activate(&order).await {
            Ok(()) => {
                self.move_line(ctx, line, LineState::Activating, LineEvent::ConfirmActive).await?;
                Ok(Ending::Done)
            }
            Err(OutsideError::Retry(why)) if attempts < TRIES => Ok(Ending::Retry(why)),
            Err(OutsideError::Retry(why) | OutsideError::GiveUp(why)) => {
                self.move_line(ctx, line, LineState::Activating, LineEvent::ActivationFailed).await?;
                Ok(Ending::GiveUp(why))
            }
        }
    }

    /// Moves a line from `from` by `event`; `None` when it has left the road to service. A line already past `from`
    /// stays where it is.
    async fn move_line(
        &self,
        ctx: &Ctx,
        line: LineId,
        from: LineState,
        event: LineEvent,
    ) -> Result<Option<lineward_store::rows::LineRow>, AppError> {
        let mut act = self.act(ctx, event.code(), format!("line:{line}"), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<bool>().await? else { return Ok(None) };
            let mut moved = None;
            let outcome = async {
                let mut row = tx.lock_line(line).await?.ok_or(AppError::NotFound)?;
                if row.state == from {
                    row.state = row.state.after(event)?;
                    row.state_at = ctx.now;
                    tx.update_line(&row).await?;
                }
                if matches!(row.state, LineState::Activating | LineState::Approved) {
                    moved = Some(row);
                }
                Ok(true)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|_| moved);
            }
        }
    }

    async fn tell(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        kind: MessageKind,
        job: &JobRow,
    ) -> Result<Ending, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let verification = tx.verification(row.verification).await?.ok_or(AppError::NotFound)?;
        drop(tx);
        let Some(sealed) = &verification.contact else { return Ok(Ending::Done) };
        let key = self.key(ctx, verification.case_key).await?;
        let contact = unseal(ctx, &key, "verification", verification.id.as_bytes(), "contact", sealed)?;
        let link = if kind == MessageKind::ContinueHere && row.state == ApplicationState::Open {
            let secret = self.applicant_link(ctx, application).await?;
            Some(format!("{}/apply/link/{}", self.settings.origin, *secret))
        } else {
            None
        };
        let message = Message {
            id: job.id.to_string(),
            carrier: ctx.carrier,
            to: String::from_utf8_lossy(&contact).into_owned(),
            kind,
            language: verification.language.clone(),
            reference: row.reference.clone(),
            link,
        };
        Ok(self.hand_over(&message, job.attempts).await)
    }

    /// Tells the holder of a line, whose case was erased when it was decided: where they can be reached is under their own
    /// key. Who is not to be reached any more is not told.
    async fn tell_holder(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        party: PartyId,
        kind: MessageKind,
        job: &JobRow,
    ) -> Result<Ending, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let party = tx.party(party).await?.ok_or(AppError::NotFound)?;
        drop(tx);
        let Some(sealed) = &party.reach else { return Ok(Ending::Done) };
        let key = self.key(ctx, party.key).await?;
        let json = unseal(ctx, &key, "party", party.id.as_bytes(), "reach", sealed)?;
        let reach: Reach =
            serde_json::from_slice(&json).map_err(|_| AppError::Broken("a contact cannot be read"))?;
        let message = Message {
            id: job.id.to_string(),
            carrier: ctx.carrier,
            to: reach.contact.clone(),
            kind,
            language: reach.language.clone(),
            reference: row.reference,
            link: None,
        };
        Ok(self.hand_over(&message, job.attempts).await)
    }

    async fn hand_over(&self, message: &Message, attempts: u32) -> Ending {
        match self.ports.notifier.notify(message).await {
            Ok(()) => Ending::Done,
            Err(OutsideError::Retry(why)) if attempts < MESSAGE_TRIES => Ending::Retry(why),
            Err(OutsideError::Retry(why) | OutsideError::GiveUp(why)) => Ending::GiveUp(why),
        }
    }

    /// Destroys the key of a case's images, then the rows that cannot be read any more.
    async fn erase_images(&self, ctx: &Ctx, verification: VerificationId) -> Result<Ending, AppError> {
        let held = self.store.read(ctx.carrier).await?.evidence_of(verification).await?;
        let images: Vec<_> = held.into_iter().filter(|e| e.class != "receipt").collect();
        if images.iter().any(|e| e.legal_hold) {
            return Ok(Ending::GiveUp("a legal hold keeps the images".into()));
        }
        self.erase(ctx, "erase_images", format!("verification:{verification}"), images).await
    }

    /// Destroys the case's key: name, number, contact and notes of this case cannot be read again, in any copy.
    async fn erase_case(&self, ctx: &Ctx, verification: VerificationId) -> Result<Ending, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.verification(verification).await?.ok_or(AppError::NotFound)?;
        drop(tx);
        self.keys.destroy(ctx.carrier, row.case_key).await?;
        let mut act = self.act(ctx, "erase_case", format!("verification:{verification}"), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(Ending::Done) };
            let outcome = tx.mark_erased(verification, ctx.now).await.map_err(AppError::from);
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| Ending::Done);
            }
        }
    }

    /// Erases every piece of evidence whose time has come.
    async fn erase_due(&self, ctx: &Ctx) -> Result<Ending, AppError> {
        let due = self.store.read(ctx.carrier).await?.evidence_due(ctx.now, 1_000).await?;
        self.erase(ctx, "erase_due", "evidence".into(), due).await
    }

    async fn erase(
        &self,
        ctx: &Ctx,
        verb: &str,
        subject: String,
        pieces: Vec<lineward_store::rows::EvidenceRow>,
    ) -> Result<Ending, AppError> {
        if pieces.is_empty() {
            return Ok(Ending::Done);
        }
        for piece in &pieces {
            self.keys.destroy(ctx.carrier, piece.key).await?;
        }
        let mut act = self.act(ctx, verb, subject, None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(Ending::Done) };
            let outcome = async {
                for piece in &pieces {
                    tx.delete_evidence(piece.id).await?;
                }
                Ok(())
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| Ending::Done);
            }
        }
    }

    /// The jobs that were given up, oldest first: work for a person.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is neither the operator nor an admin.
    pub async fn given_up_jobs(&self, ctx: &Ctx) -> Result<Vec<JobRow>, AppError> {
        may_mend(ctx)?;
        Ok(self.store.read(ctx.carrier).await?.jobs_given_up(200).await?)
    }

    /// Has a job that was given up done again.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it was not given up; [`AppError::NotAllowed`].
    pub async fn retry_given_up(&self, ctx: &Ctx, job: JobId) -> Result<(), AppError> {
        may_mend(ctx)?;
        let mut act = self.act(ctx, "retry_job", format!("job:{job}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(()) => return Ok(()),
            };
            let outcome = match tx.reopen_job(job, ctx.now).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(AppError::NotFound),
                Err(e) => Err(AppError::from(e)),
            };
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// Forgets answers to requests that nobody repeats any more, passes and chip sessions that are over, and jobs long done. Cheap; a server
    /// does it once an hour.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn forget_requests(&self, ctx: &Ctx) -> Result<(), AppError> {
        let before = after(ctx.now, -REMEMBERED)?;
        let (passes, jobs) = (after(ctx.now, -PASSES_KEPT)?, after(ctx.now, -JOBS_KEPT)?);
        let mut writing = self.store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = async {
                tx.forget_requests(before).await?;
                tx.forget_passes(passes).await?;
                tx.forget_chip_sessions(ctx.now).await?;
                tx.forget_jobs(jobs).await
            }
            .await;
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer.map_err(AppError::from);
            }
        }
    }

    /// How many jobs of each kind wait, are done or were given up.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn job_counts(&self, ctx: &Ctx) -> Result<Vec<(String, JobState, u64)>, AppError> {
        Ok(self.store.read(ctx.carrier).await?.job_counts().await?)
    }
}

fn may_mend(ctx: &Ctx) -> Result<(), AppError> {
    if matches!(ctx.actor, crate::Actor::Operator) { Ok(()) } else { ctx.staff(&[Role::Admin]).map(|_| ()) }
}

/// The wait before try `attempts + 1`: 1 s, doubling to 4 h.
fn wait(attempts: u32) -> Duration {
    Duration::from_secs(1_u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(u64::MAX).min(4 * 3600))
}
