//! The pages of accounts. A form is posted to the URL of its act; the act's own handler does it, and the page comes again,
//! with what was saved or with what is wrong.

mod entrance;
mod links;
mod profile;
mod sign_ins;

use worker::Env;

use super::{address, api, delete, export, me, reset, sessions, sign_in, sign_up};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::Faults;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::route::Account;
use profile::Section;

/// The profile.
pub const PROFILE: &str = "/accounts/me/";
/// The password, and where the account is signed in.
const SIGN_INS: &str = "/accounts/sessions/";
const SIGN_IN: &str = "/api-auth/login/";

/// The answer to a browser.
pub async fn answer(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Account::SignUpForm => entrance::sign_up_form(context, &Faults::default()),
        Account::SignUp | Account::ApiSignUp => entrance::sign_up(route, context, env).await,
        Account::LoginForm => entrance::sign_in_form(context, &Faults::default()),
        Account::BrowserLogin | Account::ApiLogin => entrance::sign_in(context, env).await,
        Account::LogoutForm => entrance::sign_out_form(context),
        Account::ApiLogout => entrance::sign_out(context, env).await,
        Account::ResetForm => entrance::reset_form(context, &Faults::default()),
        Account::AskReset => entrance::ask_reset(context, env).await,
        Account::Verify | Account::VerifyNow => links::verify(route, context, env).await,
        Account::Address | Account::AddressNow => links::address(route, context, env).await,
        Account::Undo | Account::UndoNow => links::undo(route, context, env).await,
        Account::Reset | Account::ResetNow => links::reset(route, context, env).await,
        Account::Me | Account::Detail => profile::show(context, env, None).await,
        Account::ChangeMe => {
            let done = me::change(context, env).await.map(|_| Reply::saved(PROFILE, Notice::SettingsSaved));
            profile::or_again(done, Section::Settings, context, env).await
        }
        Account::ChangeAddress => {
            let done = address::request_change(context, env).await;
            let done = done.map(|_| Reply::saved(PROFILE, Notice::AddressAsked));
            profile::or_again(done, Section::Address, context, env).await
        }
        Account::VerifyAgain => {
            let done = sign_up::mail_proof_again(context, env).await.map(|done| match done.status {
                202 => Reply::saved(PROFILE, Notice::ProofSent),
                _ => Reply::saved(PROFILE, Notice::ProofNotNeeded),
            });
            profile::or_again(done, Section::Address, context, env).await
        }
        Account::Leave => {
            let done = delete::delete(context, env).await;
            let done = done.map(|done| Reply::saved("/", Notice::AccountLeft).with_headers_of(done));
            profile::or_again(done, Section::Leave, context, env).await
        }
        Account::ChangePassword => {
            let done = reset::change(context, env).await;
            let done = done.map(|done| Reply::saved(SIGN_IN, Notice::PasswordChanged).with_headers_of(done));
            sign_ins::or_again(done, context, env).await
        }
        Account::SignIns => sign_ins::show(context, env, &Faults::default()).await,
        Account::EndSignIn => {
            sessions::end(context, env).await?;
            Ok(Reply::saved(SIGN_INS, Notice::SignInEnded))
        }
        Account::EndSignIns => {
            sessions::end_others(context, env).await?;
            Ok(Reply::saved(SIGN_INS, Notice::SignInsEnded))
        }
        // A file, and what only programs ask for.
        Account::Export => export::export(context, env).await,
        Account::Login => sign_in::login(context, env).await,
        Account::Refresh => sign_in::refresh(context, env).await,
        Account::Logout => sign_in::logout(context, env).await,
        Account::TokenAuth => api::token_auth(context, env).await,
    }
}
