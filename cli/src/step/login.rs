//! Signing in and out, and passwords that are sent twice.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use clap::ArgMatches;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::args::{flag, text};
use crate::call::Call;
use crate::config::{Credential, is_loopback};
use crate::context::Context;
use crate::credentials::ask_password;
use crate::error::Error;
use crate::http::Ask;
use crate::show::Look;
use crate::table::Command;

/// Takes a token for name and password, and keeps it for this server.
pub fn login(context: &Context, matches: &ArgMatches, command: &Command) -> Result<(), Error> {
    let given = match &context.config.credential {
        Credential::Basic { user, pass } => Some((user.clone(), pass.clone())),
        _ => None,
    };
    let user = match (text(matches, "name"), &given) {
        (Some(name), _) => name.to_owned(),
        (None, Some((user, _))) => user.clone(),
        (None, None) => ask_name()?,
    };
    let password = match given {
        _ if flag(matches, "stdin") => piped()?,
        Some((name, pass)) if name == user => pass,
        _ => match text(matches, "pass") {
            Some(pass) => pass.to_owned(),
            None => ask_password(&format!("Password of {user} at {}: ", context.config.origin))?,
        },
    };
    if context.config.origin.scheme() == "http" && !is_loopback(&context.config.origin) {
        return Err(Error::Usage(format!(
            "{} is not encrypted, so anybody on the way could read the password. Give an address that begins with https.",
            context.config.origin
        )));
    }
    let ask =
        Ask::new(Method::POST, "/api-token-auth/").json(&json!({ "username": user, "password": password }));
    let client = context.client.with(context.config.origin.clone(), Credential::Nobody);
    let answer = match client.send(&ask) {
        Err(Error::Refused(refusal)) if matches!(refusal.status, 400 | 401) => {
            return Err(Error::Refused(Box::new(crate::error::Refusal { status: 401, ..*refusal })));
        }
        answer => answer?,
    };
    let token = answer.json()?;
    let token = token
        .get("token")
        .and_then(Value::as_str)
        .filter(|token| !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic()));
    let token = token.ok_or_else(|| Error::Unreadable("The server's answer has no token.".to_owned()))?;
    context.config.store.keep(&context.config.origin, Some(token))?;
    let path = context.config.store.path().map(|path| path.display().to_string());
    context
        .tell(&json!({ "server": context.config.origin.as_str(), "user": user, "file": path }), &command.show)
}

/// Who has signed in, in words.
#[must_use]
pub fn signed_in(found: &Value, look: &Look<'_>) -> String {
    let part = |name| found.get(name).map(|value| look.cell(value)).unwrap_or_default();
    let (server, user, file) = (part("server"), part("user"), part("file"));
    format!("Signed in to {server} as {user}. The token is in {file}, which you alone can read.\n")
}

/// Ends the token on the server and forgets it here. It is forgotten even if the server cannot be reached.
pub fn logout(context: &Context, _: &ArgMatches, _: &Command) -> Result<(), Error> {
    let origin = &context.config.origin;
    let Some(token) = context.config.store.token(origin)? else {
        return context.write(&format!("Nobody was signed in to {origin}.\n"));
    };
    let client = context.client.with(origin.clone(), Credential::Token(token));
    let ended = end(&client);
    context.config.store.keep(origin, None)?;
    match ended {
        Ok(()) => context.write(&format!("Signed out of {origin}.\n")),
        Err(Error::Refused(refusal)) if refusal.status == 401 => {
            context.write(&format!("Signed out of {origin}; the token had ended already.\n"))
        }
        Err(error) => {
            context.write("The token is forgotten here, but may still be good: end it by `whittle account sessions end`.\n")?;
            Err(error)
        }
    }
}

/// Ends the token that a client has.
fn end(client: &crate::http::Client) -> Result<(), Error> {
    let sessions = client.send(&Ask::new(Method::GET, "/accounts/sessions/"))?.json()?;
    let current =
        sessions.as_array().into_iter().flatten().find(|one| one.get("current") == Some(&Value::Bool(true)));
    let id = current
        .and_then(|one| one.get("id"))
        .and_then(Value::as_str)
        .filter(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let id = id.ok_or_else(|| Error::Unreadable("The server does not list this token.".to_owned()))?;
    client.send(&Ask::new(Method::DELETE, format!("/accounts/sessions/{id}/"))).map(|_| ())
}

/// The password again, as the form of the original asks for it.
pub fn twice(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if let Some(password) = call.body.get("password").cloned() {
        call.body.entry("password2").or_insert(password);
    }
    Ok(())
}

fn ask_name() -> Result<String, Error> {
    let none = || Error::Usage("Who signs in? `whittle login NAME`.".to_owned());
    if !std::io::stdin().is_terminal() {
        return Err(none());
    }
    let mut out = std::io::stderr().lock();
    out.write_all(b"User name: ").and_then(|()| out.flush()).map_err(|_| none())?;
    line().filter(|name| !name.is_empty()).ok_or_else(none)
}

/// The password that is piped in: its first line.
fn piped() -> Result<String, Error> {
    line().ok_or_else(|| Error::Usage("No password was piped in.".to_owned()))
}

fn line() -> Option<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok().filter(|read| *read > 0)?;
    Some(line.trim_end_matches(['\r', '\n']).to_owned())
}
