//! Staff: invited with a one-time code, switched off at once. There is no default user.

use lineward_core::{id::StaffId, staff::Role};
use lineward_store::{
    keyed_index,
    rows::{PassKind, StaffRow},
};
use zeroize::Zeroizing;

use crate::{
    Actor, App, AppError, Ctx,
    acting::Begun,
    pass::{STAFF_CODE_LIFE, pass},
    secrets,
    verification::Fields,
};

/// Who is invited.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The name shown at the desk.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Their own identity number (scheme, country, number), so that they are never asked to decide about themselves.
    pub identity: Option<(String, String, String)>,
}

impl App {
    /// Invites a staff member and answers with the one-time code that signs them in. Shown once.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is neither the operator nor an admin.
    pub async fn invite_staff(
        &self,
        ctx: &Ctx,
        invite: &Invite,
    ) -> Result<(StaffId, Zeroizing<String>), AppError> {
        let invited_by = self.may_invite(ctx)?;
        let name = invite.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(AppError::invalid("name", "1 to 100 characters on one line"));
        }
        if invite.roles.is_empty() || invite.roles.contains(&Role::System) {
            return Err(AppError::invalid("roles", "agent, reviewer or admin"));
        }
        let identity_index = invite
            .identity
            .as_ref()
            .map(|(scheme, country, number)| keyed_index(&self.secrets.index, scheme, country, number));
        let row = StaffRow {
            id: ctx.id(),
            name: name.to_owned(),
            roles: invite.roles.clone(),
            invited_by,
            identity_index,
            created_at: ctx.now,
            disabled_at: None,
        };
        let code = secrets::typed_code(ctx);
        let code_row = pass(ctx, PassKind::StaffCode, &code, Some(row.id), None, STAFF_CODE_LIFE)?;
        let mut act = self.act(ctx, "invite_staff", format!("staff:{}", row.id), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else {
                return Err(AppError::Broken("an invitation cannot be repeated"));
            };
            let outcome = async {
                tx.insert_staff(&row).await?;
                tx.insert_pass(&code_row).await.map_err(AppError::from)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| (row.id, code));
            }
        }
    }

    /// A new one-time code for a staff member who is known already. The operator's alone: whoever sees a colleague's code
    /// could sign in as them, and be two people.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for who is not known or was switched off; [`AppError::NotAllowed`].
    pub async fn new_staff_code(&self, ctx: &Ctx, staff: StaffId) -> Result<Zeroizing<String>, AppError> {
        if !matches!(ctx.actor, Actor::Operator) {
            return Err(AppError::NotAllowed);
        }
        let known = self.store.read(ctx.carrier).await?.staff(staff).await?;
        known.filter(|s| s.disabled_at.is_none()).ok_or(AppError::NotFound)?;
        let code = secrets::typed_code(ctx);
        let row = pass(ctx, PassKind::StaffCode, &code, Some(staff), None, STAFF_CODE_LIFE)?;
        self.put_pass(ctx, "new_staff_code", format!("staff:{staff}"), row).await?;
        Ok(code)
    }

    /// Switches a staff member off; their sessions end with the next request.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn disable_staff(&self, ctx: &Ctx, staff: StaffId) -> Result<(), AppError> {
        self.may_invite(ctx)?;
        let mut act = self.act(ctx, "disable_staff", format!("staff:{staff}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(()) => return Ok(()),
            };
            let outcome = async {
                let mut row = tx.staff(staff).await?.ok_or(AppError::NotFound)?;
                row.disabled_at = row.disabled_at.or(Some(ctx.now));
                tx.update_staff(&row).await?;
                tx.end_passes_of_staff(staff, ctx.now).await.map_err(AppError::from)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// The staff, for names at the desk.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is neither staff nor the operator.
    pub async fn staff_list(&self, ctx: &Ctx) -> Result<Vec<StaffRow>, AppError> {
        if !matches!(ctx.actor, Actor::Operator) {
            ctx.staff(&[Role::Agent, Role::Reviewer, Role::Admin])?;
        }
        Ok(self.store.read(ctx.carrier).await?.staff_all().await?)
    }

    fn may_invite(&self, ctx: &Ctx) -> Result<Option<StaffId>, AppError> {
        match &ctx.actor {
            Actor::Operator => Ok(None),
            _ => ctx.staff(&[Role::Admin]).map(Some),
        }
    }
}

/// The identity of a person's number as it is typed on the command line: normalised like a document's.
///
/// # Errors
/// [`AppError::Invalid`] for a number that breaks its scheme.
pub fn identity_of(
    ctx: &Ctx,
    scheme: &str,
    country: &str,
    number: &str,
) -> Result<(String, String, String), AppError> {
    let today = ctx.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let fields = Fields {
        kind: "identity_card".into(),
        issuing_state: country.into(),
        number: number.into(),
        scheme: (scheme != "document").then(|| scheme.to_owned()),
        primary_name: "-".into(),
        secondary_name: String::new(),
        birth_date: None,
        expiry_date: None,
        sex: None,
        nationality: None,
    };
    let identity = fields.keyed(today)?.identity();
    Ok((identity.scheme, identity.country, identity.number))
}
