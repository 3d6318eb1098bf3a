//! Stand-ins for the outside: deterministic, scripted, counting.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lineward_app::{
    Entropy,
    ports::{
        ActivationOrder, Answered, Asking, Authority, AuthorityAnswer, AuthorityProfile, FaceCheck,
        IssuerMatch, LineProvisioner, Message, Notifier, OutsideError, Reference, Standing, Unavailable,
    },
};
use lineward_core::evidence::{Assurance, FaceFinding, FaceOutcome, FaceReason};
use lineward_document::state::StateCode;
use sha2::{Digest, Sha256};

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock at `now`.
    pub fn at(now: Timestamp) -> Self {
        TestClock(Arc::new(AtomicI64::new(now.as_microsecond())))
    }

    /// The time it shows; the epoch if it was moved out of range.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves it on.
    pub fn pass(&self, time: SignedDuration) {
        self.0.fetch_add(i64::try_from(time.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }
}

/// Random bytes from a seed: SHA-256 over a counter.
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// A source that gives the same bytes for the same seed.
    pub fn new(seed: u64) -> Self {
        SeededEntropy { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest([self.seed.to_be_bytes(), n.to_be_bytes()].concat());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// A network that does as it is told and remembers every order.
#[derive(Default)]
pub struct Network {
    orders: Mutex<Vec<ActivationOrder>>,
    failures: Mutex<VecDeque<OutsideError>>,
}

impl Network {
    /// Every order that came, repeats included.
    pub fn orders(&self) -> Vec<ActivationOrder> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers the next order with this instead.
    pub fn fail_next(&self, with: OutsideError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(with);
    }
}

#[async_trait]
impl LineProvisioner for Network {
    async fn activate(&self, order: &ActivationOrder) -> Result<(), OutsideError> {
        if let Some(failure) = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Err(failure);
        }
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).push(order.clone());
        Ok(())
    }
}

/// A mailbox that keeps what it is handed.
#[derive(Default)]
pub struct Mailbox(Mutex<Vec<Message>>);

impl Mailbox {
    /// Every message that came.
    pub fn messages(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Notifier for Mailbox {
    async fn notify(&self, message: &Message) -> Result<(), OutsideError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(())
    }
}

/// An authority that gives one answer until it is told another, and remembers what it was asked.
pub struct Clerk {
    profile: AuthorityProfile,
    answer: Mutex<Result<AuthorityAnswer, Unavailable>>,
    asked: Mutex<Vec<Heard>>,
}

/// What a [`Clerk`] was told in one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The document's number.
    pub number: String,
    /// Whether a picture of the document came along.
    pub portrait: bool,
}

/// The answer that confirms everything.
pub const CONFIRMED: AuthorityAnswer =
    AuthorityAnswer { standing: Standing::Valid, fields: IssuerMatch::Match, portrait: IssuerMatch::Match };

/// What a [`Clerk`] gives as the hash of a signed answer.
pub const EVIDENCE: [u8; 32] = [0xe7; 32];

impl Default for Clerk {
    fn default() -> Self {
        let profile = AuthorityProfile {
            source: "Test Registry".into(),
            issuing_states: ["UTO", "CHN"].into_iter().filter_map(StateCode::parse).collect(),
            names: true,
            birth_date: true,
            portrait: true,
        };
        Clerk { profile, answer: Mutex::new(Ok(CONFIRMED)), asked: Mutex::default() }
    }
}

impl Clerk {
    /// Answers so from now on.
    pub fn answer(&self, answer: AuthorityAnswer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Ok(answer);
    }

    /// Gives no answer from now on.
    pub fn fall_silent(&self) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Err(Unavailable("silent".into()));
    }

    /// Every question that came.
    pub fn asked(&self) -> Vec<Heard> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Authority for Clerk {
    fn profile(&self) -> &AuthorityProfile {
        &self.profile
    }

    async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, Unavailable> {
        let heard =
            Heard { number: asking.question.number().to_owned(), portrait: asking.portrait.is_some() };
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        if asking.portrait.is_none() {
            answer.portrait = IssuerMatch::NotOffered;
        }
        Ok(Answered { answer, answered_at: asking.now, evidence_hash: EVIDENCE })
    }
}

/// A face check on text: `face of NAME` on both sides matches when the names are equal; `two faces`, `no face` and
/// anything else cannot be compared. `copy of NAME` against `face of NAME` is the same picture.
pub struct TextFaces;

impl FaceCheck for TextFaces {
    fn compare(
        &self,
        reference: Reference<'_>,
        frames: &[&[u8]],
        fmr_ppb: u32,
        assurance: Assurance,
    ) -> FaceFinding {
        let (Reference::Picture(portrait) | Reference::Portrait(portrait)) = reference;
        let mut finding = FaceFinding {
            outcome: FaceOutcome::NotCompared,
            score_ppm: None,
            threshold_ppm: 427_000,
            review_threshold_ppm: 340_000,
            fmr_ppb: Some(fmr_ppb),
            bona_fide_ppm: Some(990_000),
            reasons: Vec::new(),
            pack_hash: [7; 32],
            assurance,
        };
        let probe = frames.first().copied().unwrap_or_default();
        match (read(portrait), read(probe)) {
            (Seen::Face(a), Seen::Face(b) | Seen::Copy(b)) => {
                let same = a == b;
                finding.outcome = if same { FaceOutcome::Match } else { FaceOutcome::NonMatch };
                finding.score_ppm = Some(if same { 700_000 } else { 100_000 });
                if matches!(read(probe), Seen::Copy(_)) {
                    finding.reasons.push(FaceReason::SameImageSuspected);
                }
            }
            (Seen::Face(_), Seen::None) => finding.reasons.push(FaceReason::ProbeNoFace),
            (Seen::Face(_), Seen::Two) => finding.reasons.push(FaceReason::ProbeSeveralFaces),
            (Seen::Face(_), Seen::Noise) => finding.reasons.push(FaceReason::ProbeUnreadable),
            _ => finding.reasons.push(FaceReason::ReferenceNoFace),
        }
        finding
    }
}

enum Seen<'a> {
    Face(&'a [u8]),
    Copy(&'a [u8]),
    Two,
    None,
    Noise,
}

fn read(picture: &[u8]) -> Seen<'_> {
    // The portrait of a test's chip begins like a JPEG.
    match picture.strip_prefix(&[0xFF, 0xD8, 0xFF]).unwrap_or(picture) {
        b"two faces" => Seen::Two,
        b"no face" => Seen::None,
        picture => match (picture.strip_prefix(b"face of "), picture.strip_prefix(b"copy of ")) {
            (Some(name), _) => Seen::Face(name),
            (_, Some(name)) => Seen::Copy(name),
            _ => Seen::Noise,
        },
    }
}
