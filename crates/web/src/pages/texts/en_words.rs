//! The coded words in English.

use lineward_app::{application::Step, verification::Advice};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    evidence::{Assurance, CheckResult, EvidenceClass, FaceOutcome, FaceReason},
    line::{LineKind, LineState, Payment},
    review::{ReviewReason, SignRefused},
    staff::Role,
    verdict::{Missing, Verdict},
    verification::{DocumentCheck, DocumentReason, Way},
    watch::CloseReason,
};
use lineward_document::chip::{ChipCheck, ChipReason};

use super::Said;

pub(super) fn reason(reason: ReferralReason) -> Said {
    use ReferralReason as R;
    let said = |title, means, next| Said { title, means, next };
    match reason {
        R::NoDocument => said(
            "No document was shown",
            "Without a document nobody can tell who applies.",
            "Bring your original document to a shop, or withdraw and apply again.",
        ),
        R::DocumentInconsistent => said(
            "The details of the document do not agree",
            "A check digit does not fit the characters. Often one character was copied wrongly.",
            "A person compares. Bringing the original settles it.",
        ),
        R::DocumentAmbiguous => said(
            "The document can be read in more than one way",
            "Characters such as 0 and O look alike, and both readings would fit.",
            "A person compares. Bringing the original settles it.",
        ),
        R::DocumentNotGenuine => said(
            "The details differ from those that were issued",
            "A check answered that they are not the issuer's.",
            "A person clears this up. Bring the original if you can.",
        ),
        R::DocumentNotProven => said(
            "It is not proved yet that the document is genuine",
            "Text or a picture alone does not prove it under the rules here.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::DocumentExpired => said(
            "The document is out of date",
            "Its last day has passed.",
            "If you have a newer document, bring that one to a shop.",
        ),
        R::DocumentReportedLost => said(
            "The document was reported lost or stolen",
            "The authority's list names it. That can be out of date.",
            "If it is yours and you found it again, clear that with the authority and bring the original.",
        ),
        R::DocumentNotValid => said(
            "The authority says that the document is not in force",
            "It may have been replaced by a newer one.",
            "If you have a newer document, bring that one to a shop.",
        ),
        R::ValidityNotProven => said(
            "It is not proved yet that the document is in force",
            "Nothing that the rules here accept has confirmed it.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::ServiceDown => said(
            "The authority did not answer",
            "Its service was away for longer than we keep trying.",
            "A person goes on with it. You need not do anything.",
        ),
        R::PortraitNotGenuine => said(
            "The portrait differs from the one that was issued",
            "A check answered that it is not the issuer's.",
            "A person clears this up. Bring the original if you can.",
        ),
        R::PortraitNotProven => said(
            "It is not proved yet that the portrait is genuine",
            "A picture of the document does not prove it under the rules here.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::OtherPortraitCompared => said(
            "The face was compared with another picture than the proved one",
            "A proved portrait says nothing about a second picture.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::FaceNotCompared => said(
            "No faces were compared",
            "There was no usable pair of pictures.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::FaceNonMatch => said(
            "The two pictures did not look alike to the computer",
            "That happens to people with their own document: an old portrait, glasses, poor light. It is not a refusal.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::FaceReviewBand => said(
            "The two pictures were alike, but not clearly enough",
            "The computer leaves such cases to a person.",
            "A person looks at it. You need not do anything.",
        ),
        R::SameImageSuspected => said(
            "The two pictures are almost the same picture",
            "The picture of the face may have been taken from the document.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::PresentationAttackSuspected => said(
            "We could not be sure that the face was photographed live",
            "Screens, prints and some light look alike to the computer.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::AssuranceTooLow => said(
            "The picture of the face came from a file",
            "A file does not show when and by whom it was taken.",
            "A person looks at it. Bringing the original settles it.",
        ),
        R::ThresholdNotMeasured => said(
            "The face check in use is not measured yet",
            "Its answer counts as a hint only.",
            "A person looks at it. You need not do anything.",
        ),
        R::NotSighted => said(
            "Your original has not been seen yet",
            "You chose that a person looks at the original.",
            "Bring your original document to a shop and tell them the reference.",
        ),
        R::PersonDiffers => said(
            "The person was not taken for the one on the portrait",
            "A member of staff was not sure.",
            "Another person looks at it.",
        ),
        R::ConsentMissing => said(
            "An agreement is missing",
            "Without it nothing may be checked.",
            "Withdraw and apply again, and agree to the checks, or to the other way.",
        ),
        R::OverCap => said(
            "You hold as many lines as the rules allow",
            "One more would be over the limit for one person.",
            "Close a line that you no longer need. If you do not know of so many lines, tell the staff.",
        ),
        R::Organisation => said(
            "An organisation applies",
            "Who may sign for it is looked at by a person.",
            "The staff get in touch, or you visit a shop with the papers.",
        ),
        R::ForAnother => said(
            "You act for another person",
            "Whether you may is looked at by a person.",
            "The staff get in touch, or you visit a shop with the papers.",
        ),
        R::ProofsDiffer => said(
            "The checks are not about one and the same document",
            "They must all be about the document that was shown last.",
            "A person looks at it. You need not do anything.",
        ),
        R::ProofsExpired => said(
            "The checks are too old",
            "Too much time passed between the checks and the decision.",
            "A person looks at it, or you withdraw and apply again.",
        ),
    }
}

