//! Staff: invited and switched off. A new code for somebody known is the operator's to make, on the command line.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{
    AppError, Ctx,
    staff::{Invite, identity_of},
};
use lineward_core::{id::StaffId, staff::Role};
use serde::Deserialize;

use super::{
    super::{
        Lang,
        frame::{Frame, page_with},
        texts::fill,
    },
    Me,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let staff = StaffPage::of(&web, &ctx, lang).await?;
    page_with(StatusCode::OK, &staff)
}

pub(in super::super) async fn invite(
    State(web): State<Web>,
    lang: Lang,
    PageForm { visitor: DeskVisitor(mut ctx), form }: PageForm<DeskVisitor, InviteForm>,
) -> Result<Response, PageError> {
    // A code is shown once and stored nowhere, so a repeated form cannot be answered from memory.
    ctx.idempotency = None;
    let invited = match form.parse(&ctx) {
        Ok(invite) => web.app.invite_staff(&ctx, &invite).await,
        Err(e) => Err(e),
    };
    let shown = StaffPage::of(&web, &ctx, lang).await?;
    match invited {
        Ok((id, code)) => page_with(StatusCode::OK, &shown.with_code(id, &code)),
        Err(AppError::Invalid { .. }) => {
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &StaffPage { wrong: true, ..shown })
        }
        Err(e) => Err(e.into()),
    }
}

pub(in super::super) async fn disable(
    State(web): State<Web>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Chosen>,
) -> Result<Response, PageError> {
    let id = form.staff.parse::<StaffId>().map_err(|_| AppError::NotFound)?;
    web.app.disable_staff(&ctx, id).await?;
    Ok(Redirect::to("/desk/staff").into_response())
}

#[derive(Deserialize)]
pub(in super::super) struct Chosen {
    #[serde(default)]
    staff: String,
}

#[derive(Deserialize)]
pub(in super::super) struct InviteForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    number: String,
    role_agent: Option<String>,
    role_reviewer: Option<String>,
    role_admin: Option<String>,
}

impl InviteForm {
    fn parse(&self, ctx: &Ctx) -> Result<Invite, AppError> {
        let ticked = [
            (Role::Agent, &self.role_agent),
            (Role::Reviewer, &self.role_reviewer),
            (Role::Admin, &self.role_admin),
        ];
        let number = self.number.trim();
        let identity = match number {
            "" => None,
            number => Some(identity_of(ctx, "cn.ric", "CHN", number)?),
        };
        Ok(Invite {
            name: self.name.clone(),
            roles: ticked.into_iter().filter(|(_, tick)| tick.is_some()).map(|(role, _)| role).collect(),
            identity,
        })
    }
}

#[derive(Template)]
#[template(path = "desk/staff.html")]
pub(in super::super) struct StaffPage {
    pub(in super::super) p: Frame,
    pub(in super::super) me: Me,
    pub(in super::super) fresh: Option<(String, String)>,
    pub(in super::super) people: Vec<Person>,
    pub(in super::super) roles: Vec<(&'static str, &'static str)>,
    pub(in super::super) wrong: bool,
}

/// One member of staff.
pub(in super::super) struct Person {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) roles: Vec<&'static str>,
    pub(in super::super) off: bool,
}

impl StaffPage {
    async fn of(web: &Web, ctx: &Ctx, lang: Lang) -> Result<StaffPage, AppError> {
        ctx.staff(&[Role::Admin])?;
        let (p, me) = (Frame::new(web, ctx, lang), Me::of(web, ctx).await?);
        let people = web.app.staff_list(ctx).await?.into_iter().map(|s| Person {
            id: s.id.to_string(),
            name: s.name,
            roles: s.roles.iter().map(|r| (p.t.words.role)(*r)).collect(),
            off: s.disabled_at.is_some(),
        });
        let roles = [Role::Agent, Role::Reviewer, Role::Admin].map(|r| (r.code(), (p.t.words.role)(r)));
        Ok(StaffPage { people: people.collect(), roles: roles.into(), fresh: None, wrong: false, me, p })
    }

    fn with_code(mut self, id: StaffId, code: &str) -> StaffPage {
        let text = fill(self.p.t.desk.staff_code_text, "name", &self.me.name_of(id));
        self.fresh = Some((text, code.to_owned()));
        self
    }
}
