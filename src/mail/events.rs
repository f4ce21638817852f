//! `POST /mail/events`: what the provider tells of mail it could not deliver, signed (the Svix scheme).

use serde::Deserialize;
use whittle_domain::address::Address;
use whittle_domain::proposal::Undeliverable;
use whittle_domain::webhook::{self, Headers};
use worker::Env;

use super::suppression;
use crate::clock::{self, Offset};
use crate::config;
use crate::d1::{Directory, Statement};
use crate::dev::Dev;
use crate::error::{Result, bad_json, not_found, unauthorized};
use crate::http::body::Signed;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::{calendar, proposal};

/// The open proposals, and the open calendars, at which it is shown; all others find out when they next send.
const MOST: i64 = 50;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    bounce: Bounce,
}

#[derive(Default, Deserialize)]
struct Bounce {
    #[serde(default, rename = "type")]
    kind: String,
}

impl Event {
    /// Why its recipients get no more mail, where they are to get none. Only a bounce that lasts says so: whether one that is
    /// `Transient` or `Undetermined` does, the next mail will show.
    fn undeliverable(&self) -> Option<Undeliverable> {
        match self.kind.as_str() {
            "email.bounced" if self.data.bounce.kind == "Permanent" => Some(Undeliverable::Bounced),
            "email.complained" => Some(Undeliverable::Complained),
            _ => None,
        }
    }
}

/// Takes an event; 204, however often it comes.
/// 1. the signature must be good; 2. the address is suppressed; 3. open proposals and calendars show it at whom they ask.
pub async fn take(context: &RequestContext, env: &Env) -> Result<Reply> {
    let secrets = config::var(env, "MAIL_WEBHOOK_SECRET").ok_or_else(not_found)?;
    let Signed { bytes, id, timestamp, signature } = context.signed.as_ref().ok_or_else(not_found)?;
    let headers = Headers { id, timestamp, signature };
    let now = clock::now(Offset::default());
    if !webhook::verify(&secrets, headers, bytes, now) {
        return Err(unauthorized("Invalid signature."));
    }
    let event: Event = whittle_json::from_slice(bytes).map_err(|e| bad_json(&e.to_string()))?;
    let Some(why) = event.undeliverable() else { return Ok(Reply::empty()) };
    let directory = Directory::of(env);
    let addresses: Vec<Address> =
        event.data.to.iter().filter_map(|to| super::mailbox(to).1.parse().ok()).collect();
    for address in &addresses {
        suppression::add(&directory, address, why, now).await?;
        let [proposals, calendars] = asking(&directory, address).await?;
        for id in proposals {
            let note = proposal::wire::NoteUndeliverable { address: address.clone(), why };
            proposal::client::call(id, note, &Dev::default(), env).await?;
        }
        for id in calendars {
            let note = calendar::wire::NoteUndeliverable { address: address.clone(), why };
            calendar::client::call(id, note, &Dev::default(), env).await?;
        }
    }
    Ok(Reply::empty())
}

const PROPOSALS: &str =
    "select cast(p.id as text) as json from proposal_parties q join proposals p on p.id = q.proposal
  where q.address_key = :key and p.state = 'open' order by p.created_at desc limit :most";
const CALENDARS: &str =
    "select cast(c.id as text) as json from calendar_invitees i join calendars c on c.id = i.calendar
  where i.address_key = :key and c.state = 'open' order by c.created_at desc limit :most";

/// The open proposals and calendars that ask an address.
async fn asking(directory: &Directory, address: &Address) -> Result<[Vec<u64>; 2]> {
    let query = |sql: &'static str| Statement::new(sql).bind("key", address.key()).bind("most", MOST);
    let rows = directory.batch(vec![query(PROPOSALS), query(CALENDARS)]).await?;
    let mut ids = rows.iter().map(|rows| rows.iter().filter_map(|row| row.parse().ok()).collect());
    Ok([ids.next().unwrap_or_default(), ids.next().unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasting_bounces_and_complaints_count() {
        let why = |text: &str| whittle_json::from_str::<Event>(text).ok()?.undeliverable();
        let bounce = |kind: &str| {
            format!(
                r#"{{"type": "email.bounced", "data": {{"to": ["a@b.c"], "bounce": {{"type": "{kind}"}}}}}}"#
            )
        };
        assert_eq!(why(&bounce("Permanent")), Some(Undeliverable::Bounced));
        assert_eq!(why(&bounce("Undetermined")), None);
        assert_eq!(why(r#"{"type": "email.bounced", "data": {"to": ["a@b.c"]}}"#), None);
        assert_eq!(why(&bounce("Transient")), None);
        assert_eq!(why(r#"{"type": "email.complained", "data": {}}"#), Some(Undeliverable::Complained));
        assert_eq!(why(r#"{"type": "email.delivered"}"#), None);
    }
}
