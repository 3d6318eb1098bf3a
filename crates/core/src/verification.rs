//! The checks of one person for one purpose, as facts.

use jiff::{Timestamp, civil::Date};

use crate::{
    codes,
    evidence::{CheckResult, EvidenceClass, FaceFinding, FieldSource, PortraitRef},
    id::{DocumentId, StaffId, VerificationId},
};

codes! {
    /// What a verification is for.
    pub enum Purpose {
        /// Opening a line.
        OpenLine = "open_line",
    }
}

codes! {
    /// Where a verification takes place.
    pub enum Channel {
        /// Our pages.
        Web = "web",
        /// A carrier's shop or desk.
        Shop = "shop",
        /// The carrier's own system.
        Api = "api",
    }
}

codes! {
    /// How the person chose to show that the document is theirs. Both ways have the same rights and the same clock.
    pub enum Way {
        /// A face check against the document's portrait.
        Face = "face",
        /// A person at a desk or shop sees the original; no face is compared by a machine.
        OtherWay = "other_way",
    }
}

codes! {
    /// Who applies.
    pub enum ApplicantKind {
        /// A person for themselves.
        Person = "person",
        /// An organisation; referred to a person.
        Organisation = "organisation",
        /// A person acting for another; referred to a person.
        ForAnother = "for_another",
    }
}

codes! {
    /// What was agreed to. Each is given and withdrawn by itself.
    pub enum ConsentKind {
        /// Checking the identity document for this application.
        Identity = "identity",
        /// Comparing the face with the document's portrait.
        Face = "face",
        /// Keeping portrait and capture, sealed, until a person has decided.
        KeepImages = "keep_images",
    }
}

codes! {
    /// The checks of a document.
    pub enum DocumentCheck {
        /// The fields are those that the issuer issued.
        FieldsGenuine = "fields_genuine",
        /// The document is not revoked and not reported lost.
        Valid = "valid",
        /// The portrait is the one that the issuer issued.
        PortraitGenuine = "portrait_genuine",
        /// All check digits are right.
        CheckDigits = "check_digits",
        /// The document is in date.
        Dates = "dates",
    }
}

codes! {
    /// Why a document check did not pass.
    pub enum DocumentReason {
        /// A check digit is wrong.
        CheckDigitWrong = "check_digit_wrong",
        /// More than one reading satisfies the check digits.
        Ambiguous = "ambiguous",
        /// The last day has passed.
        Expired = "expired",
        /// No last day is known.
        NoExpiryDate = "no_expiry_date",
        /// The authority knows other data under this number.
        AuthorityDiffers = "authority_differs",
        /// The authority has no record of this document.
        NoRecord = "no_record",
        /// The document was revoked.
        Revoked = "revoked",
        /// Another document was issued in its place.
        Replaced = "replaced",
        /// The document was given back or never handed out.
        Cancelled = "cancelled",
        /// The authority says that the document is not in force, for no reason that has a word here.
        NotInForce = "not_in_force",
        /// The document was reported lost or stolen.
        ReportedLost = "reported_lost",
        /// The authority did not answer.
        ServiceDown = "service_down",
        /// The authority does not answer this question.
        NotOffered = "not_offered",
        /// The staff member doubts that the original is genuine.
        OriginalDoubted = "original_doubted",
        /// The staff member found that the person is not the one on the portrait.
        PersonDiffers = "person_differs",
        /// The chip did not hand over, or nobody sent, the files that this check needs.
        NotOnChip = "not_on_chip",
        /// The chip's files cannot be read.
        ChipUnreadable = "chip_unreadable",
        /// A file of the chip is not the one that was signed.
        ChipDataChanged = "chip_data_changed",
        /// The signature over the chip's files is not the signer's.
        SignatureWrong = "signature_wrong",
        /// No trusted certificate of the issuing country leads to the signer.
        SignerUnknown = "signer_unknown",
        /// The signer may not sign this, or might not at that time, or was revoked.
        SignerNotValid = "signer_not_valid",
        /// The chip did not show that it is the original one: it may be a copy.
        ChipCopied = "chip_copied",
        /// The evidence was made wholly on a phone and proves nothing to us.
        MadeOnPhone = "made_on_phone",
    }
}

