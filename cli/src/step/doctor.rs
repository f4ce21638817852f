//! `whittle doctor`: settings, server, who is signed in, versions and clock; what is wrong, and how to mend it.

use anstyle::AnsiColor;
use clap::ArgMatches;
use jiff::Timestamp;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::config::{Credential, Source, is_loopback};
use crate::context::Context;
use crate::credentials::is_open;
use crate::error::Error;
use crate::http::Ask;
use crate::show::{Look, clean};
use crate::table::Command;

/// How far clocks may be apart before deadlines look wrong, in seconds.
const MOST_SKEW: i64 = 30;

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    found: String,
    /// What to do, where something is wrong.
    mend: Option<String>,
}

fn fine(what: &'static str, found: impl Into<String>) -> Finding {
    Finding { what, found: found.into(), mend: None }
}

fn wrong(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding { what, found: found.into(), mend: Some(mend.into()) }
}

/// Looks at everything, and fails if something is wrong.
pub fn doctor(context: &Context, _: &ArgMatches, command: &Command) -> Result<(), Error> {
    let mut findings = vec![fine("client", format!("whittle {}", env!("CARGO_PKG_VERSION")))];
    settings(context, &mut findings);
    service(context, &mut findings);
    let wrong = findings.iter().filter(|finding| finding.mend.is_some()).count();
    let all: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({ "what": finding.what, "found": finding.found, "ok": finding.mend.is_none(), "mend": finding.mend })
        })
        .collect();
    context.tell(&Value::Array(all), &command.show)?;
    match wrong {
        0 => Ok(()),
        1 => Err(Error::Found("One thing is wrong.".to_owned())),
        n => Err(Error::Found(format!("{n} things are wrong."))),
    }
}

/// What was found, in words.
#[must_use]
pub fn words(found: &Value, look: &Look<'_>) -> String {
    let mut text = String::new();
    for finding in found.as_array().into_iter().flatten() {
        let part = |name: &str| finding.get(name).and_then(Value::as_str).map(clean);
        let fine = finding.get("ok") == Some(&Value::Bool(true));
        let (mark, style) = if fine { ("ok   ", AnsiColor::Green) } else { ("WRONG", AnsiColor::Red) };
        let mark = look.paint(style.on_default(), mark);
        text.push_str(&format!(
            "{mark} {}: {}\n",
            part("what").unwrap_or_default(),
            part("found").unwrap_or_default()
        ));
        if let Some(mend) = part("mend") {
            text.push_str(&format!("      {mend}\n"));
        }
    }
    text
}

/// What is set, and from where.
fn settings(context: &Context, findings: &mut Vec<Finding>) {
    let config = &context.config;
    if let Some(path) = &config.file {
        let there = if path.exists() { "" } else { ", which is not there and need not be" };
        findings.push(fine("file", format!("{}{there}", path.display())));
    }
    for (name, source) in &config.sources {
        let from = match source {
            Source::Flag => "a flag",
            Source::Environment => "the environment",
            Source::File => "the file",
        };
        findings.push(fine("setting", format!("{name}, from {from}")));
    }
    match config.store.path() {
        Some(path) if is_open(path) => findings.push(wrong(
            "tokens",
            format!("others can read {}", path.display()),
            format!("chmod 600 {}", path.display()),
        )),
        Some(path) if path.exists() => findings.push(fine("tokens", path.display().to_string())),
        Some(_) => {}
        None => findings.push(wrong(
            "tokens",
            "there is no home folder",
            "set HOME, so that `whittle login` has a place for its token",
        )),
    }
    match (&config.zone, context.zone.iana_name()) {
        (_, Some(name)) => findings.push(fine("time zone", name)),
        (_, None) => findings.push(wrong(
            "time zone",
            "the machine's has no name",
            "set TZ, or --zone, to one such as Europe/Berlin",
        )),
    }
    let secret = !matches!(config.credential, Credential::Nobody);
    if secret && config.origin.scheme() == "http" && !is_loopback(&config.origin) {
        findings.push(wrong(
            "server",
            format!("{} is not encrypted", config.origin),
            "give an address that begins with https by --host",
        ));
    }
}

