//! What the pages say, one table per language.
//!
//! A text that is missing in a language, or a coded word without a text, does not compile.

mod en;
mod en_words;
mod zh;
mod zh_words;

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

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    En,
    /// Chinese in simplified characters.
    Zh,
}

impl Language {
    /// Every language.
    pub(crate) const ALL: [Language; 2] = [Language::En, Language::Zh];

    /// The tag for `lang` attributes and for messages (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Zh => "zh-Hans",
        }
    }

    /// The language of a tag, if it is one of ours.
    pub(crate) fn of_tag(tag: &str) -> Option<Language> {
        match tag.split('-').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "en" => Some(Language::En),
            "zh" => Some(Language::Zh),
            _ => None,
        }
    }

    /// The first of ours that `Accept-Language` names. Browsers list by preference, so weights are not read.
    pub(crate) fn accepted(header: &str) -> Language {
        header
            .split(',')
            .filter_map(|part| Language::of_tag(part.split(';').next().unwrap_or("")))
            .next()
            .unwrap_or(Language::En)
    }

    /// The texts.
    pub(crate) const fn texts(self) -> &'static Texts {
        match self {
            Language::En => &en::TEXTS,
            Language::Zh => &zh::TEXTS,
        }
    }
}

/// `text` with `{name}` replaced by `value`.
pub(crate) fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("{{{name}}}"), value)
}

/// A reason in words for the person it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    /// What it is.
    pub(crate) title: &'static str,
    /// What it means.
    pub(crate) means: &'static str,
    /// What happens next, or what the person can do.
    pub(crate) next: &'static str,
}

/// Every text of one language.
pub(crate) struct Texts {
    pub(crate) language_name: &'static str,
    pub(crate) words: Words,
    pub(crate) common: Common,
    pub(crate) start: Start,
    pub(crate) consent: Consent,
    pub(crate) document: Document,
    pub(crate) capture: Capture,
    pub(crate) status: Status,
    pub(crate) desk: Desk,
    pub(crate) case: Case,
    pub(crate) documents: Documents,
    pub(crate) problem: Problem,
}

/// The coded words in this language.
pub(crate) struct Words {
    pub(crate) advice: fn(Advice) -> &'static str,
    pub(crate) assurance: fn(Assurance) -> &'static str,
    pub(crate) check: fn(DocumentCheck) -> &'static str,
    pub(crate) check_result: fn(CheckResult) -> &'static str,
    pub(crate) chip_check: fn(ChipCheck) -> &'static str,
    pub(crate) chip_reason: fn(ChipReason) -> &'static str,
    pub(crate) class: fn(EvidenceClass) -> &'static str,
    pub(crate) close_reason: fn(CloseReason) -> &'static str,
    pub(crate) document_reason: fn(DocumentReason) -> &'static str,
    pub(crate) face_outcome: fn(FaceOutcome) -> &'static str,
    pub(crate) face_reason: fn(FaceReason) -> &'static str,
    pub(crate) kind: fn(LineKind) -> &'static str,
    pub(crate) missing: fn(Missing) -> &'static str,
    pub(crate) line_state: fn(LineState) -> &'static str,
    pub(crate) payment: fn(Payment) -> &'static str,
    pub(crate) reason: fn(ReferralReason) -> Said,
    pub(crate) review_reason: fn(ReviewReason) -> &'static str,
    pub(crate) role: fn(Role) -> &'static str,
    pub(crate) sign_refused: fn(SignRefused) -> &'static str,
    pub(crate) state: fn(ApplicationState) -> &'static str,
    pub(crate) step: fn(Step) -> &'static str,
    pub(crate) verdict: fn(&Verdict) -> &'static str,
    pub(crate) way: fn(Way) -> &'static str,
}

/// Header, footer and what several pages share.
pub(crate) struct Common {
    pub(crate) skip: &'static str,
    pub(crate) other_language: &'static str,
    pub(crate) footer: &'static str,
    pub(crate) demo: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) step_start: &'static str,
    pub(crate) step_consent: &'static str,
    pub(crate) step_document: &'static str,
    pub(crate) step_capture: &'static str,
    pub(crate) step_result: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) what_to_do: &'static str,
}

