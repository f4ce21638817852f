//! From request to response: the boundary at which answers are dressed, and the one log line is written.

use crate::auth::account::resolved;
use crate::http::context;
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::credential::et;
use crate::http::credential::place;
use crate::http::negotiation;
use crate::http::same_origin;
use serde_json::json;
use whittle_domain::hex;
use whittle_domain::input::{Body, Dialect};
use worker::{Env, Request, Response, console_log};

use crate::auth::session;
use crate::clock::{self, Offset};
use crate::config;
use crate::dev::{self};
use crate::error::{Error, Result, not_found};
use crate::http::body;
use crate::http::form::Form;
use crate::http::page::{self, Around};
use crate::http::reply::{Reply, Shape};
use crate::mail::dev_outbox;
use crate::route::{Miss, Route, route, token};
use crate::{account, contact, health, mail, meeting, openapi, proposal, random};

/// Serves one request.
pub async fn serve(mut request: Request, env: Env) -> worker::Result<Response> {
    let begun = clock::real_millis();
    // As it was sent: the library takes every method it does not know for GET.
    let method = request.inner().method();
    let path = request.path();
    let routed = route(&method, &path);
    let accept = request.headers().get("Accept")?.unwrap_or_default();
    let html = negotiation::wants_html(&accept, &request.inner().url());
    let mut typed = Body::new();
    let result = match routed {
        Ok(route) => answer(route, &mut request, &env, &accept, &mut typed).await,
        Err(Miss::NotFound) => Err(not_found()),
        Err(Miss::Method(allow)) => {
            Err(Error::MethodNotAllowed { method: method.clone(), allow: allow.into() })
        }
        Err(Miss::Options(allow)) => Ok(Reply::empty().with("Allow", allow)),
    };
    let fault = result.as_ref().err().and_then(Error::fault).map(ToOwned::to_owned);
    let form = routed.ok().and_then(Form::of);
    let mut reply = result.unwrap_or_else(|error| match form {
        Some(form) => Reply::from(error).shaped(Shape::Form(form)),
        None => error.into(),
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
    let mut around = Around { et: et(request).ok().flatten(), typed, ..Around::default() };
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
    same_origin::check(request, env)?;
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
        credential => resolved(credential, env, now)?,
    };
    session::guard(request, &credential, &body, env)?;
    if Form::of(route).is_some() {
        typed.clone_from(&body);
    }
    let context = RequestContext {
        credential,
        cookie,
        place: place(request)?,
        agent: context::agent(request)?,
        body,
        token: token(&request.path()).to_owned(),
        query: url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
        if_match: request.headers().get("If-Match")?,
        now,
        dev,
        accept: accept.to_owned(),
    };
    negotiation::check_format(route, &context)?;
    match route {
        Route::List => proposal::api::list(&context, env).await,
        Route::Propose => proposal::api::propose(context, env).await,
        Route::Show(id) => proposal::api::show(id, context, env).await,
        Route::Narrow(id) => proposal::api::narrow(id, context, env).await,
        Route::Close(id) => proposal::api::close(id, context, env).await,
        Route::Notify(id) => proposal::api::notify(id, context, env).await,
        Route::Revoke(id) => proposal::api::revoke(id, context, env).await,
        Route::Log(id) => proposal::api::log(id, context, env).await,
        Route::Resend(id) => proposal::api::resend(id, context, env).await,
        Route::Withdraw(id, party) => proposal::api::withdraw(id, party, context, env).await,
        Route::Replace(id, party) => proposal::api::replace(id, party, context, env).await,
        Route::Fix(id) => proposal::api::fix(id, context, env).await,
        Route::Round(id) => proposal::api::round(id, context, env).await,
        Route::Calendar(id) => meeting::feed::of_proposal(id, context, env).await,
        Route::Meeting(id) => meeting::api::show(id, context, env).await,
        Route::Move(id) => meeting::api::relocate(id, context, env).await,
        Route::Cancel(id) => meeting::api::cancel(id, context, env).await,
        Route::Decline(id) => meeting::api::decline(id, context, env).await,
        Route::Accept(id) => meeting::api::accept(id, context, env).await,
        Route::FeedLink => meeting::feed::show(&context, env).await,
        Route::RotateFeed => meeting::feed::rotate(&context, env).await,
        Route::Feed => meeting::feed::calendar(&context, env).await,
        Route::Unsubscribe => mail::unsubscribe::show(&context, env),
        Route::UnsubscribeNow => mail::unsubscribe::act(context, env).await,
        Route::MailEvents => Err(not_found()),
        Route::SignUp => account::sign_up::sign_up(context, Dialect::Calendars, env).await,
        Route::ApiSignUp => account::sign_up::sign_up(context, Dialect::Bookings, env).await,
        Route::SignUpForm => Ok(Form::SignUp.reply()),
        Route::ApiLogin => account::api::login(&context, env).await,
        Route::LoginForm => Ok(Form::Login.reply()),
        Route::BrowserLogin => account::api::browser_login(&context, env).await,
        Route::LogoutForm => Ok(Form::Logout.reply()),
        Route::ApiLogout => account::api::logout(&context, env).await,
        Route::Detail => account::api::detail(&context, env).await,
        Route::VerifyAgain => account::sign_up::again(&context, env).await,
        Route::ChangePassword => account::reset::change(&context, env).await,
        Route::ResetForm => Ok(Form::Reset.reply()),
        Route::AskReset => account::reset::ask(&context, env).await,
        Route::Reset => account::reset::show(&context, env),
        Route::ResetNow => account::reset::act(&context, env).await,
        Route::ChangeAddress => account::address::ask(&context, env).await,
        Route::Address => account::address::show(&context, env).await,
        Route::AddressNow => account::address::change(&context, env).await,
        Route::Undo => account::address::show_undo(&context, env).await,
        Route::UndoNow => account::address::undo(&context, env).await,
        Route::Me => account::me::show(&context, env).await,
        Route::ChangeMe => account::me::change(&context, env).await,
        Route::Leave => account::delete::leave(&context, env).await,
        Route::Export => account::export::export(&context, env).await,
        Route::SignIns => account::sessions::list(&context, env).await,
        Route::EndSignIns => account::sessions::end_others(&context, env).await,
        Route::EndSignIn => account::sessions::end(&context, env).await,
        Route::Login => account::sign_in::login(&context, env).await,
        Route::Refresh => account::sign_in::refresh(&context, env).await,
        Route::Logout => account::sign_in::logout(&context, env).await,
        Route::Verify => account::sign_up::ask(&context, env).await,
        Route::VerifyNow => account::sign_up::verify(context, env).await,
        Route::Contacts => contact::api::list(&context, env).await,
        Route::AddContact => contact::api::add(&context, env).await,
        Route::ChangeContact | Route::PutContact => contact::api::change(&context, env).await,
        Route::RemoveContact => contact::api::remove(&context, env).await,
        Route::ContactGroups => contact::api::groups(&context, env).await,
        Route::ImportContacts => contact::import::run(&context, env).await,
        Route::ExportContacts => contact::api::export(&context, env).await,
        Route::TokenAuth => account::api::token_auth(&context, env).await,
        Route::OpenApi => openapi::document(&context, env).await,
        Route::Health => health::check(env).await,
        Route::Outbox => dev_outbox::show(url.host_str().unwrap_or_default(), env).await,
    }
}
