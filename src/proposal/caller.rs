//! Who calls, as a proposal needs to know it.

use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use whittle_domain::proposal::Caller;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::auth::account::{Account, authenticate};
use crate::auth::link;
use crate::error::{Error, Result};
use crate::http::credential::Credential;

/// For how long an account is taken at its word: ten minutes.
const ACCOUNT_MILLIS: i64 = 600_000;

/// The caller of the proposal `id`: by link without D1, by account with one read.
pub async fn caller(credential: &Credential, id: u64, env: &Env, now: Instant) -> Result<Caller> {
    caller_and_zone(credential, id, env, now).await.map(|(caller, _)| caller)
}

/// As [`caller`], with the time zone of the account that is signed in.
pub async fn caller_and_zone(
    credential: &Credential,
    id: u64,
    env: &Env,
    now: Instant,
) -> Result<(Caller, Option<Zone>)> {
    let with_zone = |account: Account| {
        let zone = account.timezone.clone();
        (Caller::from(account), Some(zone))
    };
    match credential {
        Credential::Link(token) | Credential::OpenedLink(token) => {
            Ok((party(&link::verify(token, Purpose::Proposal, id, env, now)?), None))
        }
        Credential::SessionOrLink { link: token, .. } => {
            let link = link::verify(token, Purpose::Proposal, id, env, now).map(|link| party(&link));
            match (authenticate(credential, env, now).await, link) {
                (Ok(account), Ok(link)) => {
                    let (account, zone) = with_zone(account);
                    Ok((Caller::Either { account: Box::new(account), link: Box::new(link) }, zone))
                }
                (Ok(account), Err(_)) => Ok(with_zone(account)),
                (Err(Error::Unauthorized(_)), link) => link.map(|link| (link, None)),
                (Err(fault), _) => Err(fault),
            }
        }
        other => authenticate(other, env, now).await.map(with_zone),
    }
}

/// For how many milliseconds it is certain who this caller is: by a link until it expires. What an account shows can end at any
/// time, and nobody tells who has it open.
pub fn certain_for(credential: &Credential, caller: &Caller, id: u64, env: &Env, now: Instant) -> i64 {
    let link = match credential {
        Credential::Link(token)
        | Credential::OpenedLink(token)
        | Credential::SessionOrLink { link: token, .. } => {
            link::verify(token, Purpose::Proposal, id, env, now).ok()
        }
        _ => None,
    };
    let link = link.map(|link| link.expires().millis().saturating_sub(now.millis()));
    let account = (!matches!(caller, Caller::Link { .. })).then_some(ACCOUNT_MILLIS);
    link.into_iter().chain(account).min().unwrap_or_default()
}

/// As [`caller`], but an expired link is accepted: its holder may still ask for a new one.
pub async fn caller_even_expired(
    credential: &Credential,
    id: u64,
    env: &Env,
    now: Instant,
) -> Result<Caller> {
    match credential {
        Credential::Link(token)
        | Credential::OpenedLink(token)
        | Credential::SessionOrLink { link: token, .. } => {
            Ok(party(&link::verify_even_expired(token, Purpose::Proposal, id, env, now)?))
        }
        other => caller(other, id, env, now).await,
    }
}

const fn party(link: &Link) -> Caller {
    Caller::Link { party: link.party, generation: link.generation }
}

impl From<Account> for Caller {
    fn from(account: Account) -> Self {
        let Account { id, address, verified, staff, .. } = account;
        Self::Account { id, address, verified, staff }
    }
}
