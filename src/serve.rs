//! From request to response: the boundary at which answers are dressed, and the one log line is written.

use serde_json::json;
use whittle_domain::hex;
use whittle_domain::input::{Body, Document};
use worker::{Env, Request, Response, console_log};

use crate::account::session;
use crate::body;
use crate::caller::{self, Credential};
use crate::clock::{self, Offset};
use crate::config;
use crate::dev::{self, Dev};
use crate::error::{Error, Result, csrf, method_not_allowed, not_acceptable, not_found};
use crate::form::Form;
use crate::page::{self, Around};
use crate::reply::{Reply, Shape};
use crate::route::{Miss, Route, route, token};
use crate::{account, contact, health, mail, meeting, openapi, outbox_page, proposal, random};

/// A request that has been read.
pub struct Asked {
    /// What it asks for.
    pub route: Route,
    /// What it brings to show who sent it.
    pub credential: Credential,
    /// The session's cookie that it brings, whether it counts here or not.
    pub cookie: Option<String>,
    /// From where it comes.
    pub place: String,
    /// What the client calls itself, as far as that is kept.
    pub agent: String,
    /// Its body.
    pub body: Body,
    /// The token in its path, where its route has one.
    pub token: String,
    /// Its query.
    pub query: Vec<(String, String)>,
    /// The `If-Match` header.
    pub if_match: Option<String>,
    /// What development asks for.
    pub dev: Dev,
    /// Now.
    pub now: whittle_domain::instant::Instant,
    /// The `Accept` header.
    pub accept: String,
}

