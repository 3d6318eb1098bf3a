//! Where an application stands, in plain words, and what its applicant can do about it.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::application::{ApplicationView, Step};
use lineward_core::{application::ApplicationState, verification::Way};

use super::{
    Lang,
    frame::{Frame, at, page},
    start::Nothing,
    texts::{Said, fill},
};
use crate::{Web, error::PageError, form::PageForm, visitor::ApplyVisitor};

pub(super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    visitor: ApplyVisitor,
) -> Result<Response, PageError> {
    let view = web.app.application(&visitor.ctx, visitor.application).await?;
    let p = Frame::of_application(&web, &visitor.ctx, lang, &view.language);
    page(&StatusPage::new(p, &view))
}

pub(super) async fn decide(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: ApplyVisitor { ctx, application }, form: Nothing {} }: PageForm<
        ApplyVisitor,
        Nothing,
    >,
) -> Result<Response, PageError> {
    let decided = web.app.decide(&ctx, application).await?;
    web.metrics.answered("decide", &decided.state);
    Ok(to_status(&Frame::new(&web, &ctx, lang)))
}

pub(super) async fn withdraw(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: ApplyVisitor { ctx, application }, form: Nothing {} }: PageForm<
        ApplyVisitor,
        Nothing,
    >,
) -> Result<Response, PageError> {
    let decided = web.app.withdraw(&ctx, application).await?;
    web.metrics.answered("withdraw", &decided.state);
    Ok(to_status(&Frame::new(&web, &ctx, lang)))
}

pub(super) async fn receipt(State(web): State<Web>, visitor: ApplyVisitor) -> Result<Response, PageError> {
    let ApplyVisitor { ctx, application } = visitor;
    let receipt = web.app.receipt(&ctx, application).await?;
    let view = web.app.application(&ctx, application).await?;
    let name = format!("attachment; filename=\"receipt-{}.txt\"", view.reference);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, receipt.to_string()).into_response())
}

/// On to the next step of an application.
pub(super) fn go_on(p: &Frame, view: &ApplicationView) -> Redirect {
    Redirect::to(&format!("{}{}", address_of(view.next), p.q))
}

/// Whether its steps can still be entered.
pub(super) fn is_open(view: &ApplicationView) -> bool {
    view.state == ApplicationState::Open
}

fn to_status(p: &Frame) -> Response {
    Redirect::to(&format!("/apply/status{}", p.q)).into_response()
}

/// Where a step is entered. A sighting takes place elsewhere; the status page says where and how.
const fn address_of(step: Option<Step>) -> &'static str {
    match step {
        Some(Step::Consent) => "/apply/consent",
        Some(Step::Document) => "/apply/document",
        Some(Step::Capture) => "/apply/capture",
        Some(Step::Sighting) | None => "/apply/status",
    }
}

#[derive(Template)]
#[template(path = "status.html")]
pub(super) struct StatusPage {
    p: Frame,
    step: usize,
    state: &'static str,
    provisional: bool,
    line_state: &'static str,
    state_word: &'static str,
    state_text: String,
    tone: &'static str,
    next: Option<(&'static str, &'static str)>,
    visit: bool,
    reasons: Vec<(&'static str, Said)>,
    receipt: bool,
    reference: String,
    facts: Vec<(&'static str, String)>,
    undecided: bool,
    may_decide: bool,
    other_way: Option<((&'static str, &'static str), &'static str)>,
}

impl StatusPage {
    pub(super) fn new(p: Frame, view: &ApplicationView) -> StatusPage {
        let (t, w) = (&p.t.status, &p.t.words);
        let open = is_open(view);
        let undecided = !view.state.is_final();
        let (state_text, tone) = match view.state {
            ApplicationState::Open => match view.provisional_until {
                Some(until) => (fill(t.provisional_text, "until", &at(until)), "wait"),
                None => (t.open_text.to_owned(), ""),
            },
            ApplicationState::Referred => (format!("{} {}", t.referred_text, t.referred_visit), "wait"),
            ApplicationState::Approved => (t.approved_text.to_owned(), "good"),
            ApplicationState::Refused => (t.refused_text.to_owned(), "bad"),
            ApplicationState::Withdrawn => (t.withdrawn_text.to_owned(), ""),
            ApplicationState::Lapsed => (t.lapsed_text.to_owned(), ""),
        };
        let step = view.next.filter(|step| *step != Step::Sighting);
        let switch = match view.way {
            Way::Face => ((t.other_way, "/apply/consent"), t.other_way_text),
            Way::OtherWay => ((t.face_way, "/apply/consent"), t.face_way_text),
        };
        let shown = if view.state == ApplicationState::Referred { view.reasons.as_slice() } else { &[] };
        StatusPage {
            step: if open { step_number(view.next) } else { 4 },
            state: view.state.code(),
            provisional: view.provisional_until.is_some(),
            line_state: view.line_state.code(),
            state_word: (w.state)(view.state),
            state_text,
            tone,
            next: step.map(|s| ((w.step)(s), address_of(Some(s)))),
            visit: view.next == Some(Step::Sighting),
            reasons: shown.iter().map(|r| (r.code(), (w.reason)(*r))).collect(),
            receipt: !open,
            reference: view.reference.clone(),
            facts: facts(&p, view),
            undecided,
            may_decide: view.next == Some(Step::Capture),
            other_way: open.then_some(switch),
            p,
        }
    }
}

const fn step_number(step: Option<Step>) -> usize {
    match step {
        Some(Step::Consent) => 1,
        Some(Step::Document) => 2,
        Some(Step::Capture) => 3,
        Some(Step::Sighting) | None => 4,
    }
}

fn facts(p: &Frame, view: &ApplicationView) -> Vec<(&'static str, String)> {
    let (t, w) = (&p.t.status, &p.t.words);
    let mut facts = vec![
        (t.line, format!("{}, {}", (w.kind)(view.kind), (w.payment)(view.payment))),
        (t.line_state, (w.line_state)(view.line_state).to_owned()),
        (t.way, (w.way)(view.way).to_owned()),
        (t.opened, at(view.opened_at)),
    ];
    match view.decided_at {
        Some(decided) => facts.push((t.decided, at(decided))),
        None if is_open(view) => facts.push((t.lapses, at(view.lapses_at))),
        None => {}
    }
    facts
}
