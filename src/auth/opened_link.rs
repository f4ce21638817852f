//! The link that a browser has opened. Its token moves from the URL to a cookie that browsers send to the pages of this one
//! proposal, meeting or calendar alone, so that it stands in no history, no referrer and no address that somebody copies.

use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use worker::Env;

use super::link;
use crate::config;
use crate::error::Result;
use crate::http::cookies::Cookies;
use crate::http::head::Head;
use crate::http::reply::Reply;
use crate::route::{Calendar, Meeting, Proposal, Route};

/// The cookie.
const LINK: &str = "__Secure-link";
/// In development, over plain HTTP.
const DEV_LINK: &str = "link";
const DAY_SECONDS: i64 = 86_400;

/// What a route's links open.
struct Opens {
    purpose: Purpose,
    subject: u64,
    /// Where the browser sends the cookie.
    path: String,
    /// The page that it opens, where that is not the one that was asked for: the token stands in that one's path.
    page: Option<String>,
}

/// The token that this browser has.
pub fn cookie(cookies: &Cookies, env: &Env) -> Option<String> {
    cookies.get(name(env)).map(ToOwned::to_owned)
}

fn name(env: &Env) -> &'static str {
    if config::is_dev(env) { DEV_LINK } else { LINK }
}

fn opens(route: Route) -> Option<Opens> {
    let of = |purpose, subject, path| Some(Opens { purpose, subject, path, page: None });
    match route {
        Route::Proposal(Proposal::Show(id) | Proposal::Log(id)) => {
            of(Purpose::Proposal, id, format!("/{id}"))
        }
        Route::Meeting(Meeting::Meeting(id) | Meeting::OtherTimes(id)) => {
            of(Purpose::Meeting, id, format!("/meetings/{id}"))
        }
        Route::Calendar(Calendar::OpenInvitation(id)) => {
            let path = calendar_path(id);
            let page = Some(format!("{path}/respond/"));
            Some(Opens { purpose: Purpose::Calendar, subject: id, path, page })
        }
        _ => None,
    }
}

/// Where browsers send the cookie of a calendar's link.
pub fn calendar_path(id: u64) -> String {
    format!("/schedules/calendars/{id}")
}

/// The answer to a browser that opens a link: 303 to the same page, which the cookie opens from now on. None where the
/// token is not authentic; one that has expired is kept, because its page offers a new one.
pub fn open(route: Route, head: &Head, token: &str, env: &Env, now: Instant) -> Option<Reply> {
    let Opens { purpose, subject, path, page } = opens(route)?;
    let link = link::verify_even_expired(token, purpose, subject, env, now).ok()?;
    let age = link.expires().seconds().saturating_sub(now.seconds()).max(DAY_SECONDS);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(head.query.iter().filter(|(name, _)| name != "et"));
    let query = query.finish();
    let page = page.unwrap_or_else(|| head.path.clone());
    let target = if query.is_empty() { page } else { format!("{page}?{query}") };
    Some(Reply::see_other(&target).with("Set-Cookie", &set(token, &path, age, env)))
}

/// The answer that gives the browser a link of a proposal.
pub fn keep(reply: Reply, link: &Link, env: &Env) -> Result<Reply> {
    let keys = config::keys(env)?;
    let token = link.token(&keys, keys.newest_id()).unwrap_or_default();
    let age = config::link_days(env).saturating_mul(DAY_SECONDS);
    Ok(reply.with("Set-Cookie", &set(&token, &format!("/{}", link.subject), age, env)))
}

/// The answer that has the browser forget its link.
pub fn forget(reply: Reply, path: &str, env: &Env) -> Reply {
    reply.with("Set-Cookie", &set("", path, 0, env))
}

fn set(token: &str, path: &str, age: i64, env: &Env) -> String {
    let secure = if config::is_dev(env) { "" } else { "; Secure" };
    format!("{}={token}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}", name(env))
}
