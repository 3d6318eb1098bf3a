//! Passes: one-time codes, one-time links, and the sessions they open. Only hashes are kept.

use jiff::{SignedDuration, Timestamp};
use lineward_core::id::{ApplicationId, StaffId};
use lineward_store::{
    Tx,
    rows::{PassKind, PassRow},
};
use zeroize::Zeroizing;

use crate::{Actor, App, AppError, Ctx, secrets};

/// A staff code from `staff invite` is good for this time.
pub const STAFF_CODE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// A staff session ends after this time.
pub const STAFF_SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// A staff session ends when unused for this time.
pub const STAFF_SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// An applicant's link is good for this time.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(72);
/// An applicant's session outlives the decision, so that the receipt can be fetched.
pub const APPLICANT_SESSION_LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

impl App {
    /// A one-time link's secret for an application (128 random bits). Shown once.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NotAllowed`].
    pub async fn applicant_link(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
    ) -> Result<Zeroizing<String>, AppError> {
        ctx.applies(application)?;
        self.store.read(ctx.carrier).await?.application(application).await?.ok_or(AppError::NotFound)?;
        let secret = secrets::secret_text::<16>(ctx);
        let pass = pass(ctx, PassKind::ApplicantLink, &secret, None, Some(application), LINK_LIFE)?;
        self.put_pass(ctx, "make_link", format!("application:{application}"), pass).await?;
        Ok(secret)
    }

    /// Exchanges a link for a session, once.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] for a link that is unknown, used or too old.
    pub async fn exchange_link(
        &self,
        ctx: &Ctx,
        link: &str,
    ) -> Result<(ApplicationId, Zeroizing<String>), AppError> {
        let used = self
            .use_once(ctx, "exchange_link", PassKind::ApplicantLink, link, APPLICANT_SESSION_LIFE)
            .await?;
        let (pass, secret) = used;
        Ok((pass.application.ok_or(AppError::Broken("a link without an application"))?, secret))
    }