/// The first page, the start of an application, and the page behind a link.
pub(crate) struct Start {
    pub(crate) home_title: &'static str,
    pub(crate) home_lead: &'static str,
    pub(crate) home_apply: &'static str,
    pub(crate) home_apply_hint: &'static str,
    pub(crate) home_desk: &'static str,
    pub(crate) home_promises_title: &'static str,
    pub(crate) home_promises: [&'static str; 4],
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) under_way: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) needed_title: &'static str,
    pub(crate) needed: [&'static str; 3],
    pub(crate) which_line: &'static str,
    pub(crate) how_paid: &'static str,
    pub(crate) for_whom: &'static str,
    pub(crate) for_myself: &'static str,
    pub(crate) for_organisation: &'static str,
    pub(crate) for_another: &'static str,
    pub(crate) for_hint: &'static str,
    pub(crate) which_way: &'static str,
    pub(crate) which_way_hint: &'static str,
    pub(crate) way_face: &'static str,
    pub(crate) way_face_text: &'static str,
    pub(crate) way_other: &'static str,
    pub(crate) way_other_text: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) contact_hint: &'static str,
    pub(crate) contact_wrong: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) button: &'static str,
    pub(crate) link_title: &'static str,
    pub(crate) link_text: &'static str,
    pub(crate) link_button: &'static str,
}

/// Agreeing to the checks.
pub(crate) struct Consent {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) boxes: &'static str,
    pub(crate) identity: &'static str,
    pub(crate) identity_text: &'static str,
    pub(crate) face: &'static str,
    pub(crate) face_text: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) keep_text: &'static str,
    pub(crate) given: &'static str,
    pub(crate) take_back: &'static str,
    pub(crate) identity_needed: &'static str,
    pub(crate) face_needed: &'static str,
    pub(crate) button: &'static str,
}

/// Showing the document.
pub(crate) struct Document {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) mrz: &'static str,
    pub(crate) mrz_hint: &'static str,
    pub(crate) mrz_example: &'static str,
    pub(crate) mrz_button: &'static str,
    pub(crate) or_type: &'static str,
    pub(crate) or_type_hint: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) passport: &'static str,
    pub(crate) identity_card: &'static str,
    pub(crate) residence_permit: &'static str,
    pub(crate) other: &'static str,
    pub(crate) issuing_state: &'static str,
    pub(crate) issuing_state_hint: &'static str,
    pub(crate) issuing_state_wrong: &'static str,
    pub(crate) number: &'static str,
    pub(crate) number_hint: &'static str,
    pub(crate) number_wrong: &'static str,
    pub(crate) primary_name: &'static str,
    pub(crate) primary_name_hint: &'static str,
    pub(crate) secondary_name: &'static str,
    pub(crate) name_wrong: &'static str,
    pub(crate) birth_date: &'static str,
    pub(crate) expiry_date: &'static str,
    pub(crate) date_wrong: &'static str,
    pub(crate) typed_button: &'static str,
    pub(crate) typed_not_enough: &'static str,
    pub(crate) taken_as_it_is: &'static str,
    pub(crate) go_on_as_it_is: &'static str,
}

/// Photographing document and face.
pub(crate) struct Capture {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) tips_document: &'static str,
    pub(crate) tips_face: &'static str,
    pub(crate) document: &'static str,
    pub(crate) document_open: &'static str,
    pub(crate) document_take: &'static str,
    pub(crate) face: &'static str,
    pub(crate) face_open: &'static str,
    pub(crate) face_take: &'static str,
    pub(crate) again: &'static str,
    pub(crate) taken: &'static str,
    pub(crate) no_camera: &'static str,
    pub(crate) file_instead: &'static str,
    pub(crate) file_instead_text: &'static str,
    pub(crate) file_document: &'static str,
    pub(crate) file_face: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) button: &'static str,
    pub(crate) sending: &'static str,
    pub(crate) once: &'static str,
    pub(crate) other_document: &'static str,
    pub(crate) attempts_left: &'static str,
    pub(crate) not_taken: &'static str,
}

/// Where an application stands.
pub(crate) struct Status {
    pub(crate) title: &'static str,
    pub(crate) open_text: &'static str,
    /// `{until}`: when a person decides.
    pub(crate) provisional_text: &'static str,
    pub(crate) next_step: &'static str,
    pub(crate) visit_title: &'static str,
    pub(crate) visit_text: &'static str,
    pub(crate) visit_steps: [&'static str; 3],
    pub(crate) referred_text: &'static str,
    pub(crate) referred_visit: &'static str,
    pub(crate) approved_text: &'static str,
    pub(crate) refused_text: &'static str,
    pub(crate) withdrawn_text: &'static str,
    pub(crate) lapsed_text: &'static str,
    pub(crate) reasons: &'static str,
    pub(crate) next: &'static str,
    pub(crate) application: &'static str,
    pub(crate) line: &'static str,
    pub(crate) line_state: &'static str,
    pub(crate) way: &'static str,
    pub(crate) opened: &'static str,
    pub(crate) lapses: &'static str,
    pub(crate) decided: &'static str,
    pub(crate) options: &'static str,
    pub(crate) let_person: &'static str,
    pub(crate) let_person_text: &'static str,
    pub(crate) other_way: &'static str,
    pub(crate) other_way_text: &'static str,
    pub(crate) face_way: &'static str,
    pub(crate) face_way_text: &'static str,
    pub(crate) withdraw: &'static str,
    pub(crate) withdraw_text: &'static str,
    pub(crate) withdraw_sure: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) receipt_text: &'static str,
    pub(crate) receipt_button: &'static str,
    pub(crate) again: &'static str,
}

