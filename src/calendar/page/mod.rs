//! The pages of calendars: which page a route has, and what the pages share.

mod answer;
mod common;
mod compose;
mod list;

use whittle_domain::calendar::{Act, Calendar as State, Caller, Command, Reading};
use whittle_domain::ledger::Digest;
use whittle_domain::zone::Zone;
use worker::Env;

use super::client::call;
use super::wire::Read;
use crate::auth::account::authenticate;
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::http::viewer;
use crate::route::Calendar;

/// The page of a route; none where the API's answer is shown as it is, such as a file.
pub async fn dispatch(route: Calendar, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Calendar::OpenInvitation(id), _) => answer::show(id, context, env).await.map(Some),
        (Calendar::Respond(id), Some(form)) => answer::act(id, form, false, context, env).await.map(Some),
        (Calendar::ChangeAnswer(id), Some(form)) => answer::act(id, form, true, context, env).await.map(Some),
        (Calendar::ResendInvitation(id), Some(_)) => answer::resend(id, context, env).await.map(Some),
        (Calendar::Calendars, _) => list::show(context, env).await.map(Some),
        (Calendar::ComposeCalendar, _) => compose::api::show(context, env).await.map(Some),
        (Calendar::ComposeMoreCalendar, Some(form)) => {
            compose::api::compose(form, context, env).await.map(Some)
        }
        _ => Ok(None),
    }
}

pub use compose::api::told;

/// What the owner's pages show.
struct Owned {
    calendar: Box<State>,
    /// As whom the reader acts.
    label: String,
    /// The ledger's head.
    head: Digest,
    /// The time zone of the account that is signed in.
    zone: Zone,
}

impl Owned {
    /// The zone to show times in.
    fn shown(&self, context: &RequestContext) -> viewer::Shown {
        context.page.viewer.zone(Some(&self.zone), &self.calendar.timezone)
    }
}

/// Reads a calendar for its owner. With `looks` it is a look, which leaves a VIEW.
async fn read_owned(id: u64, looks: bool, context: &RequestContext, env: &Env) -> Result<Owned> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let zone = account.timezone.clone();
    let caller = Caller::Account {
        id: account.id,
        address: account.address,
        verified: account.verified,
        staff: account.staff,
    };
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller, via: context.credential.via(), command };
    let read = call(id, Read { act, looks }, &context.dev, env).await?;
    match read.0 {
        Reading::Owner { calendar, label, head } => Ok(Owned { calendar, label, head, zone }),
        Reading::Invitee(_) => Err(not_found()),
    }
}
