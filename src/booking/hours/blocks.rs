//! `/api/user/block_slots/`: an account blocks hours of a day, so that nobody books it then, and unblocks them.
//!
//! 1. One read authenticates and finds what is there around the day.
//! 2. The body must be hours of a day that is not over.
//! 3. Hours that are booked are refused, each by name; so are those that a booking takes meanwhile, for the database refuses them (409).
//! 4. One batch writes what is not there yet, and reads what there is then.
//!
//! Blocking what is blocked, and unblocking what is not, changes nothing.

use serde_json::{Value, json};
use whittle_domain::booking::day::{DayHours, HourSet};
use whittle_domain::booking::freebusy::{merged, rest};
use whittle_domain::input;
use whittle_domain::slot::Slot;
use worker::Env;

use super::store::{self, Person, Who};
use crate::auth::account::authenticate_and_query;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Refusal, Result, no_credentials};
use crate::http::context::RequestContext;
use crate::random;

/// How often a block is judged anew that a booking was in the way of, which has gone since.
const TRIES: u8 = 2;

/// `POST` blocks, `DELETE` unblocks; the day as it is then.
pub async fn change(context: &RequestContext, blocks: bool, env: &Env) -> Result<Value> {
    let now = context.now;
    let date = context.body.get("date").and_then(|date| input::parse_date(date).ok());
    let queries = date.map(|day| store::read(Who::Own, Some(day), store::around(day), now));
    let (account, found) = authenticate_and_query(context, env, queries.into_iter().collect()).await?;
    let (day, hours) = input::parse_blocks(&context.body, &account.timezone, now)?;
    let mut person = Person::found(found.first())?.ok_or_else(no_credentials)?;
    let day = DayHours::new(day, &account.timezone);
    let directory = Directory::of(env);
    for tried in 1..=TRIES {
        let statements = match blocks {
            true => {
                refuse_booked(&person, &day, hours)?;
                let taken = person.blocks();
                let new: Vec<Slot> = slots(&day, hours).flat_map(|slot| rest(slot, taken.clone())).collect();
                match new.is_empty() && person.has_record() {
                    true => Vec::new(),
                    false => store::block(account.id, day.day(), &new, random::id()?, now),
                }
            }
            false if day.touched(&person.blocks()).intersection(hours).is_empty() => Vec::new(),
            false => store::unblock(account.id, day.day(), &merged(slots(&day, hours).collect()), now),
        };
        if !statements.is_empty() {
            let again = || store::read_own(account.id, day.day(), now);
            let batch: Vec<Statement> = statements.into_iter().chain([again()]).collect();
            let done = match directory.unread(batch).await {
                Err(Error::Database(Refusal::Busy { .. })) if tried < TRIES => {
                    directory.unread(vec![again()]).await.map(|rows| (false, rows))
                }
                done => done.map(|rows| (true, rows)),
            };
            let (is_done, rows) = done?;
            person = Person::found(rows.last())?.ok_or_else(no_credentials)?;
            if !is_done {
                continue;
            }
        }
        let occupied = person.occupied(&day, false);
        return Ok(person.shown(&day, occupied, &account.timezone, now));
    }
    Err(Error::Unavailable("a block was refused by what is not there any more".to_owned()))
}

/// The times of these hours, in order.
fn slots(day: &DayHours, hours: HourSet) -> impl Iterator<Item = Slot> {
    hours.iter().flat_map(|hour| day.pieces(hour))
}

fn refuse_booked(person: &Person, day: &DayHours, hours: HourSet) -> Result<()> {
    let booked = day.touched(&person.meetings()).intersection(hours);
    if booked.is_empty() {
        return Ok(());
    }
    let said = booked.iter().map(|hour| format!("There is already an event booked at time slot : {hour}"));
    Err(Error::Clash(json!({ "err_message": said.collect::<Vec<String>>() })))
}
