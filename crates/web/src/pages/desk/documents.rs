//! Documents behind lines that a person must look at: what the authority said, and what a reviewer found.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use lineward_app::{
    AppError, Ctx,
    watch::{DocumentCase, DocumentCaseView},
};
use lineward_core::{id::RowId, watch::CloseReason};
use serde::Deserialize;

use super::{
    super::{
        Lang,
        frame::{Frame, at, page, page_with},
        texts::fill,
    },
    Me,
};
use crate::{Web, error::PageError, form::PageForm, visitor::DeskVisitor};

pub(in super::super) async fn list(
    State(web): State<Web>,
    lang: Lang,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    let cases = web.app.document_cases(&ctx).await?;
    let me = Me::of(&web, &ctx).await?;
    page(&DocumentsPage::new(Frame::new(&web, &ctx, lang), me, &cases))
}

pub(in super::super) async fn show(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    DeskVisitor(ctx): DeskVisitor,
) -> Result<Response, PageError> {
    page(&case_page(&web, &ctx, lang, parse(&id)?, None).await?)
}

pub(in super::super) async fn close(
    State(web): State<Web>,
    lang: Lang,
    Path(id): Path<String>,
    PageForm { visitor: DeskVisitor(ctx), form }: PageForm<DeskVisitor, Close>,
) -> Result<Response, PageError> {
    let id = parse(&id)?;
    let t = Frame::new(&web, &ctx, lang).t;
    let (status, problem) = match CloseReason::parse(&form.found) {
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, t.documents.found_wrong),
        Ok(found) => match web.app.close_document_case(&ctx, id, found).await {
            Ok(()) => return Ok(Redirect::to("/desk/documents").into_response()),
            Err(AppError::WrongState(_)) => (StatusCode::CONFLICT, t.problem.wrong_state),
            Err(e) => return Err(e.into()),
        },
    };
    page_with(status, &case_page(&web, &ctx, lang, id, Some(problem)).await?)
}

#[derive(Deserialize)]
pub(in super::super) struct Close {
    #[serde(default)]
    found: String,
}

async fn case_page(
    web: &Web,
    ctx: &Ctx,
    lang: Lang,
    id: RowId,
    problem: Option<&'static str>,
) -> Result<DocumentCasePage, AppError> {
    let view = web.app.document_case(ctx, id).await?;
    let me = Me::of(web, ctx).await?;
    Ok(DocumentCasePage::new(Frame::new(web, ctx, lang), me, &view, problem))
}

fn parse(id: &str) -> Result<RowId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

#[derive(Template)]
#[template(path = "desk/documents.html")]
pub(in super::super) struct DocumentsPage {
    p: Frame,
    me: Me,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    reference: String,
    why: &'static str,
    since: String,
    source: String,
}

impl DocumentsPage {
    pub(in super::super) fn new(p: Frame, me: Me, cases: &[DocumentCase]) -> DocumentsPage {
        let rows = cases.iter().map(|case| Row {
            id: case.id.to_string(),
            reference: case.reference.clone(),
            why: (p.t.words.document_reason)(case.reason),
            since: at(case.since),
            source: case.source.clone(),
        });
        DocumentsPage { rows: rows.collect(), me, p }
    }
}

#[derive(Template)]
#[template(path = "desk/document_case.html")]
pub(in super::super) struct DocumentCasePage {
    p: Frame,
    me: Me,
    problem: Option<&'static str>,
    id: String,
    application: String,
    reference: String,
    rests_on: Vec<(&'static str, String)>,
    hash: String,
    lines: Vec<(String, &'static str)>,
    closed: Option<String>,
    findings: Vec<(&'static str, &'static str)>,
}

impl DocumentCasePage {
    pub(in super::super) fn new(
        p: Frame,
        me: Me,
        view: &DocumentCaseView,
        problem: Option<&'static str>,
    ) -> DocumentCasePage {
        let (d, w) = (&p.t.documents, &p.t.words);
        let rests_on = vec![
            (d.why, (w.document_reason)(view.case.reason).to_owned()),
            (d.source, view.case.source.clone()),
            (d.since, at(view.case.since)),
            (d.asked, at(view.answer.asked_at)),
            (d.answered, at(view.answer.answered_at)),
        ];
        let closed = view.closed.map(|(time, by, found)| {
            let said = fill(d.closed, "found", (w.close_reason)(found));
            fill(&fill(&said, "by", &me.name_of(by)), "at", &at(time))
        });
        DocumentCasePage {
            id: view.case.id.to_string(),
            application: view.application.to_string(),
            reference: view.case.reference.clone(),
            rests_on,
            hash: hex::encode(view.answer.evidence_hash),
            lines: view.lines.iter().map(|(id, state)| (id.to_string(), (w.line_state)(*state))).collect(),
            closed,
            findings: CloseReason::ALL.iter().map(|r| (r.code(), (w.close_reason)(*r))).collect(),
            problem,
            me,
            p,
        }
    }
}
