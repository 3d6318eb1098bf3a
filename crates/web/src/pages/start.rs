//! The first page, the start of an application, and the exchange of an applicant's link.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{Actor, AppError, application::OpenApplication};
use lineward_core::{
    line::{LineKind, Payment},
    verification::{ApplicantKind, Channel, Way},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Lang,
    frame::{Frame, page, page_with},
};
use crate::{
    Web,
    error::PageError,
    form::PageForm,
    visitor::{Visitor, start_apply},
};

pub(super) async fn home(
    State(web): State<Web>,
    lang: Lang,
    Visitor(ctx): Visitor,
) -> Result<Response, PageError> {
    page(&HomePage { under_way: is_applicant(&ctx.actor), p: Frame::new(&web, &ctx, lang) })
}

pub(super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    Visitor(ctx): Visitor,
) -> Result<Response, PageError> {
    let p = Frame::new(&web, &ctx, lang);
    page(&StartPage::new(p, &StartForm::default(), is_applicant(&ctx.actor), false, false))
}

pub(super) async fn open(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: Visitor(mut ctx), form }: PageForm<Visitor, StartForm>,
) -> Result<Response, PageError> {
    let p = Frame::new(&web, &ctx, lang);
    let was = is_applicant(&ctx.actor);
    // Whoever applies anew does so as nobody, whatever they applied for before.
    ctx.actor = Actor::Nobody;
    let Some(open) = form.parse(p.lang()) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &StartPage::new(p, &form, was, true, false));
    };
    let opened = match web.app.open_application(&ctx, &open).await {
        Err(AppError::Invalid { field: "contact", .. }) => {
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &StartPage::new(p, &form, was, false, true));
        }
        opened => opened?,
    };
    let application = lineward_core::id::Id::from_uuid(opened.application);
    let session = web.app.first_session(&ctx, application).await?;
    let next = Redirect::to(&format!("/apply/consent{}", p.q));
    Ok(([start_apply(&web.settings, &session)], next).into_response())
}

/// Only shows a button: whatever looks into mails before their reader does must not use the link up.
pub(super) async fn link(
    State(web): State<Web>,
    lang: Lang,
    Visitor(ctx): Visitor,
) -> Result<Response, PageError> {
    page(&LinkPage { p: Frame::new(&web, &ctx, lang) })
}

pub(super) async fn exchange(
    State(web): State<Web>,
    Path(secret): Path<String>,
    PageForm { visitor: Visitor(mut ctx), form: Nothing {} }: PageForm<Visitor, Nothing>,
) -> Result<Response, PageError> {
    let secret = Zeroizing::new(secret);
    ctx.actor = Actor::Nobody;
    let (_, session) = web.app.exchange_link(&ctx, &secret).await?;
    Ok(([start_apply(&web.settings, &session)], Redirect::to("/apply/status")).into_response())
}

fn is_applicant(actor: &Actor) -> bool {
    matches!(actor, Actor::Applicant(_))
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize, Default)]
pub(super) struct StartForm {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    payment: String,
    #[serde(default)]
    applicant: String,
    #[serde(default)]
    way: String,
    #[serde(default)]
    contact: String,
}

impl StartForm {
    fn parse(&self, language: &str) -> Option<OpenApplication> {
        let contact = self.contact.trim();
        Some(OpenApplication {
            kind: LineKind::parse(&self.kind).ok().filter(|k| KINDS.contains(k))?,
            payment: Payment::parse(&self.payment).ok().filter(|p| PAYMENTS.contains(p))?,
            applicant: ApplicantKind::parse(&self.applicant).ok()?,
            way: Way::parse(&self.way).ok()?,
            channel: Channel::Web,
            language: language.to_owned(),
            contact: (!contact.is_empty()).then(|| contact.to_owned()),
        })
    }
}

/// What people apply for on the page; machines' lines come through the API.
const KINDS: [LineKind; 3] = [LineKind::Mobile, LineKind::FixedVoice, LineKind::Broadband];
const PAYMENTS: [Payment; 2] = [Payment::Prepaid, Payment::Postpaid];

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    pub(super) p: Frame,
    pub(super) under_way: bool,
}

#[derive(Template)]
#[template(path = "link.html")]
pub(super) struct LinkPage {
    pub(super) p: Frame,
}

#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct StartPage {
    p: Frame,
    step: usize,
    under_way: bool,
    groups: Vec<Group>,
    contact: String,
    contact_wrong: bool,
}

/// One question with its choices.
struct Group {
    name: &'static str,
    legend: &'static str,
    hint: Option<&'static str>,
    columns: &'static str,
    wrong: bool,
    choices: Vec<Choice>,
}

/// One choice.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) more: Option<&'static str>,
    pub(super) chosen: bool,
}

impl StartPage {
    pub(super) fn new(
        p: Frame,
        form: &StartForm,
        under_way: bool,
        checked: bool,
        contact_wrong: bool,
    ) -> StartPage {
        let t = &p.t.start;
        let choice =
            |of: &str, value: &'static str, label| Choice { value, label, more: None, chosen: of == value };
        let kinds = KINDS.map(|k| choice(&form.kind, k.code(), (p.t.words.kind)(k)));
        let payments = PAYMENTS.map(|k| choice(&form.payment, k.code(), (p.t.words.payment)(k)));
        // Most people apply for themselves; the other questions have no answer that we would choose for anyone.
        let applicant =
            if form.applicant.is_empty() { ApplicantKind::Person.code() } else { &form.applicant };
        let applicants = ApplicantKind::ALL.iter().map(|k| {
            let label = match k {
                ApplicantKind::Person => t.for_myself,
                ApplicantKind::Organisation => t.for_organisation,
                ApplicantKind::ForAnother => t.for_another,
            };
            choice(applicant, k.code(), label)
        });
        let group = |name, legend, hint, columns, choices: Vec<Choice>| Group {
            name,
            legend,
            hint,
            columns,
            wrong: checked && !choices.iter().any(|c| c.chosen),
            choices,
        };
        let groups = vec![
            group("kind", t.which_line, None, "three", kinds.into()),
            group("payment", t.how_paid, None, "two", payments.into()),
            group("applicant", t.for_whom, Some(t.for_hint), "three", applicants.collect()),
            group("way", t.which_way, Some(t.which_way_hint), "two", ways(&p, Way::parse(&form.way).ok())),
        ];
        StartPage { groups, contact: form.contact.clone(), contact_wrong, under_way, step: 0, p }
    }
}

/// The two ways, with equal weight.
pub(super) fn ways(p: &Frame, chosen: Option<Way>) -> Vec<Choice> {
    let t = &p.t.start;
    let choices = [(Way::Face, t.way_face, t.way_face_text), (Way::OtherWay, t.way_other, t.way_other_text)];
    let choice = |(way, label, more): (Way, _, _)| Choice {
        value: way.code(),
        label,
        more: Some(more),
        chosen: chosen == Some(way),
    };
    choices.map(choice).into()
}
