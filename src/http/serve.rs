//! From request to response: the boundary at which answers are dressed, and the one log line is written.

use serde_json::json;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};
use whittle_domain::hex;
use worker::{Env, console_log};

use crate::auth::account::resolved;
use crate::auth::opened_link;
use crate::auth::session;
use crate::clock::{self, Offset};
use crate::config;
use crate::dev;
use crate::error::{Error, Result, bad_request, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::head::Head;
use crate::http::idempotency::{self, Outcome};
use crate::http::notice::{self, Notice};
use crate::http::page::{self, PageRequest};
use crate::http::reply::{self, Reply};
use crate::http::viewer::{self, Viewer};
use crate::http::{body, error_page, negotiation, same_origin};
use crate::route::calendar::link_token;
use crate::route::{Miss, Policy, Route, Service, route, token};
use crate::{
    account, admin, booking, busy, calendar, contact, health, mail, meeting, openapi, proposal, random,
    transfer,
};
use whittle_domain::zone::Zone;

/// Serves one request.
pub async fn serve(request: Request, env: Env) -> std::result::Result<Response, JsValue> {
    let begun = clock::real_millis();
    let Some(head) = Head::read(&request) else {
        return Reply::from(bad_request(json!({ "detail": "This is no URL of ours." }))).response();
    };
    let routed = route(&head.method, &head.path);
    let policy = routed.as_ref().ok().map(|route| route.policy());
    let html = negotiation::wants_html(&head);
    // Clients that want no page do not wait for what one needs.
    let asked = if html { page_request(policy, &head, &env) } else { PageRequest::default() };
    let result = match &routed {
        Ok(Route::Transfer(_)) => transfer::answer(&request, &head, &env).await,
        // It is being moved: what was written now would be lost, here or there.
        Ok(_) if !head.is_safe() && config::read_only(&env).is_some() => Err(Error::ReadOnly),
        Ok(route) => answer(*route, &request, &head, html, &env, &asked).await,
        Err(Miss::NotFound) => Err(not_found()),
        Err(Miss::Method(allow)) => {
            Err(Error::MethodNotAllowed { method: head.method.clone(), allow: allow.clone().into() })
        }
        Err(Miss::Options(allow)) => Ok(Reply::empty().with("Allow", allow)),
    };
    let fault = result.as_ref().err().and_then(Error::fault).map(ToOwned::to_owned);
    let mut reply = match result {
        Ok(reply) => reply,
        Err(error) if html => error_page::show(error, &asked),
        Err(error) => Reply::from(error),
    };
    // A browser would ask for name and password by itself.
    let browser = html || head.accept.to_ascii_lowercase().contains("text/html");
    if reply.status == 401 && !browser && policy.is_some_and(Policy::takes_basic) {
        reply = reply.with("WWW-Authenticate", "Basic realm=\"whittle\", charset=\"UTF-8\"");
    }
    if html {
        reply = page::render(reply, &asked);
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
fn page_request(policy: Option<Policy>, head: &Head, env: &Env) -> PageRequest {
    let session = session::cookie(head, env);
    let dev = dev::parse_header(head.dev.as_deref(), env);
    let zone = |name: &str| Zone::parse(name);
    let mut asked = PageRequest {
        signed_in: session.is_some(),
        takes_links: policy.is_some_and(Policy::takes_links),
        takes_links_alone: policy.is_some_and(Policy::takes_links_alone),
        sends: !head.is_safe(),
        dev: config::is_dev(env),
        notice: head.cookies.get(notice::COOKIE).and_then(Notice::parse),
        viewer: Viewer {
            wanted: head.query("zone").and_then(zone),
            remembered: head.cookies.get(viewer::COOKIE).and_then(zone),
            guess: dev.timezone.as_deref().or(head.timezone.as_deref()).and_then(zone),
        },
        ..PageRequest::default()
    };
    let of_link = policy.is_some_and(Policy::takes_links_alone);
    let has_clean_path = !of_link || link_token(&head.path).is_none();
    if policy.is_some_and(Policy::takes_sessions) || (of_link && has_clean_path) {
        asked.path.clone_from(&head.path);
        let session = session.filter(|_| !of_link);
        let cookie = session.or_else(|| opened_link::cookie(&head.cookies, env));
        let token = cookie.and_then(|cookie| Some(session::token(&cookie, &config::keys(env).ok()?)));
        asked.csrf = token.unwrap_or_default();
    }
    asked
}

/// 1. another site's request is refused; 2. a link that a browser opens becomes a cookie; 3. the body is read; 4. the credential
///    that counts is chosen; 5. by cookie the request must show that it was meant; 6. the format must be one of the route's;
///    7. the capability's handler answers.
async fn answer(
    route: Route,
    request: &Request,
    head: &Head,
    html: bool,
    env: &Env,
    asked: &PageRequest,
) -> Result<Reply> {
    let policy = route.policy();
    if !policy.cross_site {
        same_origin::check(head, env)?;
    }
    if policy.socket {
        same_origin::require(head, env)?;
    }
    let dev = dev::parse_header(head.dev.as_deref(), env);
    let now = clock::now(Offset(dev.offset.unwrap_or(0)));
    let in_path = link_token(&head.path).filter(|_| policy.takes_links_alone());
    if let Some(token) = in_path.or_else(|| head.query("et")).filter(|_| html && head.is_safe())
        && let Some(reply) = opened_link::open(route, head, token, env, now)
    {
        return Ok(reply);
    }
    let content = body::read(request, head, policy.body).await?;
    let session = session::cookie(head, env);
    // Only its own pages get the cookie of a link.
    let link = opened_link::cookie(&head.cookies, env).filter(|_| policy.takes_links());
    let credential = match Credential::explicit(head, &content.fields) {
        _ if policy.takes_links_alone() => Credential::of_link(in_path, head, &content.fields, link),
        // Such a route acts by what stands in its path or body, whoever's browser it is.
        _ if !policy.takes_sessions() => Credential::None,
        Credential::None => Credential::of_cookies(session.clone(), link),
        explicit => resolved(explicit, env, now)?,
    };
    session::guard(head, &credential, &content.fields, env)?;
    negotiation::check_format(policy.formats, head)?;
    let context = RequestContext {
        route,
        credential,
        session,
        place: head.place.clone(),
        agent: head.agent.clone(),
        body: content.fields,
        form: content.form.filter(|_| html),
        page: asked.clone(),
        signed: content.signed,
        token: token(&head.path).to_owned(),
        path: head.path.clone(),
        host: head.host.clone(),
        query: head.query.clone(),
        if_match: head.if_match.clone().filter(|_| policy.if_match),
        now,
        dev,
        accept: head.accept.clone(),
        wants_socket: head.wants_socket(),
        html,
    };
    let by_session = match &context.credential {
        Credential::Session(session) | Credential::SessionOrLink { session, .. } => Some(session.clone()),
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

async fn dispatch(route: Route, context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Route::Proposal(route) => proposal::dispatch::dispatch(route, context, env).await,
        Route::Calendar(route) => calendar::dispatch::dispatch(route, context, env).await,
        Route::Meeting(route) => meeting::dispatch::dispatch(route, context, env).await,
        Route::Mail(route) => mail::dispatch::dispatch(route, context, env).await,
        Route::Account(route) => account::dispatch::dispatch(route, context, env).await,
        Route::Busy(route) => busy::dispatch::dispatch(route, context, env).await,
        Route::Booking(route) => booking::dispatch::dispatch(route, context, env).await,
        Route::Admin(route) => admin::dispatch(route, &context, env).await,
        Route::Contact(route) => contact::dispatch::dispatch(route, context, env).await,
        Route::Service(Service::OpenApi) => openapi::document(&context, env).await,
        Route::Service(Service::Docs) => openapi::viewer(&context, env).await,
        Route::Service(Service::Health) => health::check(&context, env).await,
        Route::Service(Service::Demo | Service::TryDemo) => proposal::demo(&context, env),
        // Answered before anything else is looked at.
        Route::Transfer(_) => Err(not_found()),
    }
}
