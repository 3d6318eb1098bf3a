//! Routes, wire types and pages.
//!
//! Lives here: HTTP, cookies, the JSON and form shapes of the outside, HTML, limits on what strangers may send.
//! May not live here: decisions, SQL, clocks, randomness; a handler parses, calls one verb of `app` and presents its
//! answer.

mod api;
mod error;
mod form;
mod health;
mod limits;
mod metrics;
mod openapi;
mod pages;
mod state;
mod visitor;

use axum::{Router, middleware};

pub use crate::{
    openapi::document as openapi,
    pages::page_paths,
    state::{Clock, Web, WebSettings},
};

/// Everything that lineward answers over HTTP. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so
/// that limits know the caller's address.
pub fn router(web: Web) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let (health, _) = health::routes().split_for_parts();
    Router::new()
        .merge(api)
        .merge(health)
        .merge(pages::routes())
        .fallback(error::no_such_page)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(middleware::from_fn_with_state(web.clone(), limits::around_every_request))
        .with_state(web)
}
