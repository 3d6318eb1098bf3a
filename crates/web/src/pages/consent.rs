//! Agreeing to the checks: one box for each thing, and the choice of the way.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use lineward_app::{application::ApplicationView, verification::GiveConsent};
use lineward_core::verification::{ConsentKind, Way};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Lang,
    frame::{Frame, page, page_with},
    start::{Choice, ways},
    status::{go_on, is_open},
    texts::{Texts, fill},
};
use crate::{Web, error::PageError, form::PageForm, visitor::ApplyVisitor};

pub(super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    visitor: ApplyVisitor,
) -> Result<Response, PageError> {
    let view = web.app.application(&visitor.ctx, visitor.application).await?;
    let p = Frame::of_application(&web, &visitor.ctx, lang, &view.language);
    if !is_open(&view) {
        return Ok(go_on(&p, &view).into_response());
    }
    let hours = kept_hours(&web, &visitor.ctx).await?;
    let form = ConsentForm { way: view.way.code().to_owned(), ..ConsentForm::default() };
    page(&ConsentPage::new(p, &view, &form, hours, false))
}

pub(super) async fn give(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: ApplyVisitor { ctx, application }, form }: PageForm<ApplyVisitor, ConsentForm>,
) -> Result<Response, PageError> {
    let view = web.app.application(&ctx, application).await?;
    let p = Frame::of_application(&web, &ctx, lang, &view.language);
    let hours = kept_hours(&web, &ctx).await?;
    let consent = ConsentPage::new(p, &view, &form, hours, true);
    let Some(way) = consent.complete(&form) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &consent);
    };
    let give = GiveConsent {
        kinds: consent.kinds(way),
        text_version: text_version(consent.p.t),
        language: consent.p.lang().to_owned(),
        way,
    };
    web.app.record_consent(&ctx, view.verification, &give).await?;
    let view = web.app.application(&ctx, application).await?;
    Ok(go_on(&consent.p, &view).into_response())
}

/// For how long the rules let images be kept; nothing where they let none.
async fn kept_hours(web: &Web, ctx: &lineward_app::Ctx) -> Result<Option<u32>, PageError> {
    Ok(web.app.active_rules(ctx).await?.keep_images_hours.map(|hours| hours.value))
}

/// Names the exact text that was agreed to: a changed text has another version without anybody thinking of it.
pub(super) fn text_version(t: &Texts) -> String {
    let c = &t.consent;
    let all = [c.lead, c.identity, c.identity_text, c.face, c.face_text, c.keep, c.keep_text].join("\n");
    let hash = hex::encode(Sha256::digest(all.as_bytes()));
    format!("consent-{}", hash.get(..16).unwrap_or_default())
}

#[derive(Deserialize, Default)]
pub(super) struct ConsentForm {
    #[serde(default)]
    way: String,
    identity: Option<String>,
    face: Option<String>,
    keep_images: Option<String>,
}

impl ConsentForm {
    fn ticked(&self, kind: ConsentKind) -> bool {
        match kind {
            ConsentKind::Identity => self.identity.is_some(),
            ConsentKind::Face => self.face.is_some(),
            ConsentKind::KeepImages => self.keep_images.is_some(),
        }
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage {
    p: Frame,
    step: usize,
    ways: Vec<Choice>,
    items: Vec<Item>,
    any_given: bool,
}

/// One thing to agree to.
struct Item {
    kind: ConsentKind,
    name: &'static str,
    label: &'static str,
    more: String,
    ticked: bool,
    given: bool,
    optional: bool,
    only_face: bool,
    error: Option<&'static str>,
}

impl ConsentPage {
    pub(super) fn new(
        p: Frame,
        view: &ApplicationView,
        form: &ConsentForm,
        hours: Option<u32>,
        checked: bool,
    ) -> ConsentPage {
        let c = &p.t.consent;
        let way = Way::parse(&form.way).ok();
        let hours_text = hours.unwrap_or_default().to_string();
        let item = |kind: ConsentKind, label, more: String, error: Option<&'static str>| {
            let given = view.consents.contains(&kind);
            let needed =
                kind == ConsentKind::Identity || (kind == ConsentKind::Face && way == Some(Way::Face));
            let missing = checked && needed && !given && !form.ticked(kind);
            Item {
                kind,
                name: kind.code(),
                label,
                more,
                ticked: form.ticked(kind),
                given,
                optional: kind == ConsentKind::KeepImages,
                only_face: kind != ConsentKind::Identity,
                error: error.filter(|_| missing),
            }
        };
        let mut items = vec![
            item(ConsentKind::Identity, c.identity, p.said(c.identity_text), Some(c.identity_needed)),
            item(ConsentKind::Face, c.face, c.face_text.to_owned(), Some(c.face_needed)),
        ];
        if hours.is_some() {
            items.push(item(ConsentKind::KeepImages, c.keep, fill(c.keep_text, "hours", &hours_text), None));
        }
        let any_given = items.iter().any(|i| i.given);
        ConsentPage { ways: ways(&p, way), items, any_given, step: 1, p }
    }

    /// The chosen way, when all that it needs is agreed to.
    fn complete(&self, form: &ConsentForm) -> Option<Way> {
        let way = Way::parse(&form.way).ok()?;
        self.items.iter().all(|i| i.error.is_none()).then_some(way)
    }

    /// What is newly agreed to. Where no face is compared, nothing about a face is recorded.
    fn kinds(&self, way: Way) -> Vec<ConsentKind> {
        let counts = |i: &&Item| i.ticked && (way == Way::Face || !i.only_face);
        self.items.iter().filter(counts).map(|i| i.kind).collect()
    }
}
