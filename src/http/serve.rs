//! From request to response: the boundary at which answers are dressed, and the one log line is written.

use serde_json::json;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};
use whittle_domain::hex;
use whittle_domain::input::Body;
use worker::{Env, console_log};

use crate::auth::account::resolved;
use crate::auth::session;
use crate::clock::{self, Offset};
use crate::config;
use crate::dev;
use crate::error::{Error, Result, bad_request, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::head::Head;
use crate::http::idempotency::{self, Outcome};
use crate::http::page::{self, PageRequest};
use crate::http::reply::{self, Reply};
use crate::http::{body, negotiation, same_origin};
use crate::route::{Miss, Policy, Route, Service, route, token};
use crate::{account, contact, health, mail, meeting, openapi, proposal, random};

/// Serves one request.
pub async fn serve(request: Request, env: Env) -> std::result::Result<Response, JsValue> {
    let begun = clock::real_millis();
    let Some(head) = Head::read(&request) else {
        return Reply::from(bad_request(json!({ "detail": "This is no URL of ours." }))).response();
    };
    let routed = route(&head.method, &head.path);
    let policy = routed.as_ref().ok().map(|route| route.policy());
    let html = negotiation::wants_html(&head);
    let mut typed = Body::new();
    let result = match &routed {
        Ok(route) => answer(*route, &request, &head, html, &env, &mut typed).await,
        Err(Miss::NotFound) => Err(not_found()),
        Err(Miss::Method(allow)) => {
            Err(Error::MethodNotAllowed { method: head.method.clone(), allow: allow.clone().into() })
        }
        Err(Miss::Options(allow)) => Ok(Reply::empty().with("Allow", allow)),
    };
    let fault = result.as_ref().err().and_then(Error::fault).map(ToOwned::to_owned);
    let mut reply = result.unwrap_or_else(Reply::from);
    // A browser would ask for name and password by itself.
    let browser = html || head.accept.to_ascii_lowercase().contains("text/html");
    if reply.status == 401 && !browser && policy.is_some_and(Policy::takes_basic) {
        reply = reply.with("WWW-Authenticate", "Basic realm=\"whittle\", charset=\"UTF-8\"");
    }
    if html {
        reply = page::render(reply, &page_request(policy, &head, typed, &env));
    }
    let name = routed.map_or_else(|_| "none".to_owned(), Route::name);
    let id = random::bytes::<8>().map(|b| hex::encode(&b)).unwrap_or_default();
    let took = clock::real_millis().saturating_sub(begun);
    // No path, no address, no token: paths and bodies can carry both.
    let line = json!({
        "request": id, "route": name, "method": head.method, "status": reply.status, "ms": took, "fault": fault,
    });
    console_log!("{line}");
    if head.method == "HEAD" {
        reply.body = reply::Body::Nothing;
    }
    reply.with("X-Request-Id", &id).response()
}

/// What a page needs to know of its request. Where the act stands in the path, neither it nor a session is its business.
fn page_request(policy: Option<Policy>, head: &Head, typed: Body, env: &Env) -> PageRequest {
    let mut asked =
        PageRequest { link: head.query("et").map(ToOwned::to_owned), typed, ..PageRequest::default() };
    if policy.is_some_and(Policy::takes_sessions) {
        asked.path.clone_from(&head.path);
        let token = session::cookie(head, env)
            .and_then(|cookie| Some(session::token(&cookie, &config::keys(env).ok()?)));
        asked.csrf = token.unwrap_or_default();
    }
    asked
}

/// 1. another site's request is refused; 2. the body is read; 3. the credential that counts is chosen; 4. by session the
///    request must show that it was meant; 5. the format must be one of the route's; 6. the capability's handler answers.
async fn answer(
    route: Route,
    request: &Request,
    head: &Head,
    html: bool,
    env: &Env,
    typed: &mut Body,
) -> Result<Reply> {
    let policy = route.policy();
    if !policy.cross_site {
        same_origin::check(head, env)?;
    }
    let content = body::read(request, head, policy.body).await?;
    if html {
        typed.clone_from(&content.fields);
    }
    let dev = dev::parse_header(head.dev.as_deref(), env);
    let now = clock::now(Offset(dev.offset.unwrap_or(0)));
    let session = session::cookie(head, env);
    let credential = match Credential::explicit(head, &content.fields) {
        // Such a route acts by what stands in its path or body, whoever's browser it is.
        _ if !policy.takes_sessions() => Credential::None,
        Credential::None => session.clone().map_or(Credential::None, Credential::Session),
        explicit => resolved(explicit, env, now)?,
    };
    session::guard(head, &credential, &content.fields, env)?;
    negotiation::check_format(policy.formats, head)?;
    let context = RequestContext {
        route,
        credential,
        session,
        link: head.cookies.get(if config::is_dev(env) { DEV_LINK } else { LINK }).map(ToOwned::to_owned),
        place: head.place.clone(),
        agent: head.agent.clone(),
        body: content.fields,
        signed: content.signed,
        token: token(&head.path).to_owned(),
        host: head.host.clone(),
        query: head.query.clone(),
        if_match: head.if_match.clone().filter(|_| policy.if_match),
        now,
        dev,
        accept: head.accept.clone(),
        html,
    };
    let by_session = match &context.credential {
        Credential::Session(session) => Some(session.clone()),
        _ => None,
    };
    let reply = match head.idempotency_key.as_deref().filter(|_| policy.idempotency_key) {
        None => dispatch(route, context, env).await,
        Some(key) => match idempotency::claim(key, &context, env).await? {
            Outcome::Claimed(claim) => {
                idempotency::settle(claim, dispatch(route, context, env).await, env).await
            }
            Outcome::Answered(reply) => Ok(reply),
        },
    }?;
    match by_session {
        Some(session) => session::renewed(reply, &session, head, env),
        None => Ok(reply),
    }
}

/// The cookie that has the token of a mailed link once its page has been opened.
const LINK: &str = "__Secure-link";
/// In development, over plain HTTP.
const DEV_LINK: &str = "link";

async fn dispatch(route: Route, context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Route::Proposal(route) => proposal::dispatch::dispatch(route, context, env).await,
        Route::Meeting(route) => meeting::dispatch::dispatch(route, context, env).await,
        Route::Mail(route) => mail::dispatch::dispatch(route, context, env).await,
        Route::Account(route) => account::dispatch::dispatch(route, context, env).await,
        Route::Contact(route) => contact::dispatch::dispatch(route, context, env).await,
        Route::Service(Service::OpenApi) => openapi::document(&context, env).await,
        Route::Service(Service::Health) => health::check(env).await,
    }
}
