//! A country's rules as data: typed, every figure with where it comes from and whether the carrier confirmed it.

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::{
    codes,
    evidence::{Assurance, EvidenceClass},
    line::KindGroup,
};

/// One carrier's rules for opening lines, read from one TOML text.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Short name, as in `--rules cn`.
    pub id: String,
    /// The version the author gave.
    pub version: String,
    /// What these rules carry out, in words.
    pub title: String,
    /// Whether they are a country's or the demo's.
    pub scope: Scope,
    /// The zone that days are counted in.
    pub zone: jiff::tz::TimeZone,
    /// Most lines one person may hold, per kind group; a group without a figure has no cap.
    pub lines_per_person: Vec<(KindGroup, Figure<u32>)>,
    /// Completed comparisons before a non-match goes to a person.
    pub face_attempts: Figure<u32>,
    /// The false match rate that the automatic threshold must stand for, in parts per thousand million.
    pub face_fmr_ppb: Figure<u32>,
    /// The least assurance of a capture that may lead to an automatic approval.
    pub least_assurance: Figure<Assurance>,
    /// What a suspected presentation attack does.
    pub presentation_attack: Figure<AttackPolicy>,
    /// Sets of evidence classes, each sufficient to call the fields genuine.
    pub genuine: Figure<Vec<Vec<EvidenceClass>>>,
    /// Sets of evidence classes, each sufficient to call the document valid.
    pub valid: Figure<Vec<Vec<EvidenceClass>>>,
    /// Sets of evidence classes, each sufficient to prove the portrait.
    pub portrait: Figure<Vec<Vec<EvidenceClass>>>,
    /// Whether a document number that a person typed may be relied on.
    pub keyed_numbers: Figure<bool>,
    /// What is kept of portrait and capture while a person decides.
    pub keep_images: Figure<KeepImages>,
    /// How long images of a referred case are kept at most, in hours; there exactly when images are kept.
    pub keep_images_hours: Option<Figure<u32>>,
    /// How long a check that could not run is tried again before the case goes to a person, in minutes.
    pub service_retry_minutes: Figure<u32>,
    /// How long an unfinished application stays open, in hours.
    pub application_hours: Figure<u32>,
    /// After how many days the authority is asked again about the document behind a line; 0 is never.
    pub reask_authority_days: Figure<u32>,
    /// How many days before a document's last day its holder is told; 0 is never, and no contact is kept for it.
    pub expiry_notice_days: Figure<u32>,
    hash: [u8; 32],
    text: String,
}

/// A value of the rules with its origin.
#[derive(Debug, Clone)]
pub struct Figure<T> {
    /// The value that is enforced.
    pub value: T,
    /// Law, order, article or report that the value was taken from.
    pub source: String,
    /// How good that source is.
    pub status: Status,
    /// Who at the carrier confirmed the value, and when.
    pub review: Option<Review>,
}

/// A carrier's confirmation of one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Name or role of who confirmed it.
    pub by: String,
    /// The day of the confirmation.
    pub on: Date,
}

codes! {
    /// Where rules may be used.
    pub enum Scope {
        /// A country's rules.
        Country = "country",
        /// The demo's rules: they accept the stand-in authority. Refused in production.
        Demo = "demo",
    }
}

codes! {
    /// How good the source of a figure is.
    pub enum Status {
        /// The text of the law or order itself.
        Statute = "statute",
        /// Press, law firm or aggregator.
        SecondHand = "second_hand",
        /// Ours, for want of a source.
        Assumed = "assumed",
    }
}

codes! {
    /// What a suspected presentation attack does; its error rates are not measured, so it never decides.
    pub enum AttackPolicy {
        /// Shown at the desk.
        Evidence = "evidence",
        /// Sends the case to a person.
        Refer = "refer",
    }
}

codes! {
    /// What is kept of portrait and capture.
    pub enum KeepImages {
        /// Nothing outlives the request.
        None = "none",
        /// Sealed under the case's own key until a person has decided, with the applicant's consent.
        UntilDecided = "until_decided",
    }
}