impl Asked {
    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Serves one request.
pub async fn serve(mut request: Request, env: Env) -> worker::Result<Response> {
    let begun = clock::real_millis();
    // As it was sent: the library takes every method it does not know for GET.
    let method = request.inner().method();
    let path = request.path();
    let routed = route(&method, &path);
    let accept = request.headers().get("Accept")?.unwrap_or_default();
    let html = wants_html(&accept, &request.inner().url());
    let mut typed = Body::new();
    let result = match routed {
        Ok(route) => answer(route, &mut request, &env, &accept, &mut typed).await,
        Err(Miss::NotFound) => Err(not_found()),
        Err(Miss::Method(allow)) => Err(method_not_allowed(&method, allow)),
        Err(Miss::Options(allow)) => Ok(Reply::empty().with("Allow", allow)),
    };
    let fault = result.as_ref().err().and_then(Error::fault).map(ToOwned::to_owned);
    let form = routed.ok().and_then(Form::of);
    let mut reply = result.unwrap_or_else(|error| match form {
        Some(form) => error.reply().shaped(Shape::Form(form)),
        None => error.reply(),
    });
    // A browser would ask for name and password by itself.
    if reply.status == 401 && !accept.to_ascii_lowercase().contains("text/html") {
        reply = reply.with("WWW-Authenticate", "Basic realm=\"whittle\", charset=\"UTF-8\"");
    }
    if html {
        reply = page::dress(reply, &around(routed.ok(), &request, typed, &env));
    }
    let name = routed.map_or_else(|_| "none".to_owned(), Route::name);
    let id = random::bytes::<8>().map(|b| hex::encode(&b)).unwrap_or_default();
    let took = clock::real_millis().saturating_sub(begun);
    // No path, no address, no token: paths and bodies can carry both.
    console_log!(
        "{}",
        json!({ "request": id, "route": name, "method": method, "status": reply.status, "ms": took, "fault": fault })
    );
    let head = method == "HEAD";
    if head {
        reply.body = String::new();
    }
    reply.with("X-Request-Id", &id).response()
}

/// What a page needs to know of its request. Where the act stands in the path, neither it nor a session is its business.
fn around(route: Option<Route>, request: &Request, typed: Body, env: &Env) -> Around {
    let mut around = Around { et: caller::et(request).ok().flatten(), typed, ..Around::default() };
    if route.is_some_and(Route::takes_sessions) {
        around.path = request.path();
        let cookie = session::cookie(request).ok().flatten();
        let token = cookie.and_then(|cookie| Some(session::token(&cookie, &config::keys(env).ok()?)));
        around.csrf = token.unwrap_or_default();
    }
    around
}

async fn answer(
    route: Route,
    request: &mut Request,
    env: &Env,
    accept: &str,
    typed: &mut Body,
) -> Result<Reply> {
    if route == Route::MailEvents {
        // Signed as it is; no browser sends it.
        return mail::events::take(request, env).await;
    }
    same_site(request, env)?;
    let body = match route {
        Route::ImportContacts => contact::import::body(request).await?,
        _ => body::read(request).await?,
    };
    let url = request.url()?;
    let dev = dev::read(request.headers(), env);
    let now = clock::now(Offset(dev.offset.unwrap_or(0)));
    let cookie = session::cookie(request)?;
    let credential = match Credential::of(request, &body, cookie.as_deref())? {
        // Such a route acts by what stands in its path or body, whoever's browser it is.
        Credential::Session(_) if !route.takes_sessions() => Credential::None,
        credential => account::resolved(credential, env, now)?,
    };
    session::guard(request, &credential, &body, env)?;
    if Form::of(route).is_some() {
        typed.clone_from(&body);
    }
    let asked = Asked {
        route,
        credential,
        cookie,
        place: caller::place(request)?,
        agent: agent(request)?,
        body,
        token: token(&request.path()).to_owned(),
        query: url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
        if_match: request.headers().get("If-Match")?,
        now,
        dev,
        accept: accept.to_owned(),
    };
    acceptable(route, &asked)?;
    match route {
        Route::List => proposal::api::list(&asked, env).await,
        Route::Propose => proposal::api::propose(asked, env).await,
        Route::Show(id) => proposal::api::show(id, asked, env).await,
        Route::Narrow(id) => proposal::api::narrow(id, asked, env).await,
        Route::Close(id) => proposal::api::close(id, asked, env).await,
        Route::Notify(id) => proposal::api::notify(id, asked, env).await,
        Route::Revoke(id) => proposal::api::revoke(id, asked, env).await,
        Route::Log(id) => proposal::api::log(id, asked, env).await,
        Route::Resend(id) => proposal::api::resend(id, asked, env).await,
        Route::Withdraw(id, party) => proposal::api::withdraw(id, party, asked, env).await,
        Route::Replace(id, party) => proposal::api::replace(id, party, asked, env).await,
        Route::Fix(id) => proposal::api::fix(id, asked, env).await,
        Route::Round(id) => proposal::api::round(id, asked, env).await,
        Route::Calendar(id) => meeting::feed::of_proposal(id, asked, env).await,
        Route::Meeting(id) => meeting::api::show(id, asked, env).await,
        Route::Move(id) => meeting::api::relocate(id, asked, env).await,
        Route::Cancel(id) => meeting::api::cancel(id, asked, env).await,
        Route::Decline(id) => meeting::api::decline(id, asked, env).await,
        Route::Accept(id) => meeting::api::accept(id, asked, env).await,
        Route::FeedLink => meeting::feed::show(&asked, env).await,
        Route::RotateFeed => meeting::feed::rotate(&asked, env).await,
        Route::Feed => meeting::feed::calendar(&asked, env).await,
        Route::Unsubscribe => mail::unsubscribe::show(&asked, env),
        Route::UnsubscribeNow => mail::unsubscribe::act(asked, env).await,
        Route::MailEvents => Err(not_found()),
        Route::SignUp => account::sign_up::sign_up(asked, Document::Calendars, env).await,
        Route::ApiSignUp => account::sign_up::sign_up(asked, Document::Bookings, env).await,
        Route::SignUpForm => Ok(Form::SignUp.reply()),
        Route::ApiLogin => account::api::login(&asked, env).await,
        Route::LoginForm => Ok(Form::Login.reply()),
        Route::BrowserLogin => account::api::browser_login(&asked, env).await,
        Route::LogoutForm => Ok(Form::Logout.reply()),
        Route::ApiLogout => account::api::logout(&asked, env).await,
        Route::Detail => account::api::detail(&asked, env).await,
        Route::VerifyAgain => account::sign_up::again(&asked, env).await,
        Route::ChangePassword => account::reset::change(&asked, env).await,
        Route::ResetForm => Ok(Form::Reset.reply()),
        Route::AskReset => account::reset::ask(&asked, env).await,
        Route::Reset => account::reset::show(&asked, env),
        Route::ResetNow => account::reset::act(&asked, env).await,
        Route::ChangeAddress => account::address::ask(&asked, env).await,
        Route::Address => account::address::show(&asked, env).await,
        Route::AddressNow => account::address::change(&asked, env).await,
        Route::Undo => account::address::show_undo(&asked, env).await,
        Route::UndoNow => account::address::undo(&asked, env).await,
        Route::Me => account::me::show(&asked, env).await,
        Route::ChangeMe => account::me::change(&asked, env).await,
        Route::Leave => account::leave::leave(&asked, env).await,
        Route::Export => account::export::export(&asked, env).await,
        Route::SignIns => account::sign_ins::list(&asked, env).await,
        Route::EndSignIns => account::sign_ins::end_others(&asked, env).await,
        Route::EndSignIn => account::sign_ins::end(&asked, env).await,
        Route::Login => account::sign_in::login(&asked, env).await,
        Route::Refresh => account::sign_in::refresh(&asked, env).await,
        Route::Logout => account::sign_in::logout(&asked, env).await,
        Route::Verify => account::sign_up::ask(&asked, env).await,
        Route::VerifyNow => account::sign_up::verify(asked, env).await,
        Route::Contacts => contact::api::list(&asked, env).await,
        Route::AddContact => contact::api::add(&asked, env).await,
        Route::ChangeContact | Route::PutContact => contact::api::change(&asked, env).await,
        Route::RemoveContact => contact::api::remove(&asked, env).await,
        Route::ContactGroups => contact::api::groups(&asked, env).await,
        Route::ImportContacts => contact::import::run(&asked, env).await,
        Route::ExportContacts => contact::api::export(&asked, env).await,
        Route::TokenAuth => account::api::token_auth(&asked, env).await,
        Route::OpenApi => openapi::document(&asked, env).await,
        Route::Health => health::check(env).await,
        Route::Outbox => outbox_page::show(url.host_str().unwrap_or_default(), env).await,
    }
}

/// What is said to another site.
const ELSEWHERE: &str = "Origin checking failed.";

/// What a client calls itself, as far as that is kept: it tells people their sessions apart.
fn agent(request: &Request) -> Result<String> {
    let agent = request.headers().get("User-Agent")?.unwrap_or_default();
    Ok(agent.chars().filter(|c| !c.is_control()).take(200).collect())
}

/// Refuses an unsafe request that a browser sends for another site, however it authenticates. Clients that send no
/// Origin are none.
fn same_site(request: &Request, env: &Env) -> Result<()> {
    if matches!(request.inner().method().as_str(), "GET" | "HEAD") {
        return Ok(());
    }
    let site = request.headers().get("Sec-Fetch-Site")?.unwrap_or_default();
    if site == "cross-site" {
        return Err(csrf(ELSEWHERE));
    }
    let Some(origin) = request.headers().get("Origin")? else { return Ok(()) };
    let own = config::origin(env)?;
    // A form on a page that sends no referrer, as ours do, says `null` (Fetch, section 3.2): its browser vouches for it.
    if origin == own || (origin == "null" && site == "same-origin") {
        return Ok(());
    }
    // In development loopback's other names are the same place.
    let both = (worker::Url::parse(&origin), worker::Url::parse(&own));
    match both {
        (Ok(a), Ok(b))
            if config::is_dev(env)
                && a.port_or_known_default() == b.port_or_known_default()
                && a.host_str().is_some_and(config::is_loopback) =>
        {
            Ok(())
        }
        _ => Err(csrf(ELSEWHERE)),
    }
}

/// The formats a route can answer in: `?format=` (unknown ones are 404, as in the original), then Accept (406).
fn acceptable(route: Route, asked: &Asked) -> Result<()> {
    let known = matches!(
        (route, asked.query("format")),
        (_, None | Some("json"))
            | (Route::Log(_), Some("jsonl"))
            | (Route::Export, Some("ics"))
            | (Route::OpenApi, Some("openapi" | "openapi-json" | "yaml"))
    );
    if !known {
        return Err(not_found());
    }
    let ours: &[&str] = match route {
        Route::OpenApi => &[
            "application/json",
            "application/vnd.oai.openapi",
            "application/vnd.oai.openapi+json",
            "application/yaml",
            "text/html",
        ],
        Route::Export => &["application/json", "text/calendar", "text/html"],
        Route::Log(_) => &["application/json", "application/jsonl", "text/html"],
        Route::ExportContacts => &["text/csv", "text/html"],
        // Calendars ask for what they know; there is one kind, whatever they name.
        Route::Feed | Route::Calendar(_) => return Ok(()),
        _ => &["application/json", "text/html"],
    };
    if asked.accept.trim().is_empty() || ours.iter().any(|media| quality(&asked.accept, media) > 0) {
        Ok(())
    } else {
        Err(not_acceptable())
    }
}

/// How much, in thousandths, an Accept header wants a media type (RFC 9110 section 12.5.1): the most specific range counts.
pub fn quality(accept: &str, media: &str) -> u32 {
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let exactness = if name == media {
            3
        } else if name == format!("{kind}/*") {
            2
        } else if name == "*/*" {
            1
        } else {
            continue;
        };
        let q = parts.find_map(|p| p.strip_prefix("q=")).map_or(1000, thousandths);
        best = best.max((exactness, q));
    }
    best.1
}

