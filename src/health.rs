//! `GET /healthz`: whether the service works: D1, an object, the mail configuration, the secrets.

use serde_json::json;
use worker::Env;

use crate::config;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::Result;
use crate::mail;
use crate::object::hop;
use crate::proposal::ping;
use crate::reply::Reply;

/// 200 with `{"status": "ok", "checks": {...}}`, or 503 with what fails; never with why, which is in our log.
pub async fn check(env: &Env) -> Result<Reply> {
    let database = match Directory::of(env) {
        Ok(directory) => {
            directory.text("select count(*) || '' as json from accounts where id = 0", &[]).await.is_ok()
        }
        Err(_) => false,
    };
    let object = hop::ask(env, "PROPOSAL", "healthz", &ping(Dev::default())).await.is_ok();
    let secrets = config::keys(env).is_ok() && config::origin(env).is_ok();
    let mail = mail::configured(env);
    let good = database && object && secrets && mail;
    let word = |good| if good { "ok" } else { "failing" };
    let body = json!({
        "status": word(good),
        "checks": { "database": word(database), "object": word(object), "secrets": word(secrets), "mail": word(mail) },
    });
    let reply = Reply::json(if good { 200 } else { 503 }, body.to_string());
    Ok(if good { reply } else { reply.with("Retry-After", "30") })
}
