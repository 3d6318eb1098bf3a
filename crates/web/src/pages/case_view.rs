//! One case in words.

use askama::Template;
use lineward_app::{
    review::{CaseView, Held},
    verification::{ChipFound, Fields},
};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    evidence::{CheckResult, FaceFinding, FaceOutcome},
    review::{ReviewAction, ReviewReason},
    verdict::{DocumentVerdict, Verdict},
    verification::DocumentFinding,
};
use lineward_document::chip::{ChipCheck, ChipReason};

use super::{
    desk::{Me, case::tone_of},
    frame::{Frame, at},
    texts::{Said, fill},
};

#[derive(Template)]
#[template(path = "desk/case.html")]
pub(super) struct CasePage {
    p: Frame,
    me: Me,
    problem: Option<&'static str>,
    c: Case,
}

/// What a reviewer had typed before something was wrong.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) reason: String,
    pub(super) note: String,
}

struct Case {
    id: String,
    reference: String,
    state: &'static str,
    state_word: &'static str,
    tone: &'static str,
    undecided: bool,
    mine: bool,
    claim_text: String,
    claim_word: &'static str,
    reasons: Vec<Reason>,
    failed: bool,
    barred: bool,
    fields: Vec<(&'static str, String)>,
    /// Why there are none.
    no_fields: &'static str,
    verdict: Vec<Finding>,
    chip: Vec<Finding>,
    findings: Vec<Finding>,
    faces: Vec<Vec<(&'static str, String)>>,
    sighting: String,
    held: Vec<Image>,
    proposal: Option<Proposed>,
    findings_hash: String,
    decisions: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
    reason: String,
    note: String,
}

struct Reason {
    code: &'static str,
    said: Said,
    failed: bool,
}

struct Finding {
    check: &'static str,
    result: &'static str,
    tone: &'static str,
    class: &'static str,
    remark: String,
}

struct Image {
    id: String,
    class: String,
    title: &'static str,
    until: String,
}

struct Proposed {
    action: &'static str,
    reason: &'static str,
    note: String,
    by: String,
    at: String,
    hash: String,
    own: bool,
}

impl CasePage {
    pub(super) fn new(
        p: Frame,
        me: Me,
        view: &CaseView,
        problem: Option<&'static str>,
        draft: Draft,
    ) -> CasePage {
        CasePage { c: case(&p, &me, view, draft), problem, me, p }
    }
}

fn case(p: &Frame, me: &Me, view: &CaseView, draft: Draft) -> Case {
    let row = &view.application;
    let (claim_text, claim_word) = claim(p, me, view);
    let reason = |r: &ReferralReason| Reason {
        code: r.code(),
        said: (p.t.words.reason)(*r),
        failed: r.is_failed_check(),
    };
    Case {
        id: row.id.to_string(),
        reference: row.reference.clone(),
        state: row.state.code(),
        state_word: (p.t.words.state)(row.state),
        tone: tone_of(row.state),
        undecided: !row.state.is_final(),
        mine: row.claimed_by == Some(me.id),
        claim_text,
        claim_word,
        reasons: row.reasons.iter().map(reason).collect(),
        failed: row.reasons.iter().any(|r| r.is_failed_check()),
        barred: row.reasons.iter().any(|r| r.bars_approval()),
        fields: view.fields.as_ref().map(|f| fields(p, f)).unwrap_or_default(),
        no_fields: no_fields(p, me, view),
        verdict: view.verdict.as_ref().map(|v| verdict(p, v)).unwrap_or_default(),
        chip: view.chip.iter().filter_map(|f| chip(p, f)).collect(),
        findings: view.findings.iter().map(|f| finding(p, f)).collect(),
        faces: view.faces.iter().map(|f| face(p, f)).collect(),
        sighting: sighting(p, me, view),
        held: view.held.iter().map(|h| image(p, h)).collect(),
        proposal: proposal(p, me, view),
        findings_hash: hex::encode(view.findings_hash),
        decisions: [(p.t.case.approve, ReviewAction::Approve), (p.t.case.refuse, ReviewAction::Refuse)]
            .map(|(label, action)| (label, reasons_for(p, action)))
            .into(),
        reason: draft.reason,
        note: draft.note,
    }
}

fn claim(p: &Frame, me: &Me, view: &CaseView) -> (String, &'static str) {
    let c = &p.t.case;
    match view.application.claimed_by {
        Some(id) if id == me.id => (c.claimed_you.to_owned(), c.claim),
        Some(id) => (fill(c.claimed_other, "name", &me.name_of(id)), c.take_over),
        None => (fill(c.claimed_other, "name", p.t.desk.nobody), c.claim),
    }
}

fn no_fields(p: &Frame, me: &Me, view: &CaseView) -> &'static str {
    let row = &view.application;
    if row.state != ApplicationState::Referred || row.claimed_by == Some(me.id) || view.proposal.is_some() {
        p.t.case.fields_gone
    } else if me.reviewer {
        p.t.case.fields_claim
    } else {
        p.t.case.fields_others
    }
}

fn fields(p: &Frame, f: &Fields) -> Vec<(&'static str, String)> {
    let (c, d) = (&p.t.case, &p.t.document);
    let mut all = vec![
        (d.kind, f.kind.clone()),
        (d.issuing_state, f.issuing_state.clone()),
        (d.number, f.number.clone()),
        (c.name, f.name()),
    ];
    let optional = [
        (d.birth_date, &f.birth_date),
        (d.expiry_date, &f.expiry_date),
        (c.sex, &f.sex),
        (c.nationality, &f.nationality),
    ];
    all.extend(optional.into_iter().filter_map(|(name, value)| value.clone().map(|v| (name, v))));
    if let Some(kind) = all.first_mut() {
        let known = super::fields::kinds(p.t).into_iter().find(|(code, _)| *code == kind.1);
        kind.1 = known.map_or(d.other, |(_, word)| word).to_owned();
    }
    all
}

/// The verdict: fields, portrait, and each question of whether the document stands.
fn verdict(p: &Frame, v: &DocumentVerdict) -> Vec<Finding> {
    let (c, w) = (&p.t.case, &p.t.words);
    let genuine = |check, verdict: &Verdict| {
        let (tone, remarks): (_, Vec<&str>) = match verdict {
            Verdict::Genuine(classes) => ("yes", classes.iter().map(|class| (w.class)(*class)).collect()),
            Verdict::NotGenuine(findings) => {
                ("no", findings.iter().filter_map(|f| f.reason.map(w.document_reason)).collect())
            }
            Verdict::Inconclusive(missing) => ("open", missing.iter().map(|m| (w.missing)(*m)).collect()),
        };
        Finding { check, result: (w.verdict)(verdict), tone, class: "", remark: remarks.join("; ") }
    };
    let stands = |check, result| Finding {
        check,
        result: (w.check_result)(result),
        tone: tone(result),
        class: "",
        remark: String::new(),
    };
    vec![
        genuine(c.verdict_fields, &v.fields),
        genuine(c.verdict_portrait, &v.portrait),
        stands(c.in_date, v.valid.in_date),
        stands(c.not_revoked, v.valid.not_revoked),
        stands(c.not_reported_lost, v.valid.not_reported_lost),
    ]
}

/// What a check of the chip found; nothing for a word of another version, which the verdict still counts.
fn chip(p: &Frame, f: &ChipFound) -> Option<Finding> {
    let w = &p.t.words;
    let result = CheckResult::parse(&f.result).ok()?;
    let reason = f.reason.as_deref().and_then(|reason| ChipReason::parse(reason).ok());
    Some(Finding {
        check: (w.chip_check)(ChipCheck::parse(&f.check).ok()?),
        result: (w.check_result)(result),
        tone: tone(result),
        class: "",
        remark: reason.map(w.chip_reason).unwrap_or_default().to_owned(),
    })
}

fn finding(p: &Frame, f: &DocumentFinding) -> Finding {
    let w = &p.t.words;
    Finding {
        check: (w.check)(f.check),
        result: (w.check_result)(f.result),
        tone: tone(f.result),
        class: (w.class)(f.class),
        remark: f.reason.map(w.document_reason).unwrap_or_default().to_owned(),
    }
}

const fn tone(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Pass => "yes",
        CheckResult::Fail => "no",
        CheckResult::NotChecked => "open",
    }
}

