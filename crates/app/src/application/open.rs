//! `open`: someone applies for a line.

use jiff::SignedDuration;
use lineward_core::{
    application::ApplicationState,
    line::{LineKind, LineState, Payment},
    staff::Role,
    verification::{ApplicantKind, Channel, Purpose, Way},
};
use lineward_store::{
    StoreError, Tx,
    rows::{ApplicationRow, LineRow, NewJob, Sealed, VerificationRow},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::active_rules;
use crate::{
    Actor, App, AppError, Ctx,
    acting::Begun,
    secrets::{self, FreshKey, seal},
};

/// What is applied for, and how the person wants to prove who they are.
#[derive(Debug, Clone)]
pub struct OpenApplication {
    /// What line.
    pub kind: LineKind,
    /// How it is paid.
    pub payment: Payment,
    /// Who applies.
    pub applicant: ApplicantKind,
    /// The chosen way.
    pub way: Way,
    /// Where it takes place.
    pub channel: Channel,
    /// Language of pages and messages (BCP 47).
    pub language: String,
    /// Where the person can be reached (mail address or number), if they want to be told.
    pub contact: Option<String>,
}

/// An opened application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The application.
    pub application: Uuid,
    /// Its verification.
    pub verification: Uuid,
    /// The line it asks for.
    pub line: Uuid,
    /// The public reference.
    pub reference: String,
}

impl App {
    /// Opens an application and its verification. With a contact, a job sends the link to go on with.
    ///
    /// # Errors
    /// [`AppError::NoRules`]; [`AppError::Invalid`] for a contact or language that cannot be used.
    pub async fn open_application(&self, ctx: &Ctx, open: &OpenApplication) -> Result<Opened, AppError> {
        match &ctx.actor {
            Actor::Nobody => {}
            Actor::Token { roles, .. } if roles.contains(&Role::System) => {}
            Actor::Staff { .. } => drop(ctx.staff(&[Role::Agent, Role::Reviewer])?),
            _ => return Err(AppError::NotAllowed),
        }
        if !valid_language(&open.language) {
            return Err(AppError::invalid("language", "a language tag, as en or zh-Hans"));
        }
        if let Some(contact) = &open.contact
            && (contact.trim().is_empty() || contact.len() > 320 || contact.chars().any(char::is_control))
        {
            return Err(AppError::invalid("contact", "a mail address or a number"));
        }
        let case = self.fresh_key(ctx).await?;
        let answer = self.open_under(ctx, open, &case).await;
        if !matches!(&answer, Ok((_, true)) | Err(AppError::Store(StoreError::CommitUnknown))) {
            self.give_back(ctx, case).await;
        }
        answer.map(|(opened, _)| opened)
    }

    /// The answer, and whether the key came to be used.
    async fn open_under(
        &self,
        ctx: &Ctx,
        open: &OpenApplication,
        case: &FreshKey,
    ) -> Result<(Opened, bool), AppError> {
        let opened = Opened {
            application: ctx.uuid(),
            verification: ctx.uuid(),
            line: ctx.uuid(),
            reference: secrets::reference(ctx),
        };
        let mut act =
            self.act(ctx, "open_application", format!("application:{}", opened.application), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok((earlier, false)),
            };
            let outcome = open_in(&mut tx, ctx, open, case, &opened).await.map(|()| opened.clone());
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|opened| (opened, true));
            }
        }
    }
}

async fn open_in(
    tx: &mut Tx,
    ctx: &Ctx,
    open: &OpenApplication,
    case: &FreshKey,
    opened: &Opened,
) -> Result<(), AppError> {
    let rules = active_rules(tx).await?;
    let [application, verification, line] = [opened.application, opened.verification, opened.line];
    let hours = SignedDuration::from_hours(i64::from(rules.application_hours.value));
    let lapses_at = ctx.now.checked_add(hours).map_err(|_| AppError::Broken("the clock is out of range"))?;
    let contact: Option<Sealed> = open.contact.as_ref().map(|c| {
        seal(ctx, &case.key, "verification", verification.as_bytes(), "contact", c.trim().as_bytes())
    });
    let has_contact = contact.is_some();
    tx.insert_verification(&VerificationRow {
        id: lineward_core::id::Id::from_uuid(verification),
        purpose: Purpose::OpenLine,
        channel: open.channel,
        way: open.way,
        applicant: open.applicant,
        case_key: case.id,
        language: open.language.clone(),
        contact,
        subject: None,
        expires_at: lapses_at,
        created_at: ctx.now,
        erased_at: None,
    })
    .await?;
    tx.insert_line(&LineRow {
        id: lineward_core::id::Id::from_uuid(line),
        kind: open.kind,
        payment: open.payment,
        state: LineState::Requested,
        external_id: None,
        created_at: ctx.now,
        state_at: ctx.now,
    })
    .await?;
    tx.insert_application(&ApplicationRow {
        id: lineward_core::id::Id::from_uuid(application),
        verification: lineward_core::id::Id::from_uuid(verification),
        line: lineward_core::id::Id::from_uuid(line),
        reference: opened.reference.clone(),
        state: ApplicationState::Open,
        reasons: Vec::new(),
        rules_opened: *rules.hash(),
        rules_decided: None,
        opened_by: match &ctx.actor {
            Actor::Staff { id, .. } => Some(*id),
            _ => None,
        },
        opened_at: ctx.now,
        referred_at: None,
        decided_at: None,
        effective_at: None,
        lapses_at,
        provisional_until: None,
        claimed_by: None,
    })
    .await?;
    if has_contact {
        tx.put_job(&NewJob {
            id: ctx.id(),
            kind: "notify".into(),
            subject: format!("messages:{verification}"),
            payload: serde_json::json!({ "application": application, "message": "continue_here" })
                .to_string(),
            run_at: ctx.now,
            dedupe_key: None,
        })
        .await?;
    }
    tx.put_job(&NewJob {
        id: ctx.id(),
        kind: "lapse_application".into(),
        subject: format!("lapse:{application}"),
        payload: serde_json::json!({ "application": application }).to_string(),
        run_at: lapses_at,
        dedupe_key: None,
    })
    .await?;
    Ok(())
}

fn valid_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len())
        && tag.split('-').all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
