//! What the mailed links of an account open: pages that ask, and act by their button alone.

use askama::Template;
use worker::Env;

use super::{PROFILE, SIGN_IN};
use crate::account::asked::{Asked, Question};
use crate::account::{address as change, reset as password, sign_up as registration};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::error_page;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::route::Account;
use crate::texts::{Said, say};

/// Where a link that does not work sends people, and what the way is called.
type Way = (&'static str, Said<'static>);

#[derive(Template)]
#[template(path = "page/asked.html")]
struct AskedPage {
    page: Layout,
    lead: String,
    username: String,
    address: String,
    fields: Vec<Field>,
    general: Vec<String>,
    button: String,
    /// What to do where this was not meant.
    otherwise: String,
}

fn asked_page(asked: &Asked, context: &RequestContext, faults: &Faults) -> Result<Reply> {
    let password = Field::password("password", say("password-label"), "current-password");
    let password = password.hint(say("staff-password-hint")).typed(None, faults);
    let (title, lead, button, otherwise) = match asked.question {
        Question::Verify => {
            (say("verify-title"), say("verify-lead"), say("verify-button"), say("verify-otherwise"))
        }
        Question::Address => {
            (say("address-title"), say("address-lead"), say("address-button"), say("address-otherwise"))
        }
        Question::Undo => (say("undo-title"), say("undo-lead"), say("undo-button"), say("undo-otherwise")),
    };
    let page = AskedPage {
        page: Layout::new(&context.page, title),
        lead: lead.to_string(),
        username: asked.username.clone(),
        address: asked.address.to_string(),
        fields: if asked.needs_password { vec![password] } else { Vec::new() },
        general: faults.beside(&["password"]).into_iter().map(ToOwned::to_owned).collect(),
        button: button.to_string(),
        otherwise: otherwise.to_string(),
    };
    Reply::html(faults.status(), &page)
}

/// The page of a link that is refused, where that is the link's fault.
fn dead(error: Error, context: &RequestContext, (way, said): Way) -> Result<Reply> {
    match error {
        Error::Unauthorized(_) => Ok(error_page::link(error, &context.page, way, said)),
        other => Err(other),
    }
}

/// What was done; else why the link does not work.
fn done(done: Result<Reply>, notice: Notice, context: &RequestContext, way: Way) -> Result<Reply> {
    // Who is signed in here may be this account, and need not do so again.
    let next = if context.page.signed_in && notice != Notice::AddressKept { PROFILE } else { SIGN_IN };
    done.map(|_| Reply::saved(next, notice)).or_else(|error| dead(error, context, way))
}

/// `/accounts/verify/{token}/`
pub async fn verify(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    let way: Way = (PROFILE, say("verify-again-way"));
    let faults = match route {
        Account::VerifyNow => match registration::verify(context, env).await {
            Err(refused @ Error::Invalid(_)) => Faults::of(refused)?,
            acted => return done(acted, Notice::AddressConfirmed, context, way),
        },
        _ => Faults::default(),
    };
    match registration::show(context, env).await {
        Ok(asked) => asked_page(&asked, context, &faults),
        Err(error) => dead(error, context, way),
    }
}

/// `/accounts/address/{token}/`
pub async fn address(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    let way: Way = (PROFILE, say("address-again-way"));
    let faults = match route {
        Account::AddressNow => match change::change(context, env).await {
            Err(refused @ Error::Invalid(_)) => Faults::of(refused)?,
            acted => return done(acted, Notice::AddressChanged, context, way),
        },
        _ => Faults::default(),
    };
    match change::show(context, env).await {
        Ok(asked) => asked_page(&asked, context, &faults),
        Err(error) => dead(error, context, way),
    }
}

/// `/accounts/address/undo/{token}/`
pub async fn undo(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    let way: Way = ("/accounts/password/reset/", say("undo-again-way"));
    let faults = match route {
        Account::UndoNow => match change::undo(context, env).await {
            Err(refused @ Error::Invalid(_)) => Faults::of(refused)?,
            acted => return done(acted, Notice::AddressKept, context, way),
        },
        _ => Faults::default(),
    };
    match change::show_undo(context, env).await {
        Ok(asked) => asked_page(&asked, context, &faults),
        Err(error) => dead(error, context, way),
    }
}

#[derive(Template)]
#[template(path = "page/new_password.html")]
struct NewPasswordPage {
    page: Layout,
    general: Vec<String>,
    fields: [Field; 2],
}

/// `/accounts/password/reset/{token}/`
pub async fn reset(route: Account, context: &RequestContext, env: &Env) -> Result<Reply> {
    let way: Way = ("/accounts/password/reset/", say("reset-again-way"));
    let form = |faults: &Faults| {
        let page = NewPasswordPage {
            page: Layout::new(&context.page, say("new-password-title")),
            general: faults
                .beside(&["new_password", "password2"])
                .into_iter()
                .map(ToOwned::to_owned)
                .collect(),
            fields: [
                Field::password("new_password", say("new-password-label"), "new-password")
                    .hint(say("new-password-hint"))
                    .typed(None, faults),
                Field::password("password2", say("new-password-again-label"), "new-password")
                    .typed(None, faults),
            ],
        };
        Reply::html(faults.status(), &page)
    };
    let done = match route {
        Account::ResetNow => password::act(context, env).await,
        _ => password::show(context, env),
    };
    match done {
        Ok(_) if route == Account::ResetNow => Ok(Reply::saved(SIGN_IN, Notice::PasswordChanged)),
        Ok(_) => form(&Faults::default()),
        Err(refused @ Error::Invalid(_)) => form(&Faults::of(refused)?),
        Err(error) => dead(error, context, way),
    }
}
