//! Pages: forms in, verbs called, words out. Rendered here and working without a script, except for the camera.

mod assets;
mod capture;
mod case_view;
mod consent;
mod desk;
mod document;
mod fields;
mod frame;
mod start;
mod status;
#[cfg(test)]
mod tests;
mod texts;

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};

use crate::Web;

pub(crate) use frame::{Lang, problem_page};

/// Every route of the pages.
pub(crate) fn routes() -> Router<Web> {
    table().into_iter().fold(Router::new(), |router, (_, path, handler)| router.route(path, handler))
}

/// Method and path of every page, for the test of who may not.
pub fn page_paths() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|(method, path, _)| (method, path)).collect()
}

/// The one list that the router is built from.
fn table() -> Vec<(&'static str, &'static str, MethodRouter<Web>)> {
    vec![
        ("GET", "/", get(start::home)),
        ("GET", "/apply", get(start::show)),
        ("POST", "/apply", post(start::open)),
        ("GET", "/apply/link/{secret}", get(start::link)),
        ("POST", "/apply/link/{secret}", post(start::exchange)),
        ("GET", "/apply/consent", get(consent::show)),
        ("POST", "/apply/consent", post(consent::give)),
        ("GET", "/apply/document", get(document::show)),
        ("POST", "/apply/document", post(document::submit)),
        ("GET", "/apply/capture", get(capture::show)),
        ("POST", "/apply/capture", post(capture::submit)),
        ("GET", "/apply/status", get(status::show)),
        ("POST", "/apply/decide", post(status::decide)),
        ("POST", "/apply/withdraw", post(status::withdraw)),
        ("GET", "/apply/receipt", get(status::receipt)),
        ("GET", "/desk/sign-in", get(desk::sign_in::show)),
        ("POST", "/desk/sign-in", post(desk::sign_in::sign_in)),
        ("POST", "/desk/sign-out", post(desk::sign_in::sign_out)),
        ("GET", "/desk", get(desk::queue::show)),
        ("POST", "/desk/work/again", post(desk::queue::try_again)),
        ("GET", "/desk/case/{application}", get(desk::case::show)),
        ("POST", "/desk/case/{application}/claim", post(desk::case::claim)),
        ("POST", "/desk/case/{application}/decide", post(desk::case::decide)),
        ("POST", "/desk/case/{application}/sign", post(desk::case::sign)),
        ("POST", "/desk/case/{application}/image", post(desk::case::image)),
        ("GET", "/desk/documents", get(desk::documents::list)),
        ("GET", "/desk/documents/{case}", get(desk::documents::show)),
        ("POST", "/desk/documents/{case}/close", post(desk::documents::close)),
        ("GET", "/desk/sighting", get(desk::sighting::show)),
        ("POST", "/desk/sighting", post(desk::sighting::record)),
        ("GET", "/desk/rules", get(desk::rules::show)),
        ("POST", "/desk/rules/sign", post(desk::rules::sign)),
        ("GET", "/desk/staff", get(desk::staff::show)),
        ("POST", "/desk/staff", post(desk::staff::invite)),
        ("POST", "/desk/staff/disable", post(desk::staff::disable)),
        ("GET", "/assets/style.css", get(assets::style)),
        ("GET", "/assets/camera.js", get(assets::camera)),
        ("GET", "/assets/icon.svg", get(assets::icon)),
    ]
}
