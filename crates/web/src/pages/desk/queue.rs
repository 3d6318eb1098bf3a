//! What waits for staff.

use askama::Template;
use axum::{extract::State, response::Response};
use lineward_app::review::Referral;

use super::{
    super::{
        Lang,
        frame::{Frame, at, page},
    },
    Me,
};
use crate::{Web, error::PageError, visitor::DeskVisitor};

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let me = Me::of(&web, &ctx).await?;
    let referrals = if me.reviewer { Some(web.app.referrals(&ctx).await?) } else { None };
    let waiting = if me.agent { Some(web.app.waiting_for_sighting(&ctx).await?) } else { None };
    let waiting = waiting.map(|list| list.into_iter().map(|(_, reference)| reference).collect());
    page(&QueuePage::new(Frame::new(&web, &ctx, lang), me, referrals.as_deref(), waiting))
}

#[derive(Template)]
#[template(path = "desk/queue.html")]
pub(in super::super) struct QueuePage {
    p: Frame,
    me: Me,
    referrals: Option<Vec<Row>>,
    waiting: Option<Vec<String>>,
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
        waiting: Option<Vec<String>>,
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
        QueuePage { referrals: referrals.map(|list| list.iter().map(row).collect()), waiting, me, p }
    }
}