/// Staff pages but for the case.
pub(crate) struct Desk {
    pub(crate) sign_in_title: &'static str,
    pub(crate) sign_in_lead: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) code_wrong: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) signed_in_as: &'static str,
    pub(crate) title: &'static str,
    pub(crate) menu: &'static str,
    pub(crate) referrals: &'static str,
    pub(crate) no_referrals: &'static str,
    pub(crate) since: &'static str,
    pub(crate) why: &'static str,
    pub(crate) claimed_by: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) you: &'static str,
    pub(crate) second_waits: &'static str,
    pub(crate) provisional: &'static str,
    pub(crate) provisional_hint: &'static str,
    pub(crate) provisional_until: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) no_waiting: &'static str,
    pub(crate) given_up: &'static str,
    pub(crate) given_up_hint: &'static str,
    pub(crate) no_given_up: &'static str,
    pub(crate) given_up_kind: &'static str,
    pub(crate) given_up_subject: &'static str,
    pub(crate) given_up_problem: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) sighting_title: &'static str,
    pub(crate) sighting_lead: &'static str,
    pub(crate) reference_hint: &'static str,
    pub(crate) reference_unknown: &'static str,
    pub(crate) find: &'static str,
    pub(crate) not_agreed: &'static str,
    pub(crate) face_chosen: &'static str,
    pub(crate) sighting_document: &'static str,
    pub(crate) sighting_document_hint: &'static str,
    pub(crate) original_genuine: &'static str,
    pub(crate) original_genuine_hint: &'static str,
    pub(crate) person_matches: &'static str,
    pub(crate) person_matches_hint: &'static str,
    pub(crate) answer_both: &'static str,
    pub(crate) mrz_wrong: &'static str,
    pub(crate) record: &'static str,
    pub(crate) recorded_title: &'static str,
    pub(crate) rules_title: &'static str,
    pub(crate) rules_active: &'static str,
    pub(crate) rules_none: &'static str,
    pub(crate) rules_proposed: &'static str,
    pub(crate) rules_no_proposed: &'static str,
    pub(crate) rules_hash: &'static str,
    pub(crate) rules_signatures: &'static str,
    pub(crate) rules_signed_by_you: &'static str,
    pub(crate) rules_sign: &'static str,
    pub(crate) rules_sign_hint: &'static str,
    pub(crate) rules_show: &'static str,
    pub(crate) staff_title: &'static str,
    pub(crate) staff_list: &'static str,
    pub(crate) staff_name: &'static str,
    pub(crate) staff_roles: &'static str,
    pub(crate) staff_change: &'static str,
    pub(crate) staff_off: &'static str,
    pub(crate) staff_invite: &'static str,
    pub(crate) staff_invite_hint: &'static str,
    pub(crate) staff_number: &'static str,
    pub(crate) staff_number_hint: &'static str,
    pub(crate) staff_wrong: &'static str,
    pub(crate) staff_switch_off: &'static str,
    pub(crate) staff_code_title: &'static str,
    pub(crate) staff_code_text: &'static str,
    pub(crate) back: &'static str,
}

