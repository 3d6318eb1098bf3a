//! Signing in with a one-time code, and out.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{Actor, AppError};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::super::{
    Lang,
    frame::{Frame, page, page_with},
    start::Nothing,
};
use crate::{
    Web,
    error::PageError,
    form::PageForm,
    visitor::{Cookie, Visitor, end_desk, secret_of, start_desk},
};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    Visitor(ctx): Visitor,
) -> Result<Response, PageError> {
    if matches!(ctx.actor, Actor::Staff { .. }) {
        return Ok(Redirect::to("/desk").into_response());
    }
    page(&SignInPage { p: Frame::new(&web, &ctx, lang), wrong: false })
}

pub(in super::super) async fn sign_in(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: Visitor(mut ctx), form }: PageForm<Visitor, Code>,
) -> Result<Response, PageError> {
    let code = Zeroizing::new(form.code);
    ctx.actor = Actor::Nobody;
    match web.app.sign_in(&ctx, &code).await {
        Ok((_, session)) => {
            Ok(([start_desk(&web.settings, &session)], Redirect::to("/desk")).into_response())
        }
        Err(AppError::SignInNeeded) => {
            let again = SignInPage { p: Frame::new(&web, &ctx, lang), wrong: true };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(e) => Err(e.into()),
    }
}

pub(in super::super) async fn sign_out(
    State(web): State<Web>,
    headers: HeaderMap,
    PageForm { visitor: Visitor(ctx), form: Nothing {} }: PageForm<Visitor, Nothing>,
) -> Result<Response, PageError> {
    if let Some(session) = secret_of(&headers, &web.settings, Cookie::Desk) {
        web.app.sign_out(&ctx, session).await?;
    }
    Ok(([end_desk(&web.settings)], Redirect::to("/desk/sign-in")).into_response())
}

#[derive(Deserialize)]
pub(in super::super) struct Code {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "desk/sign_in.html")]
pub(in super::super) struct SignInPage {
    pub(in super::super) p: Frame,
    pub(in super::super) wrong: bool,
}
