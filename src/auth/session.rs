//! Sessions: a random cookie, of which a hash is kept, and the token that shows that a request by cookie was meant.
//!
//! `sessionid` is made anew by every sign-in, so that none can be planted beforehand. `csrftoken` is an HMAC over it, which
//! scripts of our own pages can read and other sites cannot: it is good for that one session, and nothing of it is kept.

use serde_json::Value;
use whittle_domain::hex;
use whittle_domain::input::Body;
use whittle_domain::keyring::{KeyRing, Mac};
use worker::Env;

use crate::config;
use crate::error::{Error, Result, csrf};
use crate::http::credential::Credential;
use crate::http::head::Head;
use crate::http::reply::Reply;

/// The session's cookie. Outside development its prefix has browsers take it from this host alone, over TLS and for all paths
/// (RFC 6265bis, section 4.1.3.2), so that no sibling domain can plant one.
const SESSION: &str = "__Host-sessionid";
/// In development, over plain HTTP.
const DEV_SESSION: &str = "sessionid";
/// The token's cookie.
const TOKEN: &str = "csrftoken";
/// The key of the tokens.
const KEY: &str = "whittle/csrf/1";
/// For how long a browser keeps both, in seconds: 90 days. A session that is not used ends before (src/account/store.rs).
const MAX_AGE: u32 = 90 * 86_400;

fn name(env: &Env) -> &'static str {
    if config::is_dev(env) { DEV_SESSION } else { SESSION }
}

/// The session's cookie of a request.
pub fn cookie(head: &Head, env: &Env) -> Option<String> {
    head.cookies.get(name(env)).map(ToOwned::to_owned)
}

fn code(cookie: &str, keys: &KeyRing, id: &str) -> Option<Mac> {
    Some(keys.key(id, KEY)?.mac(cookie.as_bytes()))
}

/// The token of a session: the key's id, a point, and the code.
pub fn token(cookie: &str, keys: &KeyRing) -> String {
    let id = keys.newest_id();
    let code = code(cookie, keys, id).map(|code| hex::encode(&code.into_bytes()));
    code.map(|code| format!("{id}.{code}")).unwrap_or_default()
}

fn is_token(sent: &str, cookie: &str, keys: &KeyRing) -> bool {
    let sent = sent.split_once('.').and_then(|(id, code)| Some((id, hex::decode::<32>(code)?)));
    let known = sent.and_then(|(id, sent)| Some((code(cookie, keys, id)?, sent)));
    known.is_some_and(|(code, sent)| code.verify(&sent))
}

/// Refuses an unsafe request by cookie, of a session or of an opened link, that does not show that it was meant: it needs an Origin, which was judged before
/// ([`crate::http::same_origin`]), and the cookie's token, in the header `X-CSRFToken` or as a form's `csrfmiddlewaretoken`.
pub fn guard(head: &Head, credential: &Credential, body: &Body, env: &Env) -> Result<()> {
    let cookies: &[&String] = match credential {
        Credential::Session(cookie) | Credential::OpenedLink(cookie) => &[cookie],
        Credential::SessionOrLink { session, link } => &[session, link],
        _ => return Ok(()),
    };
    if head.is_safe() {
        return Ok(());
    }
    if head.origin.is_none() {
        let origin = config::origin(env)?;
        let send = format!("send `Origin: {origin}`, and the cookie `{TOKEN}` as `X-CSRFToken`.");
        return Err(csrf(&format!("Origin is missing. By session, {send}")));
    }
    let field = || body.get("csrfmiddlewaretoken").and_then(Value::as_str);
    match head.csrf_token.as_deref().or_else(field) {
        None => Err(csrf("CSRF token missing.")),
        Some(sent) => {
            let keys = config::keys(env)?;
            match cookies.iter().any(|cookie| is_token(sent, cookie, &keys)) {
                true => Ok(()),
                // A page that says as whom it acts was made for another cookie than this browser has now.
                false if body.contains_key("as") => Err(Error::SomebodyElse),
                false => Err(csrf("CSRF token incorrect.")),
            }
        }
    }
}

/// The answer with both cookies of a new session.
pub fn begun(reply: Reply, cookie: &str, env: &Env) -> Result<Reply> {
    let token = token(cookie, &config::keys(env)?);
    Ok(with_cookies(reply, cookie, &token, MAX_AGE, env))
}

/// The answer that takes both cookies away.
pub fn ended(reply: Reply, env: &Env) -> Reply {
    with_cookies(reply, "", "", 0, env)
}

fn with_cookies(reply: Reply, session: &str, token: &str, age: u32, env: &Env) -> Reply {
    let secure = if config::is_dev(env) { "" } else { "; Secure" };
    let rest = format!("Path=/; Max-Age={age}; SameSite=Lax{secure}");
    reply
        .with("Set-Cookie", &format!("{}={session}; HttpOnly; {rest}", name(env)))
        .with("Set-Cookie", &format!("{TOKEN}={token}; {rest}"))
}

/// The answer to a request by session, with the token anew where the browser has one of an older key: that key may be taken
/// out of the ring.
pub fn renewed(reply: Reply, session: &str, head: &Head, env: &Env) -> Result<Reply> {
    let Some(sent) = head.cookies.get(TOKEN) else { return Ok(reply) };
    let keys = config::keys(env)?;
    if !is_stale(sent, &keys) || reply.headers.iter().any(|(name, _)| *name == "Set-Cookie") {
        return Ok(reply);
    }
    let secure = if config::is_dev(env) { "" } else { "; Secure" };
    let token = token(session, &keys);
    Ok(reply.with("Set-Cookie", &format!("{TOKEN}={token}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax{secure}")))
}

fn is_stale(token: &str, keys: &KeyRing) -> bool {
    token.split_once('.').is_some_and(|(id, _)| id != keys.newest_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse(text).unwrap()
    }

    #[test]
    fn a_token_of_an_older_key_is_made_anew() {
        let made = token("one", &ring(K1));
        assert!(!is_stale(&made, &ring(K1)) && is_stale(&made, &ring(&format!("{K2},{K1}"))));
    }

    #[test]
    fn a_token_is_good_for_its_session_alone_and_through_a_rotation() {
        let made = token("one", &ring(K1));
        let both = ring(&format!("{K2},{K1}"));
        assert!(is_token(&made, "one", &ring(K1)) && is_token(&made, "one", &both));
        assert!(!is_token(&made, "two", &both) && !is_token(&made, "one", &ring(K2)));
        for bad in ["", ".", "k1.", "k1", &made[1..], &made.to_uppercase(), &format!("{made}0")] {
            assert!(!is_token(bad, "one", &both), "{bad}");
        }
    }
}