/// One case at the desk.
pub(crate) struct Case {
    pub(crate) title: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) claim_hint: &'static str,
    pub(crate) claimed_you: &'static str,
    pub(crate) claimed_other: &'static str,
    pub(crate) take_over: &'static str,
    pub(crate) why: &'static str,
    pub(crate) failed_check: &'static str,
    pub(crate) fields: &'static str,
    pub(crate) fields_gone: &'static str,
    pub(crate) fields_claim: &'static str,
    pub(crate) fields_others: &'static str,
    pub(crate) name: &'static str,
    pub(crate) sex: &'static str,
    pub(crate) nationality: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) verdict_fields: &'static str,
    pub(crate) verdict_portrait: &'static str,
    pub(crate) in_date: &'static str,
    pub(crate) not_revoked: &'static str,
    pub(crate) not_reported_lost: &'static str,
    pub(crate) chip: &'static str,
    pub(crate) findings: &'static str,
    pub(crate) no_findings: &'static str,
    pub(crate) check: &'static str,
    pub(crate) result: &'static str,
    pub(crate) rests_on: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) face: &'static str,
    pub(crate) no_face: &'static str,
    pub(crate) face_hint: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) score: &'static str,
    pub(crate) threshold: &'static str,
    pub(crate) review_from: &'static str,
    pub(crate) fmr: &'static str,
    pub(crate) fmr_one_in: &'static str,
    pub(crate) fmr_unmeasured: &'static str,
    pub(crate) bona_fide: &'static str,
    pub(crate) not_run: &'static str,
    pub(crate) assurance: &'static str,
    pub(crate) sighting: &'static str,
    pub(crate) no_sighting: &'static str,
    pub(crate) sighted_match: &'static str,
    pub(crate) sighted_differs: &'static str,
    pub(crate) images: &'static str,
    pub(crate) no_images: &'static str,
    pub(crate) images_hint: &'static str,
    pub(crate) images_claim: &'static str,
    pub(crate) portrait: &'static str,
    pub(crate) capture: &'static str,
    pub(crate) erased_at: &'static str,
    pub(crate) image_reason: &'static str,
    pub(crate) image_open: &'static str,
    pub(crate) image_reason_wrong: &'static str,
    pub(crate) decide: &'static str,
    pub(crate) second_for_refusal: &'static str,
    pub(crate) second_for_approval: &'static str,
    pub(crate) barred: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) refuse: &'static str,
    pub(crate) note: &'static str,
    pub(crate) note_hint: &'static str,
    pub(crate) note_wrong: &'static str,
    pub(crate) reason_wrong: &'static str,
    pub(crate) button: &'static str,
    pub(crate) proposal: &'static str,
    pub(crate) proposal_hint: &'static str,
    pub(crate) proposal_own: &'static str,
    pub(crate) action: &'static str,
    pub(crate) proposed_by: &'static str,
    pub(crate) proposed_at: &'static str,
    pub(crate) hash: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) done: &'static str,
}

/// Documents behind lines, at the desk.
pub(crate) struct Documents {
    pub(crate) title: &'static str,
    /// Before their number.
    pub(crate) waiting: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) none: &'static str,
    pub(crate) why: &'static str,
    pub(crate) since: &'static str,
    pub(crate) source: &'static str,
    pub(crate) case_title: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) hash: &'static str,
    pub(crate) application: &'static str,
    pub(crate) lines: &'static str,
    pub(crate) no_lines: &'static str,
    pub(crate) close: &'static str,
    pub(crate) close_hint: &'static str,
    pub(crate) found: &'static str,
    pub(crate) found_wrong: &'static str,
    /// `{found}`, `{by}`, `{at}`.
    pub(crate) closed: &'static str,
    pub(crate) back: &'static str,
}

/// When something could not be done.
pub(crate) struct Problem {
    pub(crate) title: &'static str,
    pub(crate) back: &'static str,
    pub(crate) request: &'static str,
    pub(crate) sign_in_needed: &'static str,
    pub(crate) link_used: &'static str,
    pub(crate) not_allowed: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) invalid: &'static str,
    pub(crate) wrong_state: &'static str,
    pub(crate) signature_refused: &'static str,
    pub(crate) sent_before: &'static str,
    pub(crate) no_rules: &'static str,
    pub(crate) erased: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) broken: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_first_of_ours_that_the_browser_names() {
        for (header, language) in [
            ("", Language::En),
            ("de, fr;q=0.5", Language::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("de,en-GB;q=0.7,zh;q=0.3", Language::En),
            ("ZH", Language::Zh),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn every_coded_word_has_its_own_text_in_every_language() {
        for language in Language::ALL {
            let w = &language.texts().words;
            let mut said: Vec<Vec<String>> = Vec::new();
            let reasons: Vec<Said> = ReferralReason::ALL.iter().map(|r| (w.reason)(*r)).collect();
            assert!(reasons.iter().all(|s| !s.title.is_empty() && !s.means.is_empty() && !s.next.is_empty()));
            said.push(reasons.iter().map(|s| s.title.to_owned()).collect());
            said.push(Advice::ALL.iter().map(|a| (w.advice)(*a).to_owned()).collect());
            said.push(FaceReason::ALL.iter().map(|r| (w.face_reason)(*r).to_owned()).collect());
            said.push(DocumentReason::ALL.iter().map(|r| (w.document_reason)(*r).to_owned()).collect());
            said.push(ReviewReason::ALL.iter().map(|r| (w.review_reason)(*r).to_owned()).collect());
            said.push(CloseReason::ALL.iter().map(|r| (w.close_reason)(*r).to_owned()).collect());
            said.push(EvidenceClass::ALL.iter().map(|c| (w.class)(*c).to_owned()).collect());
            for mut list in said {
                let all = list.len();
                list.sort();
                list.dedup();
                assert_eq!(list.len(), all, "{language:?}: {list:?}");
                assert!(list.iter().all(|t| !t.trim().is_empty()), "{language:?}");
            }
        }
    }
}
