//! `GET /openapi`: the description of the API, `assets/openapi.yaml` and the JSON that the build makes of it.

use worker::Env;

use crate::error::{Error, Result};
use crate::reply::{JSON, Reply};
use crate::serve::{Asked, quality};

/// YAML, or JSON on request, by `?format=` or Accept.
pub async fn document(asked: &Asked, env: &Env) -> Result<Reply> {
    let wants = |media: &str| quality(&asked.accept, media);
    let described = wants("application/vnd.oai.openapi+json");
    let json = match asked.query("format") {
        Some("json" | "openapi-json") => true,
        Some(_) => false,
        None => {
            let yaml = wants("application/vnd.oai.openapi").max(wants("application/yaml"));
            wants(JSON).max(described) > yaml
        }
    };
    let (file, media) = match json {
        true if asked.query("format") == Some("json") || wants(JSON) > described => ("openapi.json", JSON),
        true => ("openapi.json", "application/vnd.oai.openapi+json"),
        false if wants("application/yaml") > wants("application/vnd.oai.openapi") => {
            ("openapi.yaml", "application/yaml")
        }
        false => ("openapi.yaml", "application/vnd.oai.openapi"),
    };
    let mut response = env.assets("ASSETS")?.fetch(format!("https://assets/{file}"), None).await?;
    match response.status_code() {
        200 => Ok(Reply::json(200, response.text().await?).media(media)),
        status => Err(Error::Internal(format!("assets: {status}"))),
    }
}
