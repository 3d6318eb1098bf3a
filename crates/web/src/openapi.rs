//! The description of the API, made from the handlers and checked in as `openapi/lineward.json`.

use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        Content, HttpMethod, Ref, RefOr, Required, Response,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{api, error::Problem, health, visitor::Cookie};

/// OpenAPI 3.1.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Described::openapi();
    document.merge(api::routes().into_openapi());
    document.merge(health::routes().into_openapi());
    let components = document.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("lwt_...").build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for (name, cookie) in [("desk", Cookie::Desk), ("apply", Cookie::Apply)] {
        let without = format!("Without TLS, which a loopback address alone may be, `{}`", cookie.name(false));
        let cookie = ApiKeyValue::with_description(cookie.name(true), &without);
        components.add_security_scheme(name, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [(HttpMethod::Get, &mut item.get), (HttpMethod::Post, &mut item.post)];
        for (method, operation) in operations.into_iter().filter_map(|(m, o)| o.as_mut().map(|o| (m, o))) {
            complete(operation, &method, path.starts_with("/v1/"));
        }
    }
    document
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "lineward",
        description = "A line belongs to the person it is registered to. Errors are RFC 9457 documents with a stable \
                       `code`. Unknown fields are refused. A cookie changes something only from lineward's own origin.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")
    ),
    tags(
        (name = "applications", description = "Applying for a line, and deciding about it"),
        (name = "verifications", description = "The steps by which a person shows who they are"),
        (name = "lines", description = "Lines"),
        (name = "operation", description = "Running lineward"),
    )
)]
struct Described;

/// What all operations have in common.
fn complete(operation: &mut Operation, method: &HttpMethod, is_api: bool) {
    let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name(Problem::name()))));
    let mut refused = Response::new("What was wrong");
    refused.content.insert("application/problem+json".to_owned(), RefOr::T(problem));
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refused));
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = if status == "201" { "Made" } else { "Done" }.to_owned();
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        let nothing = Ref::from_schema_name(api::Nothing::name());
        let is_nothing =
            |c: &RefOr<Content>| matches!(c, RefOr::T(c) if c.schema == Some(RefOr::Ref(nothing.clone())));
        if body.content.values().any(is_nothing) {
            body.required = Some(Required::False);
        }
    }
    if !is_api {
        return;
    }
    operation.security = Some(
        ["token", "desk", "apply"].map(|name| SecurityRequirement::new(name, Vec::<String>::new())).into(),
    );
    if *method == HttpMethod::Post {
        let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128));
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("The same key with the same request is answered as the first time"))
            .schema(Some(key.build()));
        operation.parameters.get_or_insert_default().push(RefOr::T(header.build()));
    }
}
