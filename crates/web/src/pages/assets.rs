//! The style sheet, the one script and the icon, part of the binary.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

pub(super) const STYLE: &str = include_str!("../../assets/style.css");
pub(super) const CAMERA: &str = include_str!("../../assets/camera.js");
pub(super) const ICON: &str = include_str!("../../assets/icon.svg");

pub(super) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

pub(super) async fn camera() -> Response {
    asset("text/javascript; charset=utf-8", CAMERA)
}

pub(super) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

/// Kept by browsers for ten minutes: an update shows soon, and a walk through the pages loads each once.
fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=600")], text).into_response()
}