/// One finding about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFinding {
    /// What was checked.
    pub check: DocumentCheck,
    /// What the check answered.
    pub result: CheckResult,
    /// What the answer rests on.
    pub class: EvidenceClass,
    /// Why it did not pass.
    pub reason: Option<DocumentReason>,
    /// The portrait it is about; `None` for what is not about a portrait.
    pub portrait: Option<PortraitRef>,
    /// When the check ran.
    pub at: Timestamp,
}

/// What is known of one shown document, without its fields.
#[derive(Debug, Clone)]
pub struct DocumentFacts {
    /// The document.
    pub id: DocumentId,
    /// Where its number came from.
    pub number_source: FieldSource,
    /// Its last day, where it has one.
    pub expires_on: Option<Date>,
    /// Every finding; a later one about the same check from the same class replaces an earlier one.
    pub findings: Vec<DocumentFinding>,
}

impl DocumentFacts {
    /// The findings that count: the latest of each check and class.
    pub fn current(&self) -> impl Iterator<Item = &DocumentFinding> {
        self.findings.iter().enumerate().filter_map(|(i, f)| {
            let later = self.findings.iter().skip(i + 1).any(|g| g.check == f.check && g.class == f.class);
            (!later).then_some(f)
        })
    }

    /// The classes that `check` passed with, and whether any finding about it failed.
    pub fn classes(&self, check: DocumentCheck) -> (Vec<EvidenceClass>, bool) {
        let of = || self.current().filter(move |f| f.check == check);
        let passed = of().filter(|f| f.result == CheckResult::Pass).map(|f| f.class).collect();
        (passed, of().any(|f| f.result == CheckResult::Fail))
    }

    /// The classes by which `portrait` is found to be the issuer's. What was found about another portrait does not count.
    pub fn portrait_classes(&self, portrait: PortraitRef) -> Vec<EvidenceClass> {
        let about = |f: &&DocumentFinding| {
            f.check == DocumentCheck::PortraitGenuine
                && f.result == CheckResult::Pass
                && f.portrait == Some(portrait)
        };
        self.current().filter(about).map(|f| f.class).collect()
    }

    /// The chip's portrait, where a signature over it was found good.
    pub fn signed_portrait(&self) -> Option<PortraitRef> {
        let chip = self.current().filter_map(|f| f.portrait).filter(|p| matches!(p, PortraitRef::Chip(_)));
        chip.into_iter().find(|p| self.portrait_classes(*p).contains(&EvidenceClass::Signed))
    }

    /// When the authority was first found not to answer whether the document stands, unless it has answered since.
    pub fn service_down_since(&self) -> Option<Timestamp> {
        let asked =
            |f: &&DocumentFinding| f.check == DocumentCheck::Valid && f.class == EvidenceClass::Authority;
        let down = |f: &&DocumentFinding| f.reason == Some(DocumentReason::ServiceDown);
        self.findings.iter().rev().filter(asked).take_while(down).last().map(|f| f.at)
    }
}

/// One completed comparison of the capture with a portrait of `document`.
#[derive(Debug, Clone)]
pub struct FaceFact {
    /// The document whose portrait was the reference.
    pub document: DocumentId,
    /// Which portrait of it was the reference.
    pub portrait: PortraitRef,
    /// What was found.
    pub finding: FaceFinding,
    /// When.
    pub at: Timestamp,
}

/// A staff member saw the original and the person together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The staff member.
    pub staff: StaffId,
    /// The document that was in hand.
    pub document: DocumentId,
    /// Whether the person is the one on the portrait.
    pub person_matches: CheckResult,
    /// When.
    pub at: Timestamp,
}

/// Everything a decision may look at. Built inside the deciding transaction, never from a request.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The verification these facts belong to.
    pub verification: VerificationId,
    /// What it is for.
    pub purpose: Purpose,
    /// When its findings stop being usable.
    pub expires_at: Timestamp,
    /// The chosen way.
    pub way: Way,
    /// Who applies.
    pub applicant: ApplicantKind,
    /// The consents that stand (given and not withdrawn).
    pub consents: Vec<ConsentKind>,
    /// The document, once shown.
    pub document: Option<DocumentFacts>,
    /// The completed comparisons, oldest first.
    pub faces: Vec<FaceFact>,
    /// The sighting, where the other way was chosen.
    pub sighting: Option<Sighting>,
    /// The lines that count against the applicant's cap, without this one.
    pub lines_held: u32,
    /// The cap for the kind of line asked for; `None` where the rules have none.
    pub cap: Option<u32>,
}
