//! Whether the chip is the original one: what it answered, with keys that the issuer signed (Doc 9303-11, section 6).

use lineward_core::evidence::CheckResult;

use super::{
    ChipCheck, ChipFiles, ChipFinding, ChipNote, ChipReason, FileName, MadeBy, Presence,
    active::{self, ActiveError, ActiveForm},
    chip_auth::{ChipAuthError, ChipAuthentication},
    groups::Groups,
    lds::{dg14::Dg14, dg15::Dg15, security::SecurityInfo},
    secure_messaging::AnswerError,
    signed::{finding, of_key},
};
use crate::{
    asn1::Oid,
    crypto::{Hash, PublicKey, Role, Weakness},
};

/// Active authentication: the key of data group 15 over the random number.
pub(super) fn active_authentication(files: &ChipFiles, groups: &Groups, presence: &Presence) -> ChipFinding {
    let check = ChipCheck::ActiveAuthentication;
    let not = |reason, detail: &str| finding(check, CheckResult::NotChecked, reason, detail);
    let bytes = match key_file(files, groups, 15, check) {
        Ok(bytes) => bytes,
        Err(found) => return found,
    };
    let Some(answer) = &presence.active_authentication else {
        return not(ChipReason::NotAsked, "the chip has a key for this and was not asked");
    };
    let key = match Dg15::read(bytes).map_err(|e| e.to_string()) {
        Ok(dg15) => PublicKey::from_spki(dg15.key),
        Err(e) => return not(ChipReason::Unreadable, &e),
    };
    let key = match key {
        Ok(key) => key,
        Err(e) => return not(of_key(&e), &e.to_string()),
    };
    match active::verify(&key, announced(files, groups), answer) {
        Ok(proof) => {
            let detail =
                format!("the chip signed the random number with {} and {}", key.describe(), proof.hash);
            let mut found = finding(check, CheckResult::Pass, None, detail);
            if proof.form == ActiveForm::Der || !proof.announced {
                found.notes.push(ChipNote::SignatureForm);
            }
            if proof.hash == Hash::Sha1 {
                found.notes.push(ChipNote::Sha1);
            }
            if !Weakness::of_key(&key, Role::Chip).is_empty() {
                found.notes.push(ChipNote::SmallKey);
            }
            found
        }
        Err(ActiveError::MadeOnPhone) => {
            not(ChipReason::MadeOnPhone, "the random number was made on the phone")
        }
        Err(ActiveError::UnknownAlgorithm) => {
            not(ChipReason::Unsupported, "data group 14 names an unknown algorithm")
        }
        // An answer that broke off is no answer; whoever has a copy would send none either.
        Err(ActiveError::Malformed) => {
            not(ChipReason::Unreadable, "the chip's answer is not in the form of one")
        }
        Err(e) => finding(check, CheckResult::Fail, ChipReason::AnswerWrong, e.to_string()),
    }
}

/// Chip authentication: the key of data group 14 agreed on the keys under which the answer was written.
pub(super) fn chip_authentication(files: &ChipFiles, groups: &Groups, presence: &Presence) -> ChipFinding {
    let check = ChipCheck::ChipAuthentication;
    let not = |reason, detail: &str| finding(check, CheckResult::NotChecked, reason, detail);
    let bytes = match key_file(files, groups, 14, check) {
        Ok(bytes) => bytes,
        Err(found) => return found,
    };
    let dg14 = match Dg14::read(bytes) {
        Ok(dg14) => dg14,
        Err(e) => return not(ChipReason::Unreadable, &e.to_string()),
    };
    let key_of = |info: &SecurityInfo<'_>| match info {
        SecurityInfo::ChipAuthenticationKey { key, .. } => Some(key.to_vec()),
        _ => None,
    };
    let keys: Vec<Vec<u8>> = dg14.infos.iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return not(ChipReason::NotOnChip, "the chip has no key for this");
    }
    let Some(answer) = &presence.chip_authentication else {
        return not(ChipReason::NotAsked, "the chip has a key for this and was not asked");
    };
    if answer.made_by == MadeBy::Phone {
        return not(ChipReason::MadeOnPhone, "the ephemeral key was made on the phone");
    }
    let session = match ChipAuthentication::from_state(&answer.state) {
        Ok(session) => session,
        Err(e) => return not(ChipReason::Unreadable, &e.to_string()),
    };
    // The session was begun with a key that the phone sent; only the issuer's word makes it the chip's.
    if !keys.iter().any(|key| key == session.chip_key()) {
        let detail = "the session was begun with a key that is not the chip's";
        return finding(check, CheckResult::Fail, ChipReason::AnswerWrong, detail);
    }
    match session.finish(answer.counter, &answer.answer) {
        Ok(()) => finding(
            check,
            CheckResult::Pass,
            None,
            "the chip answered under keys that only it and the server share",
        ),
        Err(ChipAuthError::MadeOnPhone) => {
            not(ChipReason::MadeOnPhone, "the ephemeral key was made on the phone")
        }
        Err(ChipAuthError::Answer(AnswerError::Wrong)) => {
            let detail = "the answer is not under the keys of this session";
            finding(check, CheckResult::Fail, ChipReason::AnswerWrong, detail)
        }
        Err(e) => not(ChipReason::Unreadable, &e.to_string()),
    }
}

/// The bytes of a data group with a key, if the issuer signed them.
fn key_file<'f>(
    files: &'f ChipFiles,
    groups: &Groups,
    number: u8,
    check: ChipCheck,
) -> Result<&'f [u8], ChipFinding> {
    let not = |reason, detail: String| Err(finding(check, CheckResult::NotChecked, reason, detail));
    match files.get(FileName::DataGroup(number)) {
        Some(bytes) if groups.is_signed(number) => Ok(bytes),
        Some(_) => not(ChipReason::NotProved, format!("data group {number} is not proved")),
        None if groups.is_unread(number) => {
            not(ChipReason::NotRead, format!("data group {number} was not read"))
        }
        None => not(ChipReason::NotOnChip, format!("the chip has no data group {number}")),
    }
}

/// How the chip says that it signs (ActiveAuthenticationInfo), if the issuer signed that.
fn announced<'f>(files: &'f ChipFiles, groups: &Groups) -> Option<Oid<'f>> {
    let bytes = files.get(FileName::DataGroup(14)).filter(|_| groups.is_signed(14))?;
    Dg14::read(bytes).ok()?.infos.iter().find_map(|info| match info {
        SecurityInfo::ActiveAuthentication { algorithm, .. } => Some(*algorithm),
        _ => None,
    })
}
