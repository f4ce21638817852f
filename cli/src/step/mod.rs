//! What commands do beside sending what their arguments make: mostly reading first, so that what is changed is what was seen.

pub mod doctor;
pub mod hours;
pub mod login;
pub mod proposal;
pub mod shell;
pub mod transfer;
pub mod verify;

use clap::ArgMatches;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::args::{flag, text};
use crate::call::Call;
use crate::config::Credential;
use crate::context::Context;
use crate::error::Error;
use crate::http::{Answer, Ask};
use crate::show::at;

pub use hours::{hours, week};
pub use proposal::{fix, keep, notify, parties};

/// The answer to a GET of the path that a request has, with the version that the request is then a change of.
fn read(call: &mut Call) -> Result<Answer, Error> {
    let answer = call.client.send(&Ask::new(Method::GET, call.ask.path.clone()))?;
    if call.ask.if_match.is_none() {
        call.ask.if_match = answer.header("etag").map(str::to_owned);
    }
    Ok(answer)
}

/// The version is read before the change, unless the caller names one: the change is made to what is there, and can be sent again.
pub fn read_first(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if call.ask.if_match.is_none() {
        read(call)?;
    }
    Ok(())
}

/// `--export`: the log as JSON Lines.
pub fn export(_: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if flag(matches, "export") {
        call.ask.accept = "application/jsonl";
    }
    Ok(())
}

/// A calendar has a description, even if it is empty.
pub fn described(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    call.body.entry("description").or_insert_with(|| Value::from(""));
    Ok(())
}

/// An answer without a time is that none suits.
pub fn availability(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    call.body.entry("availability").or_insert_with(|| json!([]));
    Ok(())
}

/// The token goes with the body, since it may have expired.
pub fn send_token(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    match &call.client.credential {
        Credential::Link(token) => {
            call.body.insert("et".to_owned(), Value::from(token.as_str()));
            Ok(())
        }
        _ => Err(Error::Usage(
            "This is done by the link of a mail: give the link itself, or the id and --et.".to_owned(),
        )),
    }
}

/// `--take N`: the schedule that was suggested as the nth.
pub fn finalize(_: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let Some(number) = text(matches, "take") else {
        if call.body.is_empty() {
            return Err(Error::Usage("Which schedule? --take 1 takes the first of `calendars suggest`; --meeting places one by hand.".to_owned()));
        }
        return Ok(());
    };
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let mut ask = Ask::new(Method::GET, call.ask.path.clone());
    ask.query.push(("alternatives".to_owned(), "20".to_owned()));
    let suggested = call.client.send(&ask)?.json()?;
    let schedule = index.and_then(|index| at(&suggested, "suggested_schedules")?.get(index)?.as_array());
    let schedule = schedule
        .ok_or_else(|| Error::Usage(format!("No schedule with the number {number} is suggested.")))?;
    let meetings = schedule.iter().map(|meeting| {
        let mut placed = json!({
            "contact_id": meeting.get("id"),
            "start_time": meeting.get("start_time"),
            "end_time": meeting.get("end_time"),
        });
        for fold in ["fold", "end_fold"] {
            if let (Some(value), Some(members)) = (meeting.get(fold), placed.as_object_mut()) {
                members.insert(fold.to_owned(), value.clone());
            }
        }
        placed
    });
    call.body.insert("finalized_schedule".to_owned(), meetings.collect());
    Ok(())
}

/// `--all`: events that have begun, too.
pub fn all_events(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if let Some(pair) = call.ask.query.iter_mut().find(|(name, _)| name == "all") {
        *pair = ("future".to_owned(), "false".to_owned());
    }
    Ok(())
}

/// An event has a description and participants, even if there are none.
pub fn new_event(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    call.body.entry("description").or_insert_with(|| Value::from(""));
    call.body.entry("participants").or_insert_with(|| json!([]));
    Ok(())
}

/// The zone in which a guest is told times: the one in which this client tells them, if it has a name.
fn zone_name(context: &Context) -> Option<String> {
    context.zone.iana_name().map(str::to_owned)
}

/// Times are those of the client's zone.
pub fn own_zone(context: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    call.ask.query.extend(zone_name(context).map(|zone| ("zone".to_owned(), zone)));
    Ok(())
}

/// The zone in which a guest's mails tell times.
pub fn own_zone_in_body(context: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if let Some(zone) = zone_name(context) {
        call.body.entry("zone").or_insert_with(|| Value::from(zone));
    }
    Ok(())
}
