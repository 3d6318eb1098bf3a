//! Rules in force, and those that wait for signatures.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{AppError, Ctx};
use lineward_core::{rules::Rules, staff::Role};
use serde::Deserialize;

use super::{
    super::{
        Lang,
        frame::{Frame, page_with},
        texts::fill,
    },
    Me, parse_hash,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let rules = RulesPage::of(&web, &ctx, lang, None).await?;
    page_with(StatusCode::OK, &rules)
}

pub(in super::super) async fn sign(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Sign>,
) -> Result<Response, PageError> {
    match web.app.sign_rules(&ctx, parse_hash(&form.hash)?).await {
        Ok(_) => Ok(Redirect::to("/desk/rules").into_response()),
        Err(AppError::Sign(why)) => {
            let rules = RulesPage::of(&web, &ctx, lang, Some(why)).await?;
            page_with(StatusCode::CONFLICT, &rules)
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Deserialize)]
pub(in super::super) struct Sign {
    #[serde(default)]
    pub(super) hash: String,
}

#[derive(Template)]
#[template(path = "desk/rules.html")]
pub(in super::super) struct RulesPage {
    pub(in super::super) p: Frame,
    pub(in super::super) me: Me,
    pub(in super::super) problem: Option<&'static str>,
    pub(in super::super) active: Option<Text>,
    pub(in super::super) proposed: Vec<Text>,
}

/// One rules text.
pub(in super::super) struct Text {
    pub(in super::super) title: String,
    pub(in super::super) hash: String,
    pub(in super::super) text: String,
    pub(in super::super) signatures: String,
    pub(in super::super) signed_by_me: bool,
}

impl RulesPage {
    async fn of(
        web: &Web,
        ctx: &Ctx,
        lang: Lang,
        problem: Option<lineward_core::review::SignRefused>,
    ) -> Result<RulesPage, AppError> {
        ctx.staff(&[Role::Admin])?;
        let (p, me) = (Frame::new(web, ctx, lang), Me::of(web, ctx).await?);
        let active = match web.app.active_rules(ctx).await {
            Ok(rules) => Some(Text::new(&p, rules.text(), rules.hash(), None)),
            Err(AppError::NoRules) => None,
            Err(e) => return Err(e),
        };
        let proposed = web.app.proposed_rules(ctx).await?;
        let proposed = proposed
            .iter()
            .map(|r| Text::new(&p, &r.text, &r.hash, Some((r.signed_by.len(), r.signed_by.contains(&me.id)))))
            .collect();
        Ok(RulesPage { problem: problem.map(p.t.words.sign_refused), active, proposed, me, p })
    }
}

impl Text {
    fn new(p: &Frame, text: &str, hash: &[u8; 32], signed: Option<(usize, bool)>) -> Text {
        let (count, signed_by_me) = signed.unwrap_or_default();
        let title =
            Rules::parse(text).map(|r| format!("{} ({} {})", r.title, r.id, r.version)).unwrap_or_default();
        Text {
            title,
            hash: hex::encode(hash),
            text: text.to_owned(),
            signatures: fill(p.t.desk.rules_signatures, "n", &count.to_string()),
            signed_by_me,
        }
    }
}