/// What is wrong with a rules text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {field}: {problem}")]
pub struct RulesError {
    /// Line of the text, from 1.
    pub line: usize,
    /// The field, dotted.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl Rules {
    /// Reads rules from their TOML text.
    ///
    /// # Errors
    /// Every problem found, each with its line and field.
    pub fn parse(text: &str) -> Result<Rules, Vec<RulesError>> {
        let raw: Raw = toml::from_str(text).map_err(|e| vec![from_toml(text, &e)])?;
        let mut r = Reader { text, errors: Vec::new() };

        let scope = r.word("scope", &raw.scope, Scope::parse);
        let zone = r.word("zone", &raw.zone, jiff::tz::TimeZone::get);
        let mut lines_per_person = Vec::new();
        let l = &raw.lines_per_person;
        for (group, figure) in
            [(KindGroup::Mobile, &l.mobile), (KindGroup::Fixed, &l.fixed), (KindGroup::Machine, &l.machine)]
        {
            let Some(raw) = figure else { continue };
            if let Some(f) = r.figure(&format!("lines_per_person.{group}"), raw, |n| at_least_one(*n)) {
                lines_per_person.push((group, f));
            }
        }
        let face_attempts = r.figure("face_attempts", &raw.face_attempts, |n| at_least_one(*n));
        let face_fmr_ppb = r.figure("face_fmr", &raw.face_fmr, |f| fmr_ppb(*f));
        let least_assurance = r.coded("least_assurance", &raw.least_assurance, Assurance::parse);
        let presentation_attack =
            r.coded("presentation_attack", &raw.presentation_attack, AttackPolicy::parse);
        let genuine = r.figure("genuine", &raw.genuine, |s| class_sets(s));
        let valid = r.figure("valid", &raw.valid, |s| class_sets(s));
        let portrait = r.figure("portrait", &raw.portrait, |s| class_sets(s).and_then(proves_a_portrait));
        let keyed_numbers = r.figure("keyed_numbers", &raw.keyed_numbers, |b| Ok(*b));
        let keep_images = r.coded("keep_images", &raw.keep_images, KeepImages::parse);
        let keep_images_hours = raw
            .keep_images_hours
            .as_ref()
            .and_then(|raw| r.figure("keep_images_hours", raw, |n| within(*n, 1, 24 * 30)));
        let keeps = keep_images.as_ref().is_some_and(|k| k.value == KeepImages::UntilDecided);
        if keeps != raw.keep_images_hours.is_some() {
            let at = raw.keep_images.value.span().start;
            r.fail(at, "keep_images_hours", "stands exactly where keep_images is \"until_decided\"");
        }
        let service_retry_minutes =
            r.figure("service_retry_minutes", &raw.service_retry_minutes, |n| within(*n, 1, 60 * 24 * 14));
        let application_hours =
            r.figure("application_hours", &raw.application_hours, |n| within(*n, 1, 24 * 90));
        let reask_authority_days =
            r.figure("reask_authority_days", &raw.reask_authority_days, |n| within(*n, 0, 3_660));
        let expiry_notice_days =
            r.figure("expiry_notice_days", &raw.expiry_notice_days, |n| within(*n, 0, 366));

        let errors = r.errors;
        let rules = (|| {
            Some(Rules {
                id: raw.id,
                version: raw.version,
                title: raw.title,
                scope: scope?,
                zone: zone?,
                lines_per_person,
                face_attempts: face_attempts?,
                face_fmr_ppb: face_fmr_ppb?,
                least_assurance: least_assurance?,
                presentation_attack: presentation_attack?,
                genuine: genuine?,
                valid: valid?,
                portrait: portrait?,
                keyed_numbers: keyed_numbers?,
                keep_images: keep_images?,
                keep_images_hours,
                service_retry_minutes: service_retry_minutes?,
                application_hours: application_hours?,
                reask_authority_days: reask_authority_days?,
                expiry_notice_days: expiry_notice_days?,
                hash: Sha256::digest(text.as_bytes()).into(),
                text: text.to_owned(),
            })
        })();
        match rules {
            Some(rules) if errors.is_empty() => Ok(rules),
            _ => Err(errors),
        }
    }

