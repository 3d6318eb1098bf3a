//! What waits for staff.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{
    AppError,
    review::{Provisional, Referral},
};
use lineward_core::id::JobId;
use serde::Deserialize;

use super::{
    super::{
        Lang,
        frame::{Frame, at, page},
    },
    Me,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let me = Me::of(&web, &ctx).await?;
    let referrals = if me.reviewer { Some(web.app.referrals(&ctx).await?) } else { None };
    let documents = if me.reviewer { web.app.document_cases(&ctx).await?.len() } else { 0 };
    let provisional = if me.reviewer || me.agent { web.app.provisional(&ctx).await? } else { Vec::new() };
    let waiting = if me.agent { Some(web.app.waiting_for_sighting(&ctx).await?) } else { None };
    let waiting = waiting.map(|list| list.into_iter().map(|(_, reference)| reference).collect());
    let given_up = if me.admin { Some(web.app.given_up_jobs(&ctx).await?) } else { None };
    let given_up = given_up.map(|list| {
        let rows = list.into_iter().map(|j| GivenUp {
            id: j.id.to_string(),
            kind: j.kind,
            subject: j.subject,
            problem: j.problem.unwrap_or_default(),
        });
        rows.collect()
    });
    let p = Frame::new(&web, &ctx, lang);
    page(&QueuePage::new(p, me, referrals.as_deref(), documents, &provisional, waiting, given_up))
}

/// Puts work that was given up back among what waits.
pub(in super::super) async fn try_again(
    State(web): State<Web>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Again>,
) -> Result<Response, PageError> {
    let job = form.job.parse::<JobId>().map_err(|_| AppError::NotFound)?;
    web.app.retry_given_up(&ctx, job).await?;
    Ok(Redirect::to("/desk").into_response())
}

#[derive(Deserialize)]
pub(in super::super) struct Again {
    #[serde(default)]
    job: String,
}

#[derive(Template)]
#[template(path = "desk/queue.html")]
pub(in super::super) struct QueuePage {
    p: Frame,
    me: Me,
    referrals: Option<Vec<Row>>,
    /// How many documents behind lines wait for a person.
    documents: usize,
    provisional: Vec<(String, String)>,
    waiting: Option<Vec<String>>,
    given_up: Option<Vec<GivenUp>>,
}

/// Work that a person must look after. Nothing personal: subjects are ids, problems name nobody.
pub(in super::super) struct GivenUp {
    pub(in super::super) id: String,
    pub(in super::super) kind: String,
    pub(in super::super) subject: String,
    pub(in super::super) problem: String,
}

struct Row {
    id: String,
    reference: String,
    reasons: Vec<&'static str>,
    since: String,
    claimed_by: String,
    proposed: bool,
}

impl QueuePage {
    pub(in super::super) fn new(
        p: Frame,
        me: Me,
        referrals: Option<&[Referral]>,
        documents: usize,
        provisional: &[Provisional],
        waiting: Option<Vec<String>>,
        given_up: Option<Vec<GivenUp>>,
    ) -> QueuePage {
        let d = &p.t.desk;
        let row = |r: &Referral| Row {
            id: r.id.to_string(),
            reference: r.reference.clone(),
            reasons: r.reasons.iter().map(|why| (p.t.words.reason)(*why).title).collect(),
            since: at(r.since),
            claimed_by: match r.claimed_by {
                None => d.nobody.to_owned(),
                Some(id) if id == me.id => d.you.to_owned(),
                Some(id) => me.name_of(id),
            },
            proposed: r.proposed,
        };
        let referrals = referrals.map(|list| list.iter().map(row).collect());
        let provisional = provisional.iter().map(|w| (w.reference.clone(), at(w.until))).collect();
        QueuePage { referrals, documents, provisional, waiting, given_up, me, p }
    }
}
