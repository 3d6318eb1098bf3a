//! Showing the document: its machine-readable lines, or its details typed.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use lineward_app::{
    AppError,
    application::{ApplicationView, Step},
    verification::{Advice, DocumentAnswer},
};

use super::{
    Lang,
    fields::DocumentForm,
    frame::{Frame, page, page_with},
    status::go_on,
};
use crate::{Web, error::PageError, form::PageForm, visitor::ApplyVisitor};

pub(super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    visitor: ApplyVisitor,
) -> Result<Response, PageError> {
    let view = web.app.application(&visitor.ctx, visitor.application).await?;
    let p = Frame::of_application(&web, &visitor.ctx, lang, &view.language);
    if !may_show(&view) {
        return Ok(go_on(&p, &view).into_response());
    }
    let not_enough = typed_not_enough(&web, &visitor.ctx).await?;
    page(&DocumentPage::new(p, DocumentForm::default(), None, not_enough))
}

pub(super) async fn submit(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: ApplyVisitor { ctx, application }, form: mut typed }: PageForm<
        ApplyVisitor,
        DocumentForm,
    >,
) -> Result<Response, PageError> {
    let view = web.app.application(&ctx, application).await?;
    let p = Frame::of_application(&web, &ctx, lang, &view.language);
    let not_enough = typed_not_enough(&web, &ctx).await?;
    let answer = match web.app.submit_document(&ctx, view.verification, &typed.shown()).await {
        Err(AppError::Invalid { field, .. }) => {
            typed.wrong = field.to_owned();
            return page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &DocumentPage::new(p, typed, None, not_enough),
            );
        }
        answer => answer?,
    };
    if answer.taken && answer.advice.is_empty() {
        let view = web.app.application(&ctx, application).await?;
        return Ok(go_on(&p, &view).into_response());
    }
    let status = if answer.taken { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &DocumentPage::new(p, typed, Some(&answer), not_enough))
}

fn may_show(view: &ApplicationView) -> bool {
    matches!(view.next, Some(Step::Document | Step::Capture))
}

async fn typed_not_enough(web: &Web, ctx: &lineward_app::Ctx) -> Result<bool, PageError> {
    Ok(!web.app.active_rules(ctx).await?.keyed_numbers.value)
}

#[derive(Template)]
#[template(path = "document.html")]
pub(super) struct DocumentPage {
    p: Frame,
    step: usize,
    mrz: String,
    advice: Vec<&'static str>,
    /// Whether the document was taken in spite of the advice.
    taken: bool,
    typed: DocumentForm,
    typed_not_enough: bool,
}

impl DocumentPage {
    pub(super) fn new(
        p: Frame,
        typed: DocumentForm,
        answer: Option<&DocumentAnswer>,
        typed_not_enough: bool,
    ) -> DocumentPage {
        let codes = answer.map(|a| a.advice.as_slice()).unwrap_or_default();
        let advice = codes.iter().filter_map(|code| Advice::parse(code).ok()).map(p.t.words.advice).collect();
        let taken = answer.is_some_and(|a| a.taken);
        DocumentPage { mrz: typed.mrz.clone(), advice, taken, typed, typed_not_enough, step: 2, p }
    }
}
