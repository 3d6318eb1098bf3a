//! What every verb is given: who asks, for which carrier, when, and where randomness comes from.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use lineward_core::{
    id::{ApplicationId, CarrierId, Id, StaffId, TokenId},
    staff::Role,
};
use lineward_store::rows::ApplicationRow;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::AppError;

/// One request or job. `now` is fixed once; ids and secrets come from here.
#[derive(Clone)]
pub struct Ctx {
    /// The carrier everything belongs to; never taken from a body.
    pub carrier: CarrierId,
    /// Who asks.
    pub actor: Actor,
    /// The time of this request or job.
    pub now: Timestamp,
    /// Names the request through logs, audit and calls to other systems.
    pub request_id: String,
    /// The key and hash of a request that may be repeated.
    pub idempotency: Option<Idempotency>,
    entropy: Arc<dyn Entropy>,
}

/// A source of random bytes: the operating system's in the binary, a seeded one in tests.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// An `Idempotency-Key`, hashed with its sender, and the hash of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// SHA-256 of sender and key.
    pub key_hash: [u8; 32],
    /// SHA-256 of method, path and body.
    pub request_hash: [u8; 32],
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is signed in.
    Nobody,
    /// The applicant of this application.
    Applicant(ApplicationId),
    /// A member of staff in their own signed-in session.
    Staff {
        /// Who.
        id: StaffId,
        /// What they may do.
        roles: Vec<Role>,
    },
    /// A carrier's system.
    Token {
        /// Which.
        id: TokenId,
        /// What it may do.
        roles: Vec<Role>,
    },
    /// The person at the machine's own command line.
    Operator,
    /// lineward itself, carrying out jobs.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Nobody => f.write_str("nobody"),
            Actor::Applicant(id) => write!(f, "applicant:{id}"),
            Actor::Staff { id, .. } => write!(f, "staff:{id}"),
            Actor::Token { id, .. } => write!(f, "token:{id}"),
            Actor::Operator => f.write_str("operator"),
            Actor::System => f.write_str("system"),
        }
    }
}

impl Ctx {
    /// A context for one request or job.
    pub fn new(
        carrier: CarrierId,
        actor: Actor,
        now: Timestamp,
        request_id: String,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Ctx { carrier, actor, now, request_id, idempotency: None, entropy }
    }

    /// The same request, continued as lineward itself.
    pub fn as_system(&self) -> Ctx {
        Ctx { actor: Actor::System, idempotency: None, ..self.clone() }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// Random bytes that are wiped when dropped.
    pub fn secret<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.entropy.fill(bytes.as_mut());
        bytes
    }

    /// A new id: UUIDv7 of `now` and randomness.
    pub fn id<K>(&self) -> Id<K> {
        let millis = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid())
    }

    /// A random UUID for a request or lease that has no id yet.
    pub fn uuid(&self) -> Uuid {
        self.id::<lineward_core::id::kind::Row>().uuid()
    }

    /// Demands that the actor is staff with one of `roles`.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] for nobody, [`AppError::NotAllowed`] for anyone else.
    pub fn staff(&self, roles: &[Role]) -> Result<StaffId, AppError> {
        match &self.actor {
            Actor::Staff { id, roles: have } if roles.iter().any(|r| have.contains(r)) => Ok(*id),
            Actor::Nobody => Err(AppError::SignInNeeded),
            _ => Err(AppError::NotAllowed),
        }
    }

    /// Demands the applicant of `application`, a carrier's system or lineward itself.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] for nobody; for another applicant the application does not exist.
    pub fn applies(&self, application: ApplicationId) -> Result<(), AppError> {
        match &self.actor {
            Actor::Applicant(own) if *own == application => Ok(()),
            Actor::Applicant(_) => Err(AppError::NotFound),
            Actor::Token { roles, .. } if roles.contains(&Role::System) => Ok(()),
            Actor::System => Ok(()),
            Actor::Nobody => Err(AppError::SignInNeeded),
            Actor::Token { .. } | Actor::Staff { .. } | Actor::Operator => Err(AppError::NotAllowed),
        }
    }

    /// Demands who may take the steps of `application`: who applies, and the agent who opened it with the person before
    /// them.
    ///
    /// # Errors
    /// As [`Ctx::applies`].
    pub fn acts_for(&self, application: &ApplicationRow) -> Result<(), AppError> {
        match &self.actor {
            Actor::Staff { id, roles }
                if application.opened_by == Some(*id) && roles.contains(&Role::Agent) =>
            {
                Ok(())
            }
            _ => self.applies(application.id),
        }
    }

    /// Demands who may look at `application`: who applies, and staff.
    ///
    /// # Errors
    /// As [`Ctx::applies`].
    pub fn sees(&self, application: ApplicationId) -> Result<(), AppError> {
        match &self.actor {
            Actor::Staff { .. } => Ok(()),
            _ => self.applies(application),
        }
    }
}