    /// Opens a session for the applicant who has just opened this application on our own page.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn first_session(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
    ) -> Result<Zeroizing<String>, AppError> {
        let secret = secrets::secret_text::<32>(ctx);
        let pass =
            pass(ctx, PassKind::ApplicantSession, &secret, None, Some(application), APPLICANT_SESSION_LIFE)?;
        self.put_pass(ctx, "open_session", format!("application:{application}"), pass).await?;
        Ok(secret)
    }

    /// Who an applicant's session belongs to.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] when it is unknown or over.
    pub async fn applicant_session(&self, ctx: &Ctx, secret: &str) -> Result<Actor, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let pass = tx.pass(&secrets::hash(secret), PassKind::ApplicantSession).await?;
        match pass {
            Some(p) if p.ended_at.is_none() && p.expires_at > ctx.now => Ok(Actor::Applicant(
                p.application.ok_or(AppError::Broken("a session without an application"))?,
            )),
            _ => Err(AppError::SignInNeeded),
        }
    }

    /// Exchanges a staff member's one-time code for a session, once.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] for a code that is unknown, used or too old.
    pub async fn sign_in(&self, ctx: &Ctx, code: &str) -> Result<(StaffId, Zeroizing<String>), AppError> {
        let code = secrets::normalise_code(code);
        let (pass, secret) =
            self.use_once(ctx, "sign_in", PassKind::StaffCode, &code, STAFF_SESSION_LIFE).await?;
        Ok((pass.staff.ok_or(AppError::Broken("a code without a staff member"))?, secret))
    }

    /// Who a staff session belongs to; using it keeps it alive.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] when it is unknown, over, idle for too long, or its owner was switched off.
    pub async fn staff_session(&self, ctx: &Ctx, secret: &str) -> Result<Actor, AppError> {
        let hash = secrets::hash(secret);
        let mut tx = self.store.read(ctx.carrier).await?;
        let pass = tx.pass(&hash, PassKind::StaffSession).await?.ok_or(AppError::SignInNeeded)?;
        let idle = ctx.now.duration_since(pass.seen_at);
        if pass.ended_at.is_some() || pass.expires_at <= ctx.now || idle >= STAFF_SESSION_IDLE {
            return Err(AppError::SignInNeeded);
        }
        let id = pass.staff.ok_or(AppError::Broken("a session without a staff member"))?;
        let staff = tx.staff(id).await?.filter(|s| s.disabled_at.is_none()).ok_or(AppError::SignInNeeded)?;
        drop(tx);
        // A minute's grain is enough for half an hour and spares a write a request.
        if idle >= SignedDuration::from_mins(1) {
            let mut writing = self.store.writing(ctx.carrier, None);
            loop {
                let mut tx = writing.begin().await?;
                let outcome = tx.touch_pass(&hash, PassKind::StaffSession, ctx.now).await;
                if let Some(answer) = writing.end(tx, outcome).await {
                    answer?;
                    break;
                }
            }
        }
        Ok(Actor::Staff { id, roles: staff.roles })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn sign_out(&self, ctx: &Ctx, secret: &str) -> Result<(), AppError> {
        let mut act = self.act(ctx, "sign_out", ctx.actor.to_string(), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                crate::acting::Begun::Fresh(tx) => tx,
                crate::acting::Begun::Earlier(()) => return Ok(()),
            };
            let outcome = end_sessions(&mut tx, ctx, secret).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    pub(crate) async fn put_pass(
        &self,
        ctx: &Ctx,
        verb: &str,
        subject: String,
        pass: PassRow,
    ) -> Result<(), AppError> {
        let mut ctx = ctx.clone();
        ctx.idempotency = None;
        let mut act = self.act(&ctx, verb, subject, None).await?;
        loop {
            let crate::acting::Begun::Fresh(mut tx) = act.begin::<()>().await? else {
                return Err(AppError::Broken("a pass cannot be repeated"));
            };
            let outcome = tx.insert_pass(&pass).await.map_err(AppError::from);
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// Uses up a code or link and puts a session in its place, in one transaction.
    async fn use_once(
        &self,
        ctx: &Ctx,
        verb: &str,
        kind: PassKind,
        secret: &str,
        life: SignedDuration,
    ) -> Result<(PassRow, Zeroizing<String>), AppError> {
        let mut ctx = ctx.clone();
        ctx.idempotency = None;
        let session_kind =
            if kind == PassKind::StaffCode { PassKind::StaffSession } else { PassKind::ApplicantSession };
        let session_secret = secrets::secret_text::<32>(&ctx);
        // Looked at first, so that guessing leaves no rows behind.
        let found = self.store.read(ctx.carrier).await?.pass(&secrets::hash(secret), kind).await?;
        let found =
            found.filter(|p| p.ended_at.is_none() && p.expires_at > ctx.now).ok_or(AppError::SignInNeeded)?;
        let session = pass(&ctx, session_kind, &session_secret, found.staff, found.application, life)?;
        let subject = match (found.staff, found.application) {
            (Some(staff), _) => format!("staff:{staff}"),
            (None, Some(application)) => format!("application:{application}"),
            (None, None) => return Err(AppError::Broken("a pass for nobody")),
        };
        let mut act = self.act(&ctx, verb, subject, None).await?;
        loop {
            let crate::acting::Begun::Fresh(mut tx) = act.begin::<()>().await? else {
                return Err(AppError::Broken("a pass cannot be repeated"));
            };
            let outcome = async {
                if !tx.end_pass(&found.hash, kind, ctx.now).await? {
                    return Err(AppError::SignInNeeded);
                }
                tx.insert_pass(&session).await.map_err(AppError::from)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| (found, session_secret));
            }
        }
    }
}

async fn end_sessions(tx: &mut Tx, ctx: &Ctx, secret: &str) -> Result<(), AppError> {
    for kind in [PassKind::StaffSession, PassKind::ApplicantSession] {
        tx.end_pass(&secrets::hash(secret), kind, ctx.now).await?;
    }
    Ok(())
}

pub(crate) fn pass(
    ctx: &Ctx,
    kind: PassKind,
    secret: &str,
    staff: Option<StaffId>,
    application: Option<ApplicationId>,
    life: SignedDuration,
) -> Result<PassRow, AppError> {
    Ok(PassRow {
        hash: secrets::hash(secret),
        kind,
        staff,
        application,
        created_at: ctx.now,
        seen_at: ctx.now,
        expires_at: after(ctx.now, life)?,
        ended_at: None,
    })
}

pub(crate) fn after(now: Timestamp, life: SignedDuration) -> Result<Timestamp, AppError> {
    now.checked_add(life).map_err(|_| AppError::Broken("the clock is out of range"))
}