    /// SHA-256 of the exact text: the identity of these rules in every record.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The text these rules were read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cap of a kind group, if the rules name one.
    pub fn cap(&self, group: KindGroup) -> Option<u32> {
        self.lines_per_person.iter().find(|(g, _)| *g == group).map(|(_, f)| f.value)
    }

    /// Whether the authority is to be asked at all: whether its answer can count for anything.
    pub fn wants_authority(&self) -> bool {
        [&self.genuine, &self.valid, &self.portrait].iter().any(|figure| names_authority(&figure.value))
    }

    /// Whether the authority is to be shown the portrait: whether its own 1:1 answer can prove it.
    pub fn wants_authority_portrait(&self) -> bool {
        names_authority(&self.portrait.value)
    }

    /// The figures that the carrier has not confirmed. Production enforces only rules where this is empty.
    pub fn unconfirmed(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut look = |name: String, review: &Option<Review>| {
            if review.is_none() {
                names.push(name);
            }
        };
        for (group, f) in &self.lines_per_person {
            look(format!("lines_per_person.{group}"), &f.review);
        }
        look("face_attempts".into(), &self.face_attempts.review);
        look("face_fmr".into(), &self.face_fmr_ppb.review);
        look("least_assurance".into(), &self.least_assurance.review);
        look("presentation_attack".into(), &self.presentation_attack.review);
        look("genuine".into(), &self.genuine.review);
        look("valid".into(), &self.valid.review);
        look("portrait".into(), &self.portrait.review);
        look("keyed_numbers".into(), &self.keyed_numbers.review);
        look("keep_images".into(), &self.keep_images.review);
        if let Some(f) = &self.keep_images_hours {
            look("keep_images_hours".into(), &f.review);
        }
        look("service_retry_minutes".into(), &self.service_retry_minutes.review);
        look("application_hours".into(), &self.application_hours.review);
        look("reask_authority_days".into(), &self.reask_authority_days.review);
        look("expiry_notice_days".into(), &self.expiry_notice_days.review);
        names
    }

