//! Codes and hashes on the wire.

use std::{borrow::Cow, fmt, str::FromStr};

use lineward_app::{application::Step, verification::Advice};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    code::UnknownCode,
    evidence::{Assurance, CheckResult, EvidenceClass, FaceOutcome, FaceReason},
    line::{LineKind, LineState, Payment},
    review::ReviewReason,
    verdict::Missing,
    verification::{ApplicantKind, Channel, ConsentKind, DocumentCheck, DocumentReason, Way},
};
use lineward_document::chip::{ChipCheck, ChipReason};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

/// A member of a domain enumeration, as its stable word. Wire types name it by the aliases below: `utoipa` takes a
/// generic argument for a schema of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<T>(pub(crate) T);

/// A SHA-256 hash as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(pub(crate) [u8; 32]);

/// Each of `list` as its word.
pub(crate) fn words<T: Copy>(list: &[T]) -> Vec<Word<T>> {
    list.iter().map(|t| Word(*t)).collect()
}

/// An enumeration that can list its words.
pub(crate) trait Coded: fmt::Display + FromStr<Err = UnknownCode> {
    /// The enumeration's name in the description of the API.
    const NAME: &str;

    /// Every word, in the order of declaration.
    fn codes() -> Vec<&'static str>;
}

impl<T: Coded> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: Coded> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<'de, str>::deserialize(deserializer)?;
        word.parse().map(Word).map_err(|e: UnknownCode| {
            de::Error::custom(format!("{:?} is none of {}", e.word, T::codes().join(", ")))
        })
    }
}

impl<T: Coded> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(T::codes())).into()
    }
}

impl<T: Coded> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut hash)
            .map_err(|_| de::Error::custom("64 hexadecimal digits"))?;
        Ok(Hash(hash))
    }
}

impl PartialSchema for Hash {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9a-fA-F]{64}$")).into()
    }
}

impl ToSchema for Hash {}

/// A [`LineKind`] as its word.
pub(crate) type LineKindWord = Word<LineKind>;

impl Coded for LineKind {
    const NAME: &str = "LineKind";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Payment`] as its word.
pub(crate) type PaymentWord = Word<Payment>;

impl Coded for Payment {
    const NAME: &str = "Payment";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`LineState`] as its word.
pub(crate) type LineStateWord = Word<LineState>;

impl Coded for LineState {
    const NAME: &str = "LineState";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ApplicantKind`] as its word.
pub(crate) type ApplicantKindWord = Word<ApplicantKind>;

impl Coded for ApplicantKind {
    const NAME: &str = "ApplicantKind";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Way`] as its word.
pub(crate) type WayWord = Word<Way>;

impl Coded for Way {
    const NAME: &str = "Way";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Channel`] as its word.
pub(crate) type ChannelWord = Word<Channel>;

impl Coded for Channel {
    const NAME: &str = "Channel";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ConsentKind`] as its word.
pub(crate) type ConsentKindWord = Word<ConsentKind>;

impl Coded for ConsentKind {
    const NAME: &str = "ConsentKind";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ApplicationState`] as its word.
pub(crate) type ApplicationStateWord = Word<ApplicationState>;

impl Coded for ApplicationState {
    const NAME: &str = "ApplicationState";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ReferralReason`] as its word.
pub(crate) type ReferralReasonWord = Word<ReferralReason>;

impl Coded for ReferralReason {
    const NAME: &str = "ReferralReason";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ReviewReason`] as its word.
pub(crate) type ReviewReasonWord = Word<ReviewReason>;

impl Coded for ReviewReason {
    const NAME: &str = "ReviewReason";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Step`] as its word.
pub(crate) type StepWord = Word<Step>;

impl Coded for Step {
    const NAME: &str = "Step";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Advice`] as its word.
pub(crate) type AdviceWord = Word<Advice>;

impl Coded for Advice {
    const NAME: &str = "Advice";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`FaceOutcome`] as its word.
pub(crate) type FaceOutcomeWord = Word<FaceOutcome>;

impl Coded for FaceOutcome {
    const NAME: &str = "FaceOutcome";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`FaceReason`] as its word.
pub(crate) type FaceReasonWord = Word<FaceReason>;

impl Coded for FaceReason {
    const NAME: &str = "FaceReason";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Assurance`] as its word.
pub(crate) type AssuranceWord = Word<Assurance>;

impl Coded for Assurance {
    const NAME: &str = "Assurance";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`CheckResult`] as its word.
pub(crate) type CheckResultWord = Word<CheckResult>;

impl Coded for CheckResult {
    const NAME: &str = "CheckResult";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`EvidenceClass`] as its word.
pub(crate) type EvidenceClassWord = Word<EvidenceClass>;

impl Coded for EvidenceClass {
    const NAME: &str = "EvidenceClass";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`DocumentCheck`] as its word.
pub(crate) type DocumentCheckWord = Word<DocumentCheck>;

impl Coded for DocumentCheck {
    const NAME: &str = "DocumentCheck";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`DocumentReason`] as its word.
pub(crate) type DocumentReasonWord = Word<DocumentReason>;

impl Coded for DocumentReason {
    const NAME: &str = "DocumentReason";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`Missing`] as its word.
pub(crate) type MissingWord = Word<Missing>;

impl Coded for Missing {
    const NAME: &str = "Missing";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ChipCheck`] as its word.
pub(crate) type ChipCheckWord = Word<ChipCheck>;

impl Coded for ChipCheck {
    const NAME: &str = "ChipCheck";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}

/// A [`ChipReason`] as its word.
pub(crate) type ChipReasonWord = Word<ChipReason>;

impl Coded for ChipReason {
    const NAME: &str = "ChipReason";

    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|t| t.code()).collect()
    }
}
