//! The two pictures: document and face, sent and compared together.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{
    application::{ApplicationView, Step},
    verification::Advice,
};
use lineward_core::application::ApplicationState;
use serde::Deserialize;

use super::{
    Lang,
    frame::{Frame, page},
    status::go_on,
    texts::fill,
};
use crate::{Web, error::PageError, form::PageUpload, visitor::ApplyVisitor};

pub(super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    again: Result<Query<Again>, QueryRejection>,
    visitor: ApplyVisitor,
) -> Result<Response, PageError> {
    let view = web.app.application(&visitor.ctx, visitor.application).await?;
    let p = Frame::of_application(&web, &visitor.ctx, lang, &view.language);
    if view.next != Some(Step::Capture) {
        return Ok(go_on(&p, &view).into_response());
    }
    page(&CapturePage::new(p, &view, &again.map(|Query(again)| again.advice()).unwrap_or_default()))
}

pub(super) async fn submit(
    State(web): State<Web>,
    lang: Lang,
    PageUpload { visitor: ApplyVisitor { ctx, application }, capture, _room }: PageUpload<ApplyVisitor>,
) -> Result<Response, PageError> {
    let view = web.app.application(&ctx, application).await?;
    let answer = web.submit_capture(&ctx, view.verification, capture).await?;
    let p = Frame::of_application(&web, &ctx, lang, &view.language);
    if answer.decided.state != ApplicationState::Open.code() {
        return Ok(Redirect::to(&format!("/apply/status{}", p.q)).into_response());
    }
    // The advice travels as coded words that name nobody, so that loading the page again sends no picture again.
    let and = if p.q.is_empty() { "?" } else { "&" };
    Ok(Redirect::to(&format!("/apply/capture{}{and}again={}", p.q, answer.advice.join("."))).into_response())
}

/// What to do differently this time.
#[derive(Deserialize)]
pub(super) struct Again {
    #[serde(default)]
    again: String,
}

impl Again {
    fn advice(&self) -> Vec<Advice> {
        self.again.split('.').filter_map(|code| Advice::parse(code).ok()).collect()
    }
}

#[derive(Template)]
#[template(path = "capture.html")]
pub(super) struct CapturePage {
    p: Frame,
    step: usize,
    advice: Vec<(&'static str, &'static str)>,
    /// Whether a comparison was completed and counts.
    counted: bool,
    attempts_left: String,
    shots: [Shot; 2],
}

/// One picture to take.
struct Shot {
    name: &'static str,
    title: &'static str,
    tip: &'static str,
    open: &'static str,
    take: &'static str,
}

impl CapturePage {
    pub(super) fn new(p: Frame, view: &ApplicationView, advice: &[Advice]) -> CapturePage {
        let c = &p.t.capture;
        // The browser cannot read a chip: who began with one goes on where it was read.
        let mut advice = advice.to_vec();
        if view.chip_portrait && !advice.contains(&Advice::UseChip) {
            advice.insert(0, Advice::UseChip);
        }
        let shots = [
            Shot {
                name: "document",
                title: c.document,
                tip: c.tips_document,
                open: c.document_open,
                take: c.document_take,
            },
            Shot { name: "face", title: c.face, tip: c.tips_face, open: c.face_open, take: c.face_take },
        ];
        CapturePage {
            advice: advice.iter().map(|a| (a.code(), (p.t.words.advice)(*a))).collect(),
            counted: advice.contains(&Advice::TryAgainOrPerson),
            attempts_left: fill(c.attempts_left, "n", &view.attempts_left.to_string()),
            shots,
            step: 3,
            p,
        }
    }
}