    /// Why production must not enforce these rules; empty when it may.
    pub fn refused_in_production(&self) -> Vec<String> {
        let mut why = Vec::new();
        if self.scope == Scope::Demo {
            why.push(format!("rules {:?} are for the demo", self.id));
        }
        why.extend(self.unconfirmed().into_iter().map(|f| format!("{f} has no reviewed_by and reviewed_on")));
        why
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    version: String,
    title: String,
    scope: Spanned<String>,
    zone: Spanned<String>,
    lines_per_person: RawCaps,
    face_attempts: RawFigure<u32>,
    face_fmr: RawFigure<f64>,
    least_assurance: RawFigure<String>,
    presentation_attack: RawFigure<String>,
    genuine: RawFigure<Vec<Vec<String>>>,
    valid: RawFigure<Vec<Vec<String>>>,
    portrait: RawFigure<Vec<Vec<String>>>,
    keyed_numbers: RawFigure<bool>,
    keep_images: RawFigure<String>,
    keep_images_hours: Option<RawFigure<u32>>,
    service_retry_minutes: RawFigure<u32>,
    application_hours: RawFigure<u32>,
    reask_authority_days: RawFigure<u32>,
    expiry_notice_days: RawFigure<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCaps {
    mobile: Option<RawFigure<u32>>,
    fixed: Option<RawFigure<u32>>,
    machine: Option<RawFigure<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
struct RawFigure<T> {
    value: Spanned<T>,
    source: Spanned<String>,
    status: Spanned<String>,
    reviewed_by: Option<Spanned<String>>,
    reviewed_on: Option<Spanned<String>>,
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<RulesError>,
}

impl Reader<'_> {
    fn fail(&mut self, at: usize, field: &str, problem: impl ToString) {
        self.errors.push(RulesError {
            line: line_of(self.text, at),
            field: field.to_owned(),
            problem: problem.to_string(),
        });
    }

    fn word<T, E: ToString>(
        &mut self,
        field: &str,
        raw: &Spanned<String>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(raw.get_ref()).map_err(|e| self.fail(raw.span().start, field, e)).ok()
    }

    fn coded<T, E: ToString>(
        &mut self,
        field: &str,
        raw: &RawFigure<String>,
        parse: fn(&str) -> Result<T, E>,
    ) -> Option<Figure<T>> {
        self.figure(field, raw, |word| parse(word).map_err(|e| e.to_string()))
    }

    fn figure<R, T>(
        &mut self,
        field: &str,
        raw: &RawFigure<R>,
        parse: impl FnOnce(&R) -> Result<T, String>,
    ) -> Option<Figure<T>> {
        let value = parse(raw.value.get_ref())
            .map_err(|e| self.fail(raw.value.span().start, &format!("{field}.value"), e))
            .ok();
        let status = self.word(&format!("{field}.status"), &raw.status, Status::parse);
        if raw.source.get_ref().trim().is_empty() {
            self.fail(raw.source.span().start, &format!("{field}.source"), "say where the figure comes from");
        }
        let review = match (&raw.reviewed_by, &raw.reviewed_on) {
            (Some(by), Some(on)) => {
                let on_day = self.word(&format!("{field}.reviewed_on"), on, |d| d.parse::<Date>());
                if by.get_ref().trim().is_empty() {
                    self.fail(
                        by.span().start,
                        &format!("{field}.reviewed_by"),
                        "name who confirmed the figure",
                    );
                }
                on_day.map(|on| Review { by: by.get_ref().clone(), on })
            }
            (None, None) => None,
            (Some(half), None) | (None, Some(half)) => {
                self.fail(half.span().start, field, "reviewed_by and reviewed_on go together");
                None
            }
        };
        Some(Figure { value: value?, source: raw.source.get_ref().clone(), status: status?, review })
    }
}

fn at_least_one(n: u32) -> Result<u32, String> {
    if n == 0 { Err("must be at least 1".into()) } else { Ok(n) }
}

fn within(n: u32, least: u32, most: u32) -> Result<u32, String> {
    if (least..=most).contains(&n) { Ok(n) } else { Err(format!("must be from {least} to {most}")) }
}

/// A false match rate between 1e-9 and 1e-2; anything looser would not be a check.
fn fmr_ppb(fmr: f64) -> Result<u32, String> {
    let ppb = (fmr * 1e9).round();
    if (1.0..=1e7).contains(&ppb) { Ok(ppb as u32) } else { Err("must be from 1e-9 to 1e-2".into()) }
}

fn class_sets(sets: &[Vec<String>]) -> Result<Vec<Vec<EvidenceClass>>, String> {
    if sets.is_empty() || sets.iter().any(Vec::is_empty) {
        return Err("name at least one set, and at least one class in each".into());
    }
    let sets: Vec<Vec<EvidenceClass>> = sets
        .iter()
        .map(|set| set.iter().map(|w| EvidenceClass::parse(w).map_err(|e| e.to_string())).collect())
        .collect::<Result<_, _>>()?;
    // DESIGN section 4: check digits and looks are never genuineness, so no set may consist of them alone.
    match sets.iter().find(|set| set.iter().all(|c| *c <= EvidenceClass::Optical)) {
        Some(weak) => Err(format!(
            "{} alone proves nothing",
            weak.iter().map(|c| c.code()).collect::<Vec<_>>().join(" and ")
        )),
        None => Ok(sets),
    }
}

fn names_authority(sets: &[Vec<EvidenceClass>]) -> bool {
    sets.iter().flatten().any(|class| *class == EvidenceClass::Authority)
}

/// `PortraitProven` is an issuer's signature over it, the issuer's own answer or a person who saw the original.
fn proves_a_portrait(sets: Vec<Vec<EvidenceClass>>) -> Result<Vec<Vec<EvidenceClass>>, String> {
    use EvidenceClass::{Authority, Sighted, Signed};
    if sets.iter().all(|set| set.iter().any(|c| matches!(c, Signed | Authority | Sighted))) {
        Ok(sets)
    } else {
        Err("each set needs signed, authority or sighted".into())
    }
}

fn from_toml(text: &str, e: &toml::de::Error) -> RulesError {
    let at = e.span().map_or(0, |s| s.start);
    let line = line_of(text, at);
    let here = text.lines().nth(line - 1).unwrap_or("").trim();
    let field = here.split('=').next().unwrap_or("").trim().trim_matches(['[', ']']);
    RulesError {
        line,
        field: if field.is_empty() { "(file)".into() } else { field.into() },
        problem: e.message().to_owned(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../../rules/demo.toml");

    #[test]
    fn shipped_rules_are_read_and_production_refuses_them_unconfirmed() {
        for text in [DEMO, include_str!("../../../rules/cn.toml"), include_str!("../../../rules/mx.toml")] {
            let rules = Rules::parse(text).unwrap();
            assert!(!rules.unconfirmed().is_empty(), "{}", rules.id);
            assert!(!rules.refused_in_production().is_empty(), "{}", rules.id);
        }
    }

    #[test]
    fn confirmed_country_rules_are_enforced_and_confirmed_demo_rules_are_not() {
        let confirm = |t: &str| {
            t.replace("status = ", "reviewed_by = \"legal\"\nreviewed_on = \"2026-01-02\"\nstatus = ")
        };
        let cn = Rules::parse(&confirm(include_str!("../../../rules/cn.toml"))).unwrap();
        assert_eq!(cn.refused_in_production(), Vec::<String>::new());
        assert_eq!(Rules::parse(&confirm(DEMO)).unwrap().refused_in_production().len(), 1);
    }

    #[track_caller]
    fn check_error(from: &str, to: &str, field: &str) {
        let text = DEMO.replacen(from, to, 1);
        assert_ne!(text, DEMO, "{from:?} is not in demo.toml");
        let line = text.lines().position(|l| l.contains(to.lines().last().unwrap())).unwrap() + 1;
        let errors = Rules::parse(&text).unwrap_err();
        assert!(
            errors.iter().any(|e| e.field.contains(field) && e.line == line),
            "{line} {field}: {errors:?}"
        );
    }

    #[test]
    fn errors_name_line_and_field() {
        check_error("scope = \"demo\"", "scope = \"test\"", "scope");
        check_error("status = \"assumed\"", "status = \"guessed\"", "status");
        check_error("value = \"file\"", "value = \"none at all\"", "least_assurance.value");
        check_error("value = 1e-4", "value = 0.5", "face_fmr.value");
        check_error("id = \"demo\"", "id = \"demo\"\nmystery = 1", "mystery");
        check_error(
            "[expiry_notice_days]\nvalue = 30",
            "[expiry_notice_days]\nvalue = 367",
            "expiry_notice_days",
        );
        check_error("[[\"signed\"], [\"authority\"], [\"sighted\"]]", "[[\"consistent\"]]", "genuine.value");
    }

    #[test]
    fn the_authority_is_wanted_where_a_set_names_it() {
        let check = |text: &str, asked, portrait| {
            let rules = Rules::parse(text).unwrap();
            assert_eq!((rules.wants_authority(), rules.wants_authority_portrait()), (asked, portrait));
        };
        check(DEMO, true, true);
        check(include_str!("../../../rules/cn.toml"), true, false);
        check(&DEMO.replace("\"authority\"", "\"signed\""), false, false);
    }

    #[test]
    fn a_portrait_is_never_proved_by_chip_presence_alone() {
        assert!(proves_a_portrait(vec![vec![EvidenceClass::ChipPresent]]).is_err());
    }
}