pub(super) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::TypeAllLines => "These are not the lines of a document. Copy every line, with all < marks.",
        Advice::CompareCharacters => {
            "A check digit does not agree. Compare the lines with your document, character by character."
        }
        Advice::TellApart => "The lines can be read in more than one way. Compare 0 with O and 1 with I.",
        Advice::ReadChipAgain => {
            "The chip could not be read. Hold the document to the phone again, and keep it still."
        }
        Advice::UseChip => {
            "The chip of your document was read, and its own portrait is the one that counts. Go on where it was read."
        }
        Advice::TakePictureAgain => "A file was no picture that can be read. Take it again as JPEG or PNG.",
        Advice::ShowPortraitSide => {
            "No face was found on the document. Show the whole side with the portrait, without glare."
        }
        Advice::ShowOnlyTheCard => {
            "Several faces were found on the picture of the document. Show only the document."
        }
        Advice::DocumentCloser => {
            "The portrait on the document is too small or unclear. Go closer and hold still."
        }
        Advice::LookIntoCamera => "No face was found. Look into the camera, with light on your face.",
        Advice::BeAlone => "Several faces were found. Be alone in the picture.",
        Advice::MoreLight => {
            "Your face is too small, too dark or blurred. Find more light, hold still, go closer."
        }
        Advice::CaptureAgain => "The pictures of your face do not belong together. Take them again.",
        Advice::ChooseOtherWay => {
            "The face check is out of service. Choose the other way: it counts the same."
        }
        Advice::TryLater => "The authority does not answer just now. Nothing is lost: try again later.",
        Advice::TryAgainOrPerson => {
            "The two pictures did not look alike. Try again in better light, let a person look, or choose the other way."
        }
    }
}

pub(super) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::File => "from a file",
        Assurance::WebSession => "with the camera, on our page",
        Assurance::Staffed => "with the camera, before staff",
    }
}

pub(super) fn check(check: DocumentCheck) -> &'static str {
    match check {
        DocumentCheck::FieldsGenuine => "The details are the issuer's",
        DocumentCheck::Valid => "In force, not reported lost",
        DocumentCheck::PortraitGenuine => "The portrait is the issuer's",
        DocumentCheck::CheckDigits => "Check digits",
        DocumentCheck::Dates => "In date",
    }
}

pub(super) fn check_result(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Pass => "yes",
        CheckResult::Fail => "no",
        CheckResult::NotChecked => "not checked",
    }
}

pub(super) fn chip_check(check: ChipCheck) -> &'static str {
    match check {
        ChipCheck::SodSignature => "The list of the chip's files is signed",
        ChipCheck::SignerCertificate => "The signer has the country's certificate for it",
        ChipCheck::CountryCa => "The country's own certificate is one that we trust",
        ChipCheck::DataGroupHashes => "The files are the ones that were signed",
        ChipCheck::ValidityAtSigning => "The certificates were valid at the time of signing",
        ChipCheck::Revocation => "The signer's certificate was not revoked",
        ChipCheck::ActiveAuthentication => "The chip is the original one (it signed our random number)",
        ChipCheck::ChipAuthentication => "The chip is the original one (it agreed on a key with us)",
        ChipCheck::DocumentDates => "The document is in date",
    }
}

