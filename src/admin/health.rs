//! What is wrong with the deployment, why, and how to mend it; and how the mail is.

use serde_json::{Value, json};
use worker::Env;

use super::query_as_staff;
use crate::config;
use crate::d1::Statement;
use crate::error::Result;
use crate::health;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::texts::{Said, say};

/// What waits in D1, and what objects have told of theirs.
const MAIL: &str = "select json_object('due', count(*) filter (where status = 'due'),
    'held', count(*) filter (where status = 'held'),
    'dead', count(*) filter (where status = 'dead') + (select count(*) from mail_failures where status = 'dead'),
    'oldest_due_at', strftime('%Y-%m-%dT%H:%M:%SZ', min(due_at) filter (where status = 'due') / 1000, 'unixepoch')) as json
  from outbox where (select staff from me) = 1";

/// What a deployment can do without, but should not.
const SETTINGS: [(&str, &str); 2] = [("webhook", "MAIL_WEBHOOK_SECRET"), ("staff", "STAFF_ADDRESSES")];

/// `GET /admin/health/`. 200, whatever fails: that is what was asked.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, rows) = query_as_staff(context, env, Statement::new(MAIL)).await?;
    let mut checks = Vec::new();
    for (name, result) in health::judge(env).await {
        let why = result.err().map(|error| error.fault().unwrap_or_default().to_owned());
        checks.push(told(name, why));
    }
    let missing = |variable: &'static str| config::var(env, variable).is_none();
    for (name, variable) in SETTINGS {
        checks.push(told(name, missing(variable).then(|| format!("{variable} is not set"))));
    }
    let limited = ["RATE_LIMIT_NAME", "RATE_LIMIT_PLACE", "RATE_LIMIT_MAIL"];
    let unlimited = limited.into_iter().find(|name| env.rate_limiter(name).is_err());
    checks.push(told("limits", unlimited.map(|name| format!("{name} is not bound"))));
    let mail: Value = rows.texts().pop().map_or(Ok(Value::Null), |row| whittle_json::from_str(&row))?;
    let dead = mail.get("dead").and_then(Value::as_i64).unwrap_or_default();
    checks.push(told("dead", (dead > 0).then(|| format!("{dead} in the outbox"))));
    let is_good = checks.iter().all(|check| check.get("why").is_none());
    let status = if is_good { "ok" } else { "failing" };
    Ok(Reply::json(200, json!({ "status": status, "checks": checks, "mail": mail }).to_string()))
}

fn told(name: &str, why: Option<String>) -> Value {
    match why {
        None => json!({ "check": name, "status": "ok" }),
        Some(why) => {
            json!({ "check": name, "status": "failing", "why": why, "mend": mend(name).to_string() })
        }
    }
}

/// How to mend it.
fn mend<'a>(name: &str) -> Said<'a> {
    match name {
        "database" => say("mend-database"),
        "object" => say("mend-object"),
        "secrets" => say("mend-secrets"),
        "origin" => say("mend-origin"),
        "mail" => say("mend-mail"),
        "webhook" => say("mend-webhook"),
        "staff" => say("mend-staff"),
        "limits" => say("mend-limits"),
        _ => say("mend-dead"),
    }
}

/// What a check is called on the page.
pub fn called<'a>(name: &str) -> Said<'a> {
    match name {
        "webhook" => say("health-webhook"),
        "staff" => say("health-staff"),
        "limits" => say("health-limits"),
        "dead" => say("health-dead"),
        _ => health::called(name),
    }
}
