//! Signing up, in and out, and asking for a link to choose another password.

use askama::Template;
use whittle_domain::account::SettingsChange;
use whittle_domain::input::Dialect;
use worker::Env;

use super::PROFILE;
use crate::account::store::settings;
use crate::account::{api, reset, sign_up as registration};
use crate::auth::account;
use crate::auth::lookup;
use crate::d1::Directory;
use crate::error::{Error, Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::page::query;
use crate::http::reply::Reply;
use crate::http::sign_in::SignInPage;
use crate::route::Account;
use crate::texts::say;

/// The page to sign in.
pub fn sign_in_form(context: &RequestContext, faults: &Faults) -> Result<Reply> {
    let page = SignInPage::new(&context.page, api::next(context), context.form.as_ref(), faults);
    Reply::html(faults.status(), &page)
}

/// A name and a password that were sent.
pub async fn sign_in(context: &RequestContext, env: &Env) -> Result<Reply> {
    match api::browser_login(context, env).await {
        Err(refused) => sign_in_form(context, &Faults::of(refused)?),
        done => done,
    }
}

#[derive(Template)]
#[template(path = "page/sign_out.html")]
struct SignOutPage {
    page: Layout,
}

/// The page to sign out.
pub fn sign_out_form(context: &RequestContext) -> Result<Reply> {
    Reply::html(200, &SignOutPage { page: Layout::new(&context.page, say("sign-out-title")) })
}

/// Signs out. Whose session has ended by itself is signed out as well.
pub async fn sign_out(context: &RequestContext, env: &Env) -> Result<Reply> {
    let done = Reply::saved("/", Notice::SignedOut);
    match api::logout(context, env).await {
        Ok(reply) => Ok(done.with_headers_of(reply)),
        Err(Error::Unauthorized(_)) => Ok(done),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "page/sign_up.html")]
struct SignUpPage {
    page: Layout,
    general: Vec<String>,
    fields: Vec<Field>,
    /// The query with which signing in leads to the same page.
    query: String,
}

const SIGN_UP: [&str; 6] = ["username", "email", "first_name", "last_name", "password", "password2"];

/// The page to sign up.
pub fn sign_up_form(context: &RequestContext, faults: &Faults) -> Result<Reply> {
    let form = context.form.as_ref();
    let fields = [
        Field::text("first_name", say("first-name-label"), "given-name"),
        Field::text("last_name", say("last-name-label"), "family-name"),
        Field::email("email", say("email-label"), "email").hint(say("sign-up-email-hint")),
        Field::text("username", say("username-label"), "username").hint(say("sign-up-username-hint")),
        Field::password("password", say("password-label"), "new-password").hint(say("new-password-hint")),
        Field::password("password2", say("password-again-label"), "new-password"),
    ];
    let page = SignUpPage {
        page: Layout::new(&context.page, say("sign-up-title")),
        general: faults.beside(&SIGN_UP).into_iter().map(ToOwned::to_owned).collect(),
        fields: fields.into_iter().map(|field| field.typed(form, faults)).collect(),
        query: query("next", api::next(context)),
    };
    Reply::html(faults.status(), &page)
}

/// A sign-up that was sent. The new account is signed in at once; its page says what the mail is for, and has the time zone in
/// which the network takes its browser to be, to be corrected there.
pub async fn sign_up(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    let dialect = if route == Account::ApiSignUp { Dialect::Bookings } else { Dialect::Calendars };
    let id = match registration::register(context, dialect, env).await {
        Ok((id, _)) => id,
        Err(refused) => return sign_up_form(context, &Faults::of(refused)?),
    };
    if let Some(guess) = &context.page.viewer.guess {
        let timezone = Some(guess.clone());
        let wanted = SettingsChange { timezone, ..SettingsChange::default() };
        settings::change(&Directory::of(env), id, &wanted, None).await?;
    }
    let row = lookup::find_by_id(&Directory::of(env), id).await?.ok_or_else(no_credentials)?;
    let done = Reply::saved(api::next(context).unwrap_or(PROFILE), Notice::SignedUp);
    api::begin_session(done, &account::Account::from(row), context, env).await
}

#[derive(Template)]
#[template(path = "page/reset.html")]
struct ResetPage {
    page: Layout,
    general: Vec<String>,
    email: Field,
}

/// The page to ask for a link to choose another password.
pub fn reset_form(context: &RequestContext, faults: &Faults) -> Result<Reply> {
    let email = Field::email("email", say("email-label"), "email");
    let page = ResetPage {
        page: Layout::new(&context.page, say("reset-title")),
        general: faults.beside(&["email"]).into_iter().map(ToOwned::to_owned).collect(),
        email: email.typed(context.form.as_ref(), faults),
    };
    Reply::html(faults.status(), &page)
}

/// An address that was sent. Whether it has an account is not told.
pub async fn ask_reset(context: &RequestContext, env: &Env) -> Result<Reply> {
    match reset::request_link(context, env).await {
        Ok(_) => Ok(Reply::saved("/accounts/password/reset/", Notice::ResetAsked)),
        Err(refused) => reset_form(context, &Faults::of(refused)?),
    }
}