fn face(p: &Frame, f: &FaceFinding) -> Vec<(&'static str, String)> {
    let (c, w) = (&p.t.case, &p.t.words);
    let fmr = match f.fmr_ppb {
        Some(ppb) if ppb > 0 => fill(c.fmr_one_in, "n", &(1_000_000_000 / ppb).to_string()),
        _ => c.fmr_unmeasured.to_owned(),
    };
    let mut all = vec![
        (c.outcome, (w.face_outcome)(f.outcome).to_owned()),
        (c.score, f.score_ppm.map_or_else(|| c.not_run.to_owned(), |s| millionths(i64::from(s)))),
        (c.threshold, millionths(i64::from(f.threshold_ppm))),
        (c.review_from, millionths(i64::from(f.review_threshold_ppm))),
        (c.fmr, fmr),
        (c.bona_fide, f.bona_fide_ppm.map_or_else(|| c.not_run.to_owned(), |s| millionths(i64::from(s)))),
        (c.assurance, (w.assurance)(f.assurance).to_owned()),
    ];
    if !f.reasons.is_empty() {
        let remarks: Vec<&str> = f.reasons.iter().map(|r| (w.face_reason)(*r)).collect();
        all.push((c.remark, remarks.join("; ")));
    }
    if f.outcome == FaceOutcome::NotCompared {
        all.retain(|(name, _)| ![c.score, c.threshold, c.review_from, c.fmr].contains(name));
    }
    all
}

