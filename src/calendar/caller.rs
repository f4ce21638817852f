//! Who calls, as a calendar needs to know it.

use whittle_domain::calendar::Caller;
use whittle_domain::link::{Link, LinkError, Purpose};
use worker::Env;

use super::client::call;
use super::refusal::bad_token;
use super::wire::Exists;
use crate::auth::account::Account;
use crate::config;
use crate::error::{Result, refused_link};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;

impl From<Account> for Caller {
    fn from(account: Account) -> Self {
        let Account { id, address, verified, staff, .. } = account;
        Self::Account { id, address, verified, staff }
    }
}

/// The invitee of the calendar `id` who holds the link that the request brings, without D1.
pub async fn invitee(id: u64, context: &RequestContext, env: &Env) -> Result<Caller> {
    link(id, false, context, env).await.map(|link| holder(&link))
}

/// As [`invitee`], but an expired link is accepted: its holder may still ask for a new one.
pub async fn invitee_even_expired(id: u64, context: &RequestContext, env: &Env) -> Result<Caller> {
    link(id, true, context, env).await.map(|link| holder(&link))
}

/// For how many milliseconds it is certain who holds the link.
pub async fn certain_for(id: u64, context: &RequestContext, env: &Env) -> Result<i64> {
    let link = link(id, false, context, env).await?;
    Ok(link.expires().millis().saturating_sub(context.now.millis()))
}

const fn holder(link: &Link) -> Caller {
    Caller::Link { invitee: link.party, generation: link.generation }
}

/// The link that the request brings. One of another calendar says nothing here, but that there is no such calendar, where there is
/// none.
async fn link(id: u64, even_expired: bool, context: &RequestContext, env: &Env) -> Result<Link> {
    let (Credential::Link(token)
    | Credential::OpenedLink(token)
    | Credential::SessionOrLink { link: token, .. }) = &context.credential
    else {
        return Err(bad_token());
    };
    match Link::verify(token, Purpose::Calendar, &config::keys(env)?, context.now) {
        Ok(link) if link.subject == id => Ok(link),
        Err(LinkError::Expired(link)) if link.subject == id => match even_expired {
            true => Ok(link),
            false => Err(refused_link(LinkError::Expired(link))),
        },
        Err(LinkError::Invalid) => Err(bad_token()),
        Ok(_) | Err(LinkError::Expired(_)) => {
            call(id, Exists {}, &context.dev, env).await?;
            Err(bad_token())
        }
    }
}
