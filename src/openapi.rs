//! `GET /openapi`: the description of the API, `assets/openapi.yaml` and the JSON that the build makes of it.

use worker::Env;

use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::negotiation::quality;
use crate::http::reply::{JSON, Reply};

/// YAML, or JSON on request, by `?format=` or Accept.
pub async fn document(context: &RequestContext, env: &Env) -> Result<Reply> {
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
    let mut response = env.assets("ASSETS")?.fetch(format!("https://assets/{file}"), None).await?;
    match response.status_code() {
        // A page shows the text; all others get it as it comes.
        200 if context.html => Ok(Reply::json(200, response.text().await?).media(media)),
        200 => Ok(Reply::platform(response, media)),
        status => Err(Error::Internal(format!("assets: {status}"))),
    }
}
