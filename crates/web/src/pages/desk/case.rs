//! One case: looked at, claimed, decided, signed; its images opened with a reason.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{AppError, Ctx, review::Review};
use lineward_core::{
    application::ApplicationState,
    id::{ApplicationId, EvidenceId},
    review::ReviewReason,
};
use serde::Deserialize;
use zeroize::Zeroize;

use super::{
    super::{
        Lang,
        case_view::{CasePage, Draft},
        frame::{Frame, page_with},
        start::Nothing,
    },
    Me, parse_hash,
    rules::Sign,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let case = case_page(&web, &ctx, lang, parse(&id)?, None, Draft::default()).await?;
    page_with(StatusCode::OK, &case)
}

pub(in super::super) async fn claim(
    State(web): State<Web>,
    Path(id): Path<String>,
    PageForm { visitor: DeskVisitor(ctx), form: Nothing {} }: PageForm<DeskVisitor, Nothing>,
) -> Result<Response, PageError> {
    let application = parse(&id)?;
    web.app.claim_case(&ctx, application).await?;
    Ok(back_to(application))
}

pub(in super::super) async fn decide(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Decision>,
) -> Result<Response, PageError> {
    let application = parse(&id)?;
    let decided = match form.review() {
        Ok(review) => web.app.review(&ctx, application, &review).await,
        Err(e) => Err(e),
    };
    let (status, why) = match decided {
        Ok(reviewed) => return Ok(answered(&web, "review", &reviewed.state, application)),
        Err(e) => refused(&Frame::new(&web, &ctx, lang), e)?,
    };
    let draft = Draft { reason: form.reason.clone(), note: form.note.clone() };
    page_with(status, &case_page(&web, &ctx, lang, application, Some(why), draft).await?)
}

pub(in super::super) async fn sign(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Sign>,
) -> Result<Response, PageError> {
    let application = parse(&id)?;
    let (status, why) = match web.app.sign(&ctx, application, &parse_hash(&form.hash)?).await {
        Ok(reviewed) => return Ok(answered(&web, "sign", &reviewed.state, application)),
        Err(e) => refused(&Frame::new(&web, &ctx, lang), e)?,
    };
    page_with(status, &case_page(&web, &ctx, lang, application, Some(why), Draft::default()).await?)
}

pub(in super::super) async fn image(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Open>,
) -> Result<Response, PageError> {
    let application = parse(&id)?;
    let evidence = form.evidence.parse::<EvidenceId>().map_err(|_| AppError::NotFound)?;
    match web.app.case_image(&ctx, application, evidence, &form.reason).await {
        Ok(bytes) => {
            let headers = [(header::CONTENT_TYPE, kind_of(&bytes)), (header::CONTENT_DISPOSITION, "inline")];
            Ok((headers, bytes.to_vec()).into_response())
        }
        Err(e) => {
            let (status, why) = refused(&Frame::new(&web, &ctx, lang), e)?;
            page_with(status, &case_page(&web, &ctx, lang, application, Some(why), Draft::default()).await?)
        }
    }
}

#[derive(Deserialize, Zeroize)]
#[zeroize(drop)]
pub(in super::super) struct Decision {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    findings_hash: String,
}

impl Decision {
    fn review(&self) -> Result<Review, AppError> {
        let reason =
            ReviewReason::parse(&self.reason).map_err(|e| AppError::invalid("decision", e.to_string()))?;
        Ok(Review { reason, note: self.note.clone(), findings_hash: parse_hash(&self.findings_hash)? })
    }
}

#[derive(Deserialize)]
pub(in super::super) struct Open {
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    reason: String,
}

/// How a state looks.
pub(in super::super) const fn tone_of(state: ApplicationState) -> &'static str {
    match state {
        ApplicationState::Approved => "good",
        ApplicationState::Referred => "wait",
        ApplicationState::Refused => "bad",
        ApplicationState::Open | ApplicationState::Withdrawn | ApplicationState::Lapsed => "",
    }
}

async fn case_page(
    web: &Web,
    ctx: &Ctx,
    lang: Lang,
    id: ApplicationId,
    problem: Option<&'static str>,
    draft: Draft,
) -> Result<CasePage, AppError> {
    let view = web.app.case(ctx, id).await?;
    let me = Me::of(web, ctx).await?;
    Ok(CasePage::new(Frame::new(web, ctx, lang), me, &view, problem, draft))
}

/// What the case's own page says about a refusal to act; anything else is a page of its own.
fn refused(p: &Frame, e: AppError) -> Result<(StatusCode, &'static str), PageError> {
    let c = &p.t.case;
    let invalid = StatusCode::UNPROCESSABLE_ENTITY;
    match e {
        AppError::Sign(why) => Ok((StatusCode::CONFLICT, (p.t.words.sign_refused)(why))),
        AppError::WrongState(_) => Ok((StatusCode::CONFLICT, p.t.problem.wrong_state)),
        AppError::Invalid { field: "note", .. } => Ok((invalid, c.note_wrong)),
        AppError::Invalid { field: "reason", .. } => Ok((invalid, c.image_reason_wrong)),
        AppError::Invalid { field: "decision", .. } => Ok((invalid, c.reason_wrong)),
        e => Err(e.into()),
    }
}

fn answered(web: &Web, verb: &'static str, state: &str, application: ApplicationId) -> Response {
    web.metrics.answered(verb, state);
    back_to(application)
}

fn back_to(application: ApplicationId) -> Response {
    Redirect::to(&format!("/desk/case/{application}")).into_response()
}

fn parse(id: &str) -> Result<ApplicationId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// By its first bytes; what is neither JPEG nor PNG is not shown as an image.
fn kind_of(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(&[0xff, 0xd8]) {
        "image/jpeg"
    } else if bytes.starts_with(b"\x89PNG") {
        "image/png"
    } else {
        "application/octet-stream"
    }
}
