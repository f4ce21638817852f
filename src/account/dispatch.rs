//! Which handler an account's route has.

use whittle_domain::input::Dialect;
use worker::Env;

use super::{address, api, asked, delete, export, me, page, reset, sessions, sign_in, sign_up};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Account;

pub async fn dispatch(route: Account, context: RequestContext, env: &Env) -> Result<Reply> {
    match context.html {
        true => page::answer(route, &context, env).await,
        false => handle(route, &context, env).await,
    }
}

/// The answer of the API.
async fn handle(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Account::SignUp => sign_up::sign_up(context, Dialect::Calendars, env).await,
        Account::ApiSignUp => sign_up::sign_up(context, Dialect::Bookings, env).await,
        Account::SignUpForm => Ok(asked::sign_up()),
        Account::ApiLogin => api::login(context, env).await,
        Account::LoginForm => Ok(asked::sign_in()),
        Account::BrowserLogin => api::browser_login(context, env).await,
        Account::LogoutForm => Ok(asked::sign_out()),
        Account::ApiLogout => api::logout(context, env).await,
        Account::Detail => api::detail(context, env).await,
        Account::VerifyAgain => sign_up::mail_proof_again(context, env).await,
        Account::ChangePassword => reset::change(context, env).await,
        Account::ResetForm => Ok(asked::reset()),
        Account::AskReset => reset::request_link(context, env).await,
        Account::Reset => reset::show(context, env),
        Account::ResetNow => reset::act(context, env).await,
        Account::ChangeAddress => address::request_change(context, env).await,
        Account::Address => Ok(address::show(context, env).await?.reply()),
        Account::AddressNow => address::change(context, env).await,
        Account::Undo => Ok(address::show_undo(context, env).await?.reply()),
        Account::UndoNow => address::undo(context, env).await,
        Account::Me => me::show(context, env).await,
        Account::ChangeMe => me::change(context, env).await,
        Account::Leave => delete::delete(context, env).await,
        Account::Export => export::export(context, env).await,
        Account::SignIns => sessions::list(context, env).await,
        Account::EndSignIns => sessions::end_others(context, env).await,
        Account::EndSignIn => sessions::end(context, env).await,
        Account::Login => sign_in::login(context, env).await,
        Account::Refresh => sign_in::refresh(context, env).await,
        Account::Logout => sign_in::logout(context, env).await,
        Account::Verify => Ok(sign_up::show(context, env).await?.reply()),
        Account::VerifyNow => sign_up::verify(context, env).await,
        Account::TokenAuth => api::token_auth(context, env).await,
    }
}