/// Millionths with three digits, as people compare scores.
fn millionths(ppm: i64) -> String {
    let sign = if ppm < 0 { "-" } else { "" };
    let ppm = ppm.unsigned_abs();
    format!("{sign}{}.{:03}", ppm / 1_000_000, (ppm % 1_000_000) / 1_000)
}

fn sighting(p: &Frame, me: &Me, view: &CaseView) -> String {
    let c = &p.t.case;
    let Some(s) = &view.sighting else { return c.no_sighting.to_owned() };
    let text = if s.person_matches == CheckResult::Pass { c.sighted_match } else { c.sighted_differs };
    fill(&fill(text, "name", &me.name_of(s.staff)), "at", &at(s.at))
}

fn image(p: &Frame, h: &Held) -> Image {
    let c = &p.t.case;
    Image {
        id: h.id.to_string(),
        class: h.class.clone(),
        title: if h.class == "portrait" { c.portrait } else { c.capture },
        until: fill(c.erased_at, "at", &at(h.erase_at)),
    }
}

fn proposal(p: &Frame, me: &Me, view: &CaseView) -> Option<Proposed> {
    let (row, hash, note) = view.proposal.as_ref()?;
    Some(Proposed {
        action: match row.reason.action() {
            ReviewAction::Approve => p.t.case.approve,
            ReviewAction::Refuse => p.t.case.refuse,
        },
        reason: (p.t.words.review_reason)(row.reason),
        note: note.to_string(),
        by: me.name_of(row.proposed_by),
        at: at(row.proposed_at),
        hash: hex::encode(hash),
        own: row.proposed_by == me.id,
    })
}

fn reasons_for(p: &Frame, action: ReviewAction) -> Vec<(&'static str, &'static str)> {
    let of = ReviewReason::ALL.iter().filter(|r| r.action() == action);
    of.map(|r| (r.code(), (p.t.words.review_reason)(*r))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_score_shows_three_digits() {
        for (ppm, shown) in [(427_000, "0.427"), (-12_900, "-0.012"), (1_000_000, "1.000"), (0, "0.000")] {
            assert_eq!(super::millionths(ppm), shown);
        }
    }
}