pub(super) fn chip_reason(reason: ChipReason) -> &'static str {
    match reason {
        ChipReason::NotRead => "what is needed for this was not read from the chip",
        ChipReason::Unreadable => "the file cannot be read",
        ChipReason::NotOnChip => "the chip has no key for this",
        ChipReason::NotAsked => "the chip was not asked",
        ChipReason::MadeOnPhone => "it was made on the phone alone and proves nothing",
        ChipReason::NotProved => "an earlier check did not pass, so this one would prove nothing",
        ChipReason::Unsupported => "the algorithm or key is not known here",
        ChipReason::KeyTooWeak => "the signer's key is so short that anybody can forge with it",
        ChipReason::SignatureWrong => "the signature is false",
        ChipReason::DigestWrong => "the content is not what was signed",
        ChipReason::AttributeWrong => "the signature says something else than the content",
        ChipReason::HashWrong => "a file was changed after it was signed",
        ChipReason::NotNamed => "a file is there that was never signed",
        ChipReason::NoSignerCertificate => "the signer's certificate is not there",
        ChipReason::NotASigner => "the certificate is not for signing documents",
        ChipReason::NoCountryCa => {
            "we have no certificate of this country that fits; nothing is wrong by that"
        }
        ChipReason::CountryDiffers => "signer, certificate and document are not of one country",
        ChipReason::CriticalExtension => "a certificate demands something that is not known here",
        ChipReason::NoSigningTime => "the chip does not say when it was signed",
        ChipReason::OutsideValidity => "it was signed when a certificate was not valid",
        ChipReason::NoRevocationList => "we have no list of revoked certificates of this country",
        ChipReason::RevocationListOld => "our list of revoked certificates is out of date",
        ChipReason::RevocationListPartial => {
            "our list of revoked certificates does not speak for all of them"
        }
        ChipReason::Revoked => "the signer's certificate was revoked",
        ChipReason::Expired => "the last day has passed",
        ChipReason::NoExpiryDate => "no last day is known",
        ChipReason::AnswerWrong => "the chip's answer is not that of the original: it may be a copy",
    }
}

pub(super) fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::IssuerEvidence => "the issuer's signature or answer, or a look at the original",
        Missing::ClearReading => "one clear reading",
        Missing::ChipFiles => "all files of the chip, readable",
        Missing::CountryCa => "a certificate of the issuing country",
        Missing::AuthorityAnswer => "the authority's answer",
        Missing::ServerEvidence => "an answer of the chip to us, not to the phone",
    }
}

pub(super) fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Genuine(_) => "genuine",
        Verdict::NotGenuine(_) => "not genuine",
        Verdict::Inconclusive(_) => "cannot be said",
    }
}

pub(super) fn class(class: EvidenceClass) -> &'static str {
    match class {
        EvidenceClass::Number => "the number's own scheme (proves nothing)",
        EvidenceClass::Consistent => "the details agreeing with each other (proves nothing)",
        EvidenceClass::Optical => "the look of a photograph",
        EvidenceClass::Signed => "the issuer's signature",
        EvidenceClass::ChipPresent => "the original chip",
        EvidenceClass::Authority => "the authority's answer",
        EvidenceClass::Sighted => "a person who saw the original",
    }
}

pub(super) fn close_reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::DocumentStands => "The document stands after all",
        CloseReason::OtherDocument => "The holder has shown another document",
        CloseReason::AnswerMistaken => "The authority's answer was mistaken or about somebody else",
        CloseReason::PassedOn => "Passed on to those who decide about lines",
    }
}

pub(super) fn document_reason(reason: DocumentReason) -> &'static str {
    match reason {
        DocumentReason::CheckDigitWrong => "a check digit is wrong",
        DocumentReason::Ambiguous => "more than one reading fits",
        DocumentReason::Expired => "the last day has passed",
        DocumentReason::NoExpiryDate => "no last day is known",
        DocumentReason::AuthorityDiffers => "the authority knows other data under this number",
        DocumentReason::NoRecord => "the authority has no record of it",
        DocumentReason::Revoked => "revoked",
        DocumentReason::Replaced => "another document was issued in its place",
        DocumentReason::Cancelled => "given back or never handed out",
        DocumentReason::NotInForce => "the authority says that it is not in force",
        DocumentReason::ReportedLost => "reported lost or stolen",
        DocumentReason::ServiceDown => "the authority did not answer",
        DocumentReason::NotOffered => "the authority does not answer this question",
        DocumentReason::OriginalDoubted => "the original was doubted",
        DocumentReason::PersonDiffers => "the person is not the one on the portrait",
        DocumentReason::NotOnChip => "files of the chip are missing",
        DocumentReason::ChipUnreadable => "files of the chip cannot be read",
        DocumentReason::ChipDataChanged => "a file of the chip was changed after it was signed",
        DocumentReason::SignatureWrong => "the signature on the chip is false",
        DocumentReason::SignerUnknown => "we have no certificate of the issuing country for this signer",
        DocumentReason::SignerNotValid => "the signer was not allowed to sign this",
        DocumentReason::ChipCopied => "the chip did not show that it is the original one",
        DocumentReason::MadeOnPhone => "it was made on the phone alone and proves nothing",
    }
}

