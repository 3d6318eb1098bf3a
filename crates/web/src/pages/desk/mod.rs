//! The desk: what staff see.

pub(super) mod case;
pub(super) mod documents;
pub(super) mod queue;
pub(super) mod rules;
pub(super) mod sighting;
pub(super) mod sign_in;
pub(super) mod staff;

use lineward_app::{Actor, AppError, Ctx};
use lineward_core::{id::StaffId, staff::Role};

use crate::Web;

/// Who is signed in, for the menu, and the names of colleagues.
pub(super) struct Me {
    pub(super) id: StaffId,
    pub(super) name: String,
    pub(super) agent: bool,
    pub(super) reviewer: bool,
    pub(super) admin: bool,
    colleagues: Vec<(StaffId, String)>,
}

impl Me {
    pub(super) async fn of(web: &Web, ctx: &Ctx) -> Result<Me, AppError> {
        let Actor::Staff { id, roles } = &ctx.actor else { return Err(AppError::SignInNeeded) };
        let colleagues = web.app.staff_list(ctx).await?.into_iter().map(|s| (s.id, s.name)).collect();
        Ok(Me::new(*id, roles, colleagues))
    }

    pub(super) fn new(id: StaffId, roles: &[Role], colleagues: Vec<(StaffId, String)>) -> Me {
        let mut me = Me {
            id,
            name: String::new(),
            agent: roles.contains(&Role::Agent),
            reviewer: roles.contains(&Role::Reviewer),
            admin: roles.contains(&Role::Admin),
            colleagues,
        };
        me.name = me.name_of(id);
        me
    }

    /// The name of a member of staff; their id where they are not known.
    pub(super) fn name_of(&self, id: StaffId) -> String {
        self.colleagues
            .iter()
            .find(|(known, _)| *known == id)
            .map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }
}

/// A SHA-256 as a form brings it.
fn parse_hash(text: &str) -> Result<[u8; 32], AppError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| AppError::invalid("hash", "64 hexadecimal digits"))?;
    Ok(hash)
}
