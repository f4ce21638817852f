//! `GET /openapi`: the description of the API, `assets/openapi.yaml` and the JSON that the build makes of it. `GET /docs/`: the page on which
//! Swagger UI shows it, `assets/docs.page`, which the build makes of `web/docs/`.

use askama::Template;
use worker::Env;

use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::negotiation::quality;
use crate::http::reply::{HTML, JSON, Reply};
use crate::texts::say;

#[derive(Template)]
#[template(path = "page/openapi.html")]
struct OpenApiPage {
    page: Layout,
}

/// YAML, or JSON on request, by `?format=` or Accept. A browser gets a page that leads to both.
pub async fn document(context: &RequestContext, env: &Env) -> Result<Reply> {
    if context.html {
        return Reply::html(200, &OpenApiPage { page: Layout::new(&context.page, say("openapi-title")) });
    }
    let wants = |media: &str| quality(&context.accept, media);
    let described = wants("application/vnd.oai.openapi+json");
    let json = match context.query("format") {
        Some("json" | "openapi-json") => true,
        Some(_) => false,
        None => {
            let yaml = wants("application/vnd.oai.openapi").max(wants("application/yaml"));
            wants(JSON).max(described) > yaml
        }
    };
    let (file, media) = match json {
        true if context.query("format") == Some("json") || wants(JSON) > described => ("openapi.json", JSON),
        true => ("openapi.json", "application/vnd.oai.openapi+json"),
        false if wants("application/yaml") > wants("application/vnd.oai.openapi") => {
            ("openapi.yaml", "application/yaml")
        }
        false => ("openapi.yaml", "application/vnd.oai.openapi"),
    };
    asset(file, media, env).await
}

/// What other pages may do, except for manifests; and images in the text of a style sheet, which that of Swagger UI has.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page for browsers; for all others the description itself.
pub async fn viewer(context: &RequestContext, env: &Env) -> Result<Reply> {
    if !context.html {
        return document(context, env).await;
    }
    Ok(asset("docs.page", HTML, env).await?.with("Content-Security-Policy", VIEWER_POLICY))
}

/// A static file that the Worker hands out under a path of its own.
async fn asset(file: &str, media: &str, env: &Env) -> Result<Reply> {
    let response = env.assets("ASSETS")?.fetch(format!("https://assets/{file}"), None).await?;
    match response.status_code() {
        200 => Ok(Reply::platform(response, media)),
        status => Err(Error::Internal(format!("assets: {status}"))),
    }
}