pub(super) fn face_outcome(outcome: FaceOutcome) -> &'static str {
    match outcome {
        FaceOutcome::Match => "match",
        FaceOutcome::NonMatch => "no match",
        FaceOutcome::NotCompared => "not compared",
    }
}

pub(super) fn face_reason(reason: FaceReason) -> &'static str {
    match reason {
        FaceReason::ReferenceNoFace => "no face on the document",
        FaceReason::ReferenceSeveralFaces => "several faces on the document",
        FaceReason::ReferencePoorQuality => "the portrait is too small, blurred, dark or bright",
        FaceReason::ReferenceUnreadable => "the picture of the document cannot be read",
        FaceReason::ProbeNoFace => "no face in the capture",
        FaceReason::ProbeSeveralFaces => "several faces in the capture",
        FaceReason::ProbePoorQuality => "the captured face is too small, blurred, dark or bright",
        FaceReason::ProbeUnreadable => "the capture cannot be read",
        FaceReason::ProbeFramesDiffer => "the frames of the capture do not show one face",
        FaceReason::NoModelPack => "no model pack is present",
        FaceReason::ReviewBand => "the score is in the review band",
        FaceReason::SameImageSuspected => "capture and portrait are almost the same picture",
        FaceReason::PresentationAttackSuspected => "the capture may show a print or a screen",
    }
}

pub(super) fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Mobile => "Mobile number",
        LineKind::FixedVoice => "Landline number",
        LineKind::Broadband => "Internet access",
        LineKind::Machine => "Line of a machine",
    }
}

pub(super) fn line_state(state: LineState) -> &'static str {
    match state {
        LineState::Requested => "asked for",
        LineState::Approved => "approved, on its way to the network",
        LineState::Activating => "being switched on",
        LineState::Active => "in service",
        LineState::Limited => "limited: outgoing off",
        LineState::Suspended => "suspended: only emergency calls",
        LineState::Closing => "being closed",
        LineState::Closed => "closed",
        LineState::Released => "not opened, or ended for good",
    }
}

pub(super) fn payment(payment: Payment) -> &'static str {
    match payment {
        Payment::Prepaid => "In advance (prepaid)",
        Payment::Postpaid => "By bill (postpaid)",
        Payment::None => "Not paid by itself",
    }
}

pub(super) fn review_reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::OriginalExamined => "The original was examined and found genuine",
        ReviewReason::IssuerConfirmed => "The issuer was asked and confirmed",
        ReviewReason::CheckMistaken => "A check was wrong about this person or document",
        ReviewReason::DocumentForged => "The document is forged or altered",
        ReviewReason::NotTheOwner => "The person is not the document's owner",
        ReviewReason::DocumentNotValid => "The document is out of date, revoked or reported lost",
        ReviewReason::NotCompleted => "The applicant was asked for what is missing and did not bring it",
        ReviewReason::OverCap => "The applicant holds as many lines as the law allows",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "see originals (agent)",
        Role::Reviewer => "decide referrals (reviewer)",
        Role::Admin => "sign rules, invite staff (admin)",
        Role::System => "carrier's system",
    }
}

pub(super) fn sign_refused(why: SignRefused) -> &'static str {
    match why {
        SignRefused::NotSignedIn => "Sign in first.",
        SignRefused::SamePerson => "The second signature must be another person's.",
        SignRefused::CreatedCase => "You opened this case or saw its original, so you cannot decide it.",
        SignRefused::OwnLine => "Nobody decides about their own line.",
        SignRefused::InvitedFirst => "You invited the first person, so you cannot be the second.",
        SignRefused::Lapsed => "The proposal has lapsed. Propose again.",
        SignRefused::FindingsChanged => "A finding has changed meanwhile. Look again, then decide.",
        SignRefused::SecondNeeded => "This decision needs a second person.",
        SignRefused::OtherProposal => "This is not the proposal that stands. Load the page anew.",
    }
}

pub(super) fn state(state: ApplicationState) -> &'static str {
    match state {
        ApplicationState::Open => "Not finished",
        ApplicationState::Referred => "A person decides",
        ApplicationState::Approved => "Approved",
        ApplicationState::Refused => "Refused",
        ApplicationState::Withdrawn => "Withdrawn",
        ApplicationState::Lapsed => "Ended unfinished",
    }
}

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::Consent => "Agree to the checks",
        Step::Document => "Show your document",
        Step::Capture => "Take two pictures",
        Step::Sighting => "Bring your original document",
    }
}

pub(super) fn way(way: Way) -> &'static str {
    match way {
        Way::Face => "Face check",
        Way::OtherWay => "A person looks at the original",
    }
}
