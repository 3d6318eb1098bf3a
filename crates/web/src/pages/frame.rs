//! What every page has: its language, the carrier, and fresh keys for its forms.

use std::{cmp::Ordering, convert::Infallible};

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use jiff::Timestamp;
use lineward_app::{AppError, Ctx};

use super::texts::{Language, Texts, fill};
use crate::{Web, error::PageError, form::form_key};

/// The language of a request: asked for by `?lang`, or accepted by the browser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lang {
    asked: Option<Language>,
    accepted: Language,
}

impl Lang {
    /// What a request says about its reader's language.
    pub(crate) fn of(query: Option<&str>, accept_language: Option<&str>) -> Lang {
        let asked = query.into_iter().flat_map(|q| q.split('&')).find_map(|pair| pair.strip_prefix("lang="));
        Lang {
            asked: asked.and_then(Language::of_tag),
            accepted: Language::accepted(accept_language.unwrap_or_default()),
        }
    }

    fn language(self) -> Language {
        self.asked.unwrap_or(self.accepted)
    }
}

impl FromRequestParts<Web> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let accept = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
        Ok(Lang::of(parts.uri.query(), accept))
    }
}

/// What every page is given.
pub(super) struct Frame {
    pub(super) t: &'static Texts,
    pub(super) carrier: String,
    pub(super) demo: bool,
    /// Goes behind our own links and form addresses, so that a language once asked for stays.
    pub(super) q: &'static str,
    language: Language,
    ctx: Ctx,
}

impl Frame {
    pub(super) fn new(web: &Web, ctx: &Ctx, lang: Lang) -> Frame {
        Frame::named(&web.app.settings().carrier_name, web.settings.demo, ctx, lang)
    }

    pub(super) fn named(carrier: &str, demo: bool, ctx: &Ctx, lang: Lang) -> Frame {
        Frame {
            t: lang.language().texts(),
            carrier: carrier.to_owned(),
            demo,
            q: match lang.asked {
                Some(Language::En) => "?lang=en",
                Some(Language::Zh) => "?lang=zh-Hans",
                None => "",
            },
            language: lang.language(),
            ctx: ctx.clone(),
        }
    }

    /// A page of an application, in its language unless another was asked for.
    pub(super) fn of_application(web: &Web, ctx: &Ctx, lang: Lang, language: &str) -> Frame {
        let accepted = Language::of_tag(language).unwrap_or(lang.accepted);
        Frame::new(web, ctx, Lang { accepted, ..lang })
    }

    pub(super) fn lang(&self) -> &'static str {
        self.language.tag()
    }

    /// The languages this page is not in, each named in itself.
    pub(super) fn other_languages(&self) -> Vec<(&'static str, &'static str)> {
        let others = Language::ALL.into_iter().filter(|l| *l != self.language);
        others.map(|l| (l.tag(), l.texts().language_name)).collect()
    }

    /// A fresh idempotency key; every form of a page has its own.
    pub(super) fn key(&self) -> String {
        form_key(&self.ctx)
    }

    /// A text with the carrier's name in it.
    pub(super) fn said(&self, text: impl AsRef<str>) -> String {
        fill(text.as_ref(), "carrier", &self.carrier)
    }

    /// The steps of an application, before, at and after `step`.
    pub(super) fn steps(&self, step: &usize) -> Vec<(&'static str, Ordering)> {
        let c = &self.t.common;
        let names = [c.step_start, c.step_consent, c.step_document, c.step_capture, c.step_result];
        names.into_iter().enumerate().map(|(i, name)| (name, i.cmp(step))).collect()
    }
}

/// A page as an answer.
pub(super) fn page(page: &impl Template) -> Result<Response, PageError> {
    page_with(StatusCode::OK, page)
}

/// A page that says that something in a form is wrong.
pub(super) fn page_with(status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
    let html = page.render().map_err(|_| AppError::Broken("a page cannot be written"))?;
    Ok((status, Html(html)).into_response())
}

/// A time as people read it.
pub(super) fn at(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage<'a> {
    pub(super) p: Frame,
    pub(super) code: &'a str,
    pub(super) text: &'static str,
    pub(super) back: &'static str,
    pub(super) request_id: &'a str,
}

/// The page of an error, in the reader's language; `None` when it cannot be written.
pub(crate) fn problem_page(
    web: &Web,
    lang: Lang,
    path: &str,
    code: &str,
    request_id: &str,
) -> Option<String> {
    let p = Frame::new(web, &web.ctx(lineward_app::Actor::Nobody, request_id.to_owned()), lang);
    let t = &p.t.problem;
    let text = match code {
        "sign_in_needed" if path.starts_with("/apply/link/") => t.link_used,
        "sign_in_needed" => t.sign_in_needed,
        "not_allowed" | "foreign_origin" => t.not_allowed,
        "not_found" | "method_not_allowed" => t.not_found,
        "wrong_state" => t.wrong_state,
        "signature_refused" => t.signature_refused,
        "idempotency_key_reused" => t.sent_before,
        "no_rules" => t.no_rules,
        "erased" => t.erased,
        "too_large" => p.t.capture.too_large,
        "store_unavailable" | "busy" | "timed_out" | "too_slow" | "too_many_requests" => t.busy,
        "broken" => t.broken,
        _ => t.invalid,
    };
    let back = match path {
        _ if path.starts_with("/desk") => "/desk",
        "/" | "/apply" => "/",
        _ if path.starts_with("/apply/link/") => "/",
        _ => "/apply/status",
    };
    ProblemPage { text, back, code, request_id, p }.render().ok()
}
