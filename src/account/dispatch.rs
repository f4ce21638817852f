//! Which handler an account's route has.

use whittle_domain::input::Dialect;
use worker::Env;

use super::form::Form;
use super::{address, api, delete, export, me, reset, sessions, sign_in, sign_up};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Account;

pub async fn dispatch(route: Account, context: RequestContext, env: &Env) -> Result<Reply> {
    let form = Form::for_route(route);
    match (handle(route, context, env).await, form) {
        (Err(refusal), Some(form)) if refusal.is_refusal() => Ok(form.refused(refusal)),
        (answer, _) => answer,
    }
}

async fn handle(route: Account, context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Account::SignUp => sign_up::sign_up(context, Dialect::Calendars, env).await,
        Account::ApiSignUp => sign_up::sign_up(context, Dialect::Bookings, env).await,
        Account::SignUpForm => Ok(Form::SignUp.reply()),
        Account::ApiLogin => api::login(&context, env).await,
        Account::LoginForm => Ok(Form::Login.reply()),
        Account::BrowserLogin => api::browser_login(&context, env).await,
        Account::LogoutForm => Ok(Form::Logout.reply()),
        Account::ApiLogout => api::logout(&context, env).await,
        Account::Detail => api::detail(&context, env).await,
        Account::VerifyAgain => sign_up::mail_proof_again(&context, env).await,
        Account::ChangePassword => reset::change(&context, env).await,
        Account::ResetForm => Ok(Form::Reset.reply()),
        Account::AskReset => reset::request_link(&context, env).await,
        Account::Reset => reset::show(&context, env),
        Account::ResetNow => reset::act(&context, env).await,
        Account::ChangeAddress => address::request_change(&context, env).await,
        Account::Address => address::show(&context, env).await,
        Account::AddressNow => address::change(&context, env).await,
        Account::Undo => address::show_undo(&context, env).await,
        Account::UndoNow => address::undo(&context, env).await,
        Account::Me => me::show(&context, env).await,
        Account::ChangeMe => me::change(&context, env).await,
        Account::Leave => delete::delete(&context, env).await,
        Account::Export => export::export(&context, env).await,
        Account::SignIns => sessions::list(&context, env).await,
        Account::EndSignIns => sessions::end_others(&context, env).await,
        Account::EndSignIn => sessions::end(&context, env).await,
        Account::Login => sign_in::login(&context, env).await,
        Account::Refresh => sign_in::refresh(&context, env).await,
        Account::Logout => sign_in::logout(&context, env).await,
        Account::Verify => sign_up::show(&context, env).await,
        Account::VerifyNow => sign_up::verify(context, env).await,
        Account::TokenAuth => api::token_auth(&context, env).await,
    }
}