/// What the server says.
fn service(context: &Context, findings: &mut Vec<Finding>) {
    let client = &context.client;
    let anybody = client.with(client.origin.clone(), Credential::Nobody);
    let health = match anybody.answer(&Ask::new(Method::GET, "/healthz")) {
        Ok(health) => health,
        Err(error) => {
            let mend = "Is the address right (--host, --port)? Does the service run (`make dev` on this machine)? Is there a network, and a proxy in between?";
            findings.push(wrong("server", error.to_string(), mend));
            return;
        }
    };
    let status = health.json().ok();
    let checks = status.as_ref().and_then(|status| status.get("checks")).and_then(Value::as_object);
    match checks {
        None => {
            findings.push(wrong(
                "server",
                format!("{} answers {} and is not Whittle", client.origin, health.status),
                "give the address of Whittle by --host and --port",
            ));
            return;
        }
        Some(checks) => {
            findings.push(fine("server", format!("{} answers", client.origin)));
            for (name, state) in checks {
                let state = state.as_str().unwrap_or("?");
                let found = format!("{name} is {state}");
                findings.push(if state == "ok" {
                    fine("health", found)
                } else {
                    wrong("health", found, mend_of(name))
                });
            }
        }
    }
    clock(health.header("date"), findings);
    if let Ok(description) =
        anybody.answer(&Ask { accept: "application/json", ..Ask::new(Method::GET, "/openapi") })
    {
        let version =
            description.json().ok().and_then(|d| d.get("info")?.get("version")?.as_str().map(str::to_owned));
        findings.push(match version {
            Some(version) if version == env!("CARGO_PKG_VERSION") => {
                fine("version", format!("the service has {version}, too"))
            }
            Some(version) => wrong(
                "version",
                format!("the service has {version}"),
                "install the client of that version: `make install` in its checkout",
            ),
            None => wrong(
                "version",
                format!("the service does not say it (status {})", description.status),
                "is there a proxy in between that changes answers?",
            ),
        });
    }
    if client.credential == Credential::Nobody {
        findings.push(wrong(
            "account",
            "nobody is signed in",
            "`whittle login`; or nothing, where a link is all that is needed",
        ));
        return;
    }
    // A link makes its holder a party, and not an account.
    if matches!(client.credential, Credential::Link(_)) {
        findings.push(fine("account", client.credential.words()));
        return;
    }
    match client.answer(&Ask::new(Method::GET, "/accounts/me/")) {
        Ok(answer) if answer.status == 200 => {
            let me = answer.json().unwrap_or_default();
            let name = me.get("username").and_then(Value::as_str).unwrap_or("?");
            findings.push(fine("account", format!("{name}, by {}", client.credential.words())));
            if me.get("verified") == Some(&Value::Bool(false)) {
                findings.push(wrong(
                    "account",
                    "its address is not verified",
                    "post the link that was mailed; `whittle account verify-again` mails another",
                ));
            }
        }
        Ok(answer) => findings.push(wrong(
            "account",
            format!("{} is answered with {}", client.credential.words(), answer.status),
            "`whittle login` signs in anew",
        )),
        Err(error) => findings.push(wrong("account", error.to_string(), "try again")),
    }
}

/// How far the clock is from the server's.
fn clock(date: Option<&str>, findings: &mut Vec<Finding>) {
    let Some(date) = date else {
        findings.push(fine("clock", "the server does not tell its time"));
        return;
    };
    let parsed = jiff::fmt::rfc2822::parse(date);
    let Ok(there) = parsed else {
        findings.push(wrong(
            "clock",
            format!("the server's date `{date}` cannot be read"),
            "is there a proxy in between that changes answers?",
        ));
        return;
    };
    let skew = Timestamp::now().as_second().saturating_sub(there.timestamp().as_second());
    let found = format!("{} seconds from the server's", skew);
    findings.push(if skew.saturating_abs() <= MOST_SKEW {
        fine("clock", found)
    } else {
        wrong("clock", found, "set this machine's clock (`timedatectl set-ntp true`): deadlines are those of the server's clock")
    });
}

/// How to mend what `/healthz` says is failing.
fn mend_of(check: &str) -> &'static str {
    match check {
        "database" => {
            "whoever runs the service: `wrangler d1 migrations apply DB --remote`, and look at database_id in wrangler.toml"
        }
        "object" => "whoever runs the service: look at the Durable Objects' migrations in wrangler.toml",
        "secrets" => "whoever runs the service: `wrangler secret put SECRET_KEYS`",
        "origin" => {
            "whoever runs the service: set PUBLIC_ORIGIN in wrangler.toml to the address at which people reach it"
        }
        "mail" => "whoever runs the service: set MAIL_FROM, MAIL_API_URL and the secret MAIL_API_KEY",
        _ => "whoever runs the service: docs/operations.md",
    }
}