/// A quality of at most three decimals (RFC 9110 section 12.4.2), in thousandths.
fn thousandths(text: &str) -> u32 {
    match text.split_once('.').unwrap_or((text, "")) {
        ("0", decimals) => format!("{decimals:0<3}").get(..3).and_then(|d| d.parse().ok()).unwrap_or(0),
        _ => 1000,
    }
}

/// The versions of an `If-Match` header (RFC 9110 section 13.1.1): `None` for `*`. The edge may weaken our tags, so
/// `W/"7"` equals `"7"`. What is no version of ours matches none.
pub fn versions(header: &str) -> Option<Vec<u32>> {
    if header.trim() == "*" {
        return None;
    }
    let tag = |text: &str| {
        let text = text.trim();
        text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
    };
    Some(header.split(',').filter_map(tag).collect())
}

/// Whether a page is wanted: a browser names `text/html`, other clients take anything.
fn wants_html(accept: &str, url: &str) -> bool {
    let format = url.split(['?', '&']).skip(1).any(|pair| pair.starts_with("format="));
    let named = accept.to_ascii_lowercase().contains("text/html");
    !format && named && quality(accept, "text/html") > quality(accept, "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_clients_get_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(wants_html(browser, "http://a/"));
        assert!(!wants_html(browser, "http://a/?x=1&format=json"));
        for client in
            ["", "*/*", "application/json", "application/json, */*;q=0.5", "application/json, text/html"]
        {
            assert!(!wants_html(client, "http://a/"), "{client}");
        }
    }

    #[test]
    fn the_most_specific_range_counts() {
        for (accept, wanted) in [
            ("*/*", 1000),
            ("text/*", 0),
            ("application/*;q=0.5, */*", 500),
            ("application/json;q=0, */*", 0),
        ] {
            assert_eq!(quality(accept, "application/json"), wanted, "{accept}");
        }
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        for (header, wanted) in [
            ("\"7\"", Some(vec![7])),
            ("W/\"7\"", Some(vec![7])),
            ("\"6\", W/\"7\"", Some(vec![6, 7])),
            ("*", None),
            ("7", Some(vec![])),
            ("\"x\"", Some(vec![])),
            ("", Some(vec![])),
        ] {
            assert_eq!(versions(header), wanted, "{header}");
        }
    }
}
