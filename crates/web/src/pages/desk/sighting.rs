//! The other way, at the desk: a member of staff has the original in hand and the applicant before them.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use lineward_app::{
    AppError, Ctx,
    application::{ApplicationView, Decided, Step},
    verification::RecordSighting,
};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    id::ApplicationId,
    verification::Way,
};
use serde::Deserialize;
use zeroize::Zeroize;

use super::{
    super::{
        Lang,
        fields::DocumentForm,
        frame::{Frame, page, page_with},
    },
    Me,
    case::tone_of,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    asked: Result<Query<Asked>, QueryRejection>,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let (p, me) = (Frame::new(&web, &ctx, lang), Me::of(&web, &ctx).await?);
    let Query(asked) = asked.unwrap_or_default();
    let found = match asked.reference.trim() {
        "" => None,
        reference => Some(find(&web, &ctx, reference).await?),
    };
    page(&SightingPage::new(p, me, asked.reference, found.as_ref(), SightingForm::default()))
}

pub(in super::super) async fn record(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: DeskVisitor(ctx), form: mut typed }: PageForm<DeskVisitor, SightingForm>,
) -> Result<Response, PageError> {
    let (p, me) = (Frame::new(&web, &ctx, lang), Me::of(&web, &ctx).await?);
    let id = typed.application.parse::<ApplicationId>().map_err(|_| AppError::NotFound)?;
    let reference = typed.reference.clone();
    let recorded = match typed.sighting() {
        Some(sighting) => web.app.record_sighting(&ctx, id, &sighting).await,
        None => Err(AppError::invalid("answers", "both questions")),
    };
    match recorded {
        Ok(decided) => {
            web.metrics.answered("sighting", &decided.state);
            page(&SightedPage::new(p, me, reference, &decided))
        }
        Err(AppError::Invalid { field, .. }) => {
            typed.document.wrong = field.to_owned();
            let again = SightingPage::new(p, me, reference, Some(&Found::Ready(id)), typed);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(e) => Err(e.into()),
    }
}

/// What a reference led to.
pub(in super::super) enum Found {
    /// No undecided application.
    Nothing,
    /// One whose applicant has a step to take first.
    NotYet(Step),
    /// One to be sighted.
    Ready(ApplicationId),
}

async fn find(web: &Web, ctx: &Ctx, reference: &str) -> Result<Found, AppError> {
    let id = match web.app.application_by_reference(ctx, reference).await {
        Ok(id) => id,
        Err(AppError::NotFound) => return Ok(Found::Nothing),
        Err(e) => return Err(e),
    };
    let view = web.app.application(ctx, id).await?;
    Ok(ready(&view))
}

fn ready(view: &ApplicationView) -> Found {
    match view.next {
        Some(Step::Consent) => Found::NotYet(Step::Consent),
        Some(step) if view.way == Way::Face => Found::NotYet(step),
        _ => Found::Ready(view.id),
    }
}

#[derive(Deserialize, Default)]
pub(in super::super) struct Asked {
    #[serde(default)]
    reference: String,
}

/// What the member of staff saw. Wiped when dropped, the document with it.
#[derive(Deserialize, Default, Zeroize)]
#[serde(default)]
pub(in super::super) struct SightingForm {
    application: String,
    reference: String,
    original_genuine: String,
    person_matches: String,
    #[serde(flatten)]
    document: DocumentForm,
}

impl SightingForm {
    fn sighting(&self) -> Option<RecordSighting> {
        Some(RecordSighting {
            shown: self.document.shown(),
            original_genuine: yes_or_no(&self.original_genuine)?,
            person_matches: yes_or_no(&self.person_matches)?,
        })
    }
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "desk/sighting.html")]
pub(in super::super) struct SightingPage {
    p: Frame,
    me: Me,
    reference: String,
    unknown: bool,
    not_yet: Option<&'static str>,
    application: Option<String>,
    mrz: String,
    mrz_wrong: bool,
    typed: DocumentForm,
    questions: [Question; 2],
}

struct Question {
    name: &'static str,
    legend: &'static str,
    hint: &'static str,
    answer: Option<bool>,
    wrong: bool,
}

impl SightingPage {
    pub(in super::super) fn new(
        p: Frame,
        me: Me,
        reference: String,
        found: Option<&Found>,
        form: SightingForm,
    ) -> SightingPage {
        let d = &p.t.desk;
        let question = |name, legend, hint, answer: &str| Question {
            name,
            legend,
            hint,
            answer: yes_or_no(answer),
            wrong: form.document.wrong == "answers" && yes_or_no(answer).is_none(),
        };
        let questions = [
            question("original_genuine", d.original_genuine, d.original_genuine_hint, &form.original_genuine),
            question("person_matches", d.person_matches, d.person_matches_hint, &form.person_matches),
        ];
        SightingPage {
            unknown: matches!(found, Some(Found::Nothing)),
            not_yet: match found {
                Some(Found::NotYet(Step::Consent)) => Some(d.not_agreed),
                Some(Found::NotYet(_)) => Some(d.face_chosen),
                _ => None,
            },
            application: match found {
                Some(Found::Ready(id)) => Some(id.to_string()),
                _ => None,
            },
            mrz: form.document.mrz.clone(),
            mrz_wrong: form.document.wrong == "mrz",
            typed: form.document,
            questions,
            reference,
            me,
            p,
        }
    }
}

#[derive(Template)]
#[template(path = "desk/sighted.html")]
pub(in super::super) struct SightedPage {
    p: Frame,
    me: Me,
    reference: String,
    state: String,
    state_word: &'static str,
    tone: &'static str,
    reasons: Vec<&'static str>,
}

impl SightedPage {
    pub(in super::super) fn new(p: Frame, me: Me, reference: String, decided: &Decided) -> SightedPage {
        let state = ApplicationState::parse(&decided.state).unwrap_or(ApplicationState::Referred);
        let reasons = decided.reasons.iter().filter_map(|r| ReferralReason::parse(r).ok());
        SightedPage {
            reasons: reasons.map(|r| (p.t.words.reason)(r).title).collect(),
            state_word: (p.t.words.state)(state),
            tone: tone_of(state),
            state: decided.state.clone(),
            reference,
            me,
            p,
        }
    }
}
