//! `GET /healthz`: whether the service works: D1, an object, the secrets, the origin, the mail
//! configuration.

use askama::Template;
use serde_json::{Map, json};
use worker::{Env, console_error};

use crate::config;
use crate::d1::{Directory, Statement};
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::mail;
use crate::object::rpc;
use crate::proposal::wire::Ping;
use crate::texts::{Said, say};

/// What is checked, and what came of it.
pub async fn judge(env: &Env) -> [(&'static str, Result<()>); 5] {
    let database = async {
        let directory = Directory::of(env);
        directory.execute(Statement::new("select '' as json from accounts where id = 0")).await
    };
    [
        ("database", database.await),
        ("object", rpc::call(env, "healthz", Ping {}, &Dev::default()).await),
        ("secrets", config::keys(env).map(|_| ())),
        ("origin", config::origin(env).map(|_| ())),
        (
            "mail",
            mail::transport(env)
                .and_then(|t| t.map(|_| ()).ok_or_else(|| Error::Unavailable("no transport".into()))),
        ),
    ]
}

/// 200 with `{"status": "ok", "checks": {...}}`, or 503 with what fails; why is in our log and on the page of staff. A
/// deployment that is read-only says so, and is well.
pub async fn check(context: &RequestContext, env: &Env) -> Result<Reply> {
    let checks = judge(env).await;
    let mut words = Map::new();
    let mut good = true;
    let mut shown = Vec::new();
    for (name, result) in checks {
        if let Err(error) = &result {
            console_error!("{}", json!({ "health": name, "fault": error.fault() }));
        }
        good &= result.is_ok();
        shown.push((called(name).to_string(), result.is_ok()));
        words.insert(name.to_owned(), word(result.is_ok()).into());
    }
    let mut body = json!({ "status": word(good), "checks": words });
    let read_only = config::read_only(env).is_some();
    if let (true, Some(members)) = (read_only, body.as_object_mut()) {
        members.insert("read_only".to_owned(), true.into());
    }
    let status = if good { 200 } else { 503 };
    let reply = match context.html {
        true => {
            let title = if good { say("health-title") } else { say("health-title-failing") };
            let page = Layout::new(&context.page, title);
            Reply::html(status, &HealthPage { page, good, read_only, checks: shown })?
        }
        false => Reply::json(status, body.to_string()),
    };
    Ok(if good { reply } else { reply.with("Retry-After", "30") })
}

/// What a check is called on the page.
pub fn called<'a>(name: &str) -> Said<'a> {
    match name {
        "database" => say("health-database"),
        "object" => say("health-object"),
        "secrets" => say("health-secrets"),
        "origin" => say("health-origin"),
        _ => say("health-mail"),
    }
}

#[derive(Template)]
#[template(path = "page/health.html")]
struct HealthPage {
    page: Layout,
    good: bool,
    read_only: bool,
    checks: Vec<(String, bool)>,
}

const fn word(good: bool) -> &'static str {
    if good { "ok" } else { "failing" }
}
