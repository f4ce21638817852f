//! Booking an event, and changing one: two trips to the database, and one more where it cannot be.

use std::time::Duration;

use serde_json::{Value, json};
use whittle_domain::booking::event::{self, Planned, Refused, Wanted};
use whittle_domain::booking::event_view::{EventView, view};
use whittle_domain::booking::judge::{Person, clashes, warnings};
use whittle_domain::input::{Body, EventBody, EventContext, event_addresses, event_time, parse_event};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Letter, Meeting, Organiser, Status, Template};
use worker::{Delay, Env};

use super::api::{Found, caller, seen};
use super::store;
use crate::auth::account::{Account, authenticate_and_query};
use crate::booking::hours::look::unverified;
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Refusal, Result, bad_request, not_found};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::scheduler;
use crate::meeting::people::{self, Asker};
use crate::meeting::{Counts, store as meetings};
use crate::platform::Rows;
use crate::random;

/// How often a change is judged anew that others were faster than.
const TRIES: u64 = 5;
/// For how long it waits before that, times the tries before, in milliseconds.
const PAUSE_MILLIS: u64 = 20;

/// What came of writing.
enum Written {
    /// It is as planned.
    Done,
    /// Somebody has changed it meanwhile, or the working hours of those who come.
    Changed,
    /// The account has booked the very same event before.
    Before(Box<Found>),
}

/// What is known when an event is booked or changed.
struct Booking<'a> {
    context: &'a RequestContext,
    env: &'a Env,
    account: Account,
    asker: Asker,
    people: Vec<Person>,
}

/// `POST /api/event/`: 201 with the event; 200 where the account has booked the very same before.
/// 1. one read: the account, and whom it may ask to come; 2. the body must parse; 3. all must be able to come; 4. one batch.
pub async fn book(context: &RequestContext, env: &Env) -> Result<Reply> {
    let id = random::id()?;
    for tried in 0..TRIES {
        pause(tried).await;
        let booking = Booking::read(None, context, env).await?.0;
        let Booking { account, asker, people, .. } = &booking;
        let wanted = booking.parse(EventBody::New, None).await?;
        let organiser = Organiser {
            account: account.id,
            address: account.address.clone(),
            name: account.name.clone(),
            opted_out: false,
            generation: 0,
        };
        let asking = asker.about(None, context.now);
        let planned = event::book(id, &wanted, &organiser, people, &asking, config::link_days(env));
        let planned = planned.map_err(|refused| booking.refused(&refused, None))?;
        let made = Instant::from_millis(context.now.millis());
        match booking.write(None, &planned).await? {
            Written::Done => {
                return Ok(booking.shown(201, &planned, made));
            }
            Written::Before(found) => {
                let (event, _) = seen(&found, account, context.now)?;
                return Ok(answer(200, &event, &[]));
            }
            Written::Changed => {}
        }
    }
    Err(Error::Unavailable("working hours that change all the time".to_owned()))
}

/// `PUT` and `PATCH /api/event/{id}/`: 200 with the event.
/// 1. one read: the account, the event, and who comes or may be asked to; 2. the caller must belong to it; 3. the body must parse;
///    4. all whose time it takes anew must be able to come; 5. one batch.
pub async fn change(id: u64, kind: EventBody, context: &RequestContext, env: &Env) -> Result<Reply> {
    for tried in 0..TRIES {
        pause(tried).await;
        let (booking, found) = Booking::read(Some(id), context, env).await?;
        let found = found.ok_or_else(not_found)?;
        let (_, standing) = seen(&found, &booking.account, context.now)?;
        if !standing.changes && !found.0.is_guests() {
            return Err(not_found());
        }
        let Found(meeting, made) = &found;
        let wanted = booking.parse(kind, Some(meeting)).await?;
        let asking = booking.asker.about(Some(id), context.now);
        let days = config::link_days(env);
        let planned = event::revise(meeting, &wanted, standing.attendee, &booking.people, &asking, days);
        let planned = planned.map_err(|refused| booking.refused(&refused, Some(&found)))?;
        let made = Instant::from_millis(*made);
        let Some(planned) = planned else {
            let event = view(meeting, made, standing.attendee, &booking.account.timezone, context.now);
            return Ok(answer(200, &event, &[]));
        };
        match booking.write(Some(meeting), &planned).await? {
            Written::Done => return Ok(booking.shown(200, &planned, made)),
            Written::Changed | Written::Before(_) => {}
        }
    }
    Err(Error::Unavailable("an event that changes all the time".to_owned()))
}

async fn pause(tried: u64) {
    if tried > 0 {
        Delay::from(Duration::from_millis(PAUSE_MILLIS.saturating_mul(tried))).await;
    }
}

impl<'a> Booking<'a> {
    /// Reads all that a request needs: who asks, the event, if there is one, and the people.
    async fn read(
        event: Option<u64>,
        context: &'a RequestContext,
        env: &'a Env,
    ) -> Result<(Self, Option<Found>)> {
        let body = &context.body;
        let range = event_time(body).or_else(|| event.is_none().then_some((0, 0)));
        let mut queries = vec![store::people(&event_addresses(body), event, range, context.now)];
        queries.extend(event.map(store::find));
        let (account, rows) = authenticate_and_query(context, env, queries).await?;
        if !account.verified {
            return Err(unverified());
        }
        let texts = |at: usize| rows.get(at).map(Rows::texts).unwrap_or_default();
        let people = people::parse(&texts(0))?;
        let found = texts(1).first().map(|row| whittle_json::from_str(row)).transpose()?;
        let asker = Asker { account: account.id, address: None, zone: account.timezone.clone() };
        Ok((Self { context, env, account, asker, people }, found))
    }

    async fn parse(&self, kind: EventBody, current: Option<&Meeting>) -> Result<Wanted> {
        let body: &Body = &self.context.body;
        let staying = current.into_iter().flat_map(|meeting| &meeting.attendees).map(|a| &a.address);
        let known: Vec<_> = self.people.iter().map(|person| &person.address).chain(staying).collect();
        let context = EventContext { zone: &self.asker.zone, known: &known, current };
        match parse_event(body, kind, &context) {
            Ok(mut wanted) => {
                wanted.if_match = self.context.seen();
                Ok(wanted)
            }
            Err(errors) => {
                // Nobody is to find out by and by which addresses have accounts.
                if json!(errors).get("participants").is_some() {
                    RateLimit::Place.check(self.env, format!("look-up {}", self.account.id)).await?;
                }
                Err(errors.into())
            }
        }
    }

    fn refused(&self, refused: &Refused, found: Option<&Found>) -> Error {
        let said = || json!({ "err_message": [refused.message(&self.asker.zone)] });
        match (refused, found) {
            (Refused::Stale, Some(found)) => match seen(found, &self.account, self.context.now) {
                Ok((event, _)) => Error::Stale { body: event.to_value().to_string(), version: event.version },
                Err(error) => error,
            },
            (Refused::Guests, _) => {
                Error::Taken { clashes: vec![refused.message(&self.asker.zone)], alternatives: Vec::new() }
            }
            _ => bad_request(said()),
        }
    }

    /// Writes what is planned, if all can come. Where the database refuses what was judged to be free, the clash is looked for;
    /// where there is none by now, it is written once more.
    async fn write(&self, before: Option<&Meeting>, planned: &Planned) -> Result<Written> {
        let Self { context, env, asker, people, .. } = self;
        let (now, after) = (context.now, &planned.change.meeting);
        let directory = Directory::of(env);
        let judged = people::of(people, &planned.judged);
        let asking = asker.about(Some(after.id), now);
        let mut hours = people::hours_read(&judged);
        let mut judge_again = !clashes(&judged, &people::slot(after)?, &asking).is_empty();
        let seed = random::name()?;
        let counts = self.counts(before, planned, &seed);
        for last in [false, true] {
            if judge_again {
                let same = before.is_none().then(|| store::same(after));
                let queries = [people::reading(after, now)].into_iter().chain(same).collect();
                let rows = directory.batch(queries).await?;
                let rows_of = |at: usize| rows.get(at).map(Vec::as_slice).unwrap_or_default();
                if let Some(row) = rows_of(1).first() {
                    return Ok(Written::Before(Box::new(whittle_json::from_str(row)?)));
                }
                let judged = people::judged(rows_of(0), before, after, asker, now)?;
                if let Some(refusal) = judged.refusal {
                    return Err(refusal);
                }
                hours = judged.hours;
            }
            // Should this end between the batch and the last line, the clock looks by itself.
            scheduler::wake(env, after.id, scheduler::GRACE_MILLIS, &context.dev).await?;
            let key = config::keys(env)?.newest_id().to_owned();
            let marked = (seed.as_str(), counts.statements()?);
            let written = match before {
                Some(before) => {
                    meetings::write(&directory, before, &planned.change, marked, &hours, &key, now).await
                }
                None => meetings::book(&directory, &planned.change, marked, &hours, &key, now).await,
            };
            match counts.judge(&directory, written, now).await {
                Ok(true) => {
                    scheduler::wake(env, after.id, 0, &context.dev).await?;
                    return Ok(Written::Done);
                }
                Ok(false) => return Ok(Written::Changed),
                Err(Error::Database(Refusal::Busy { .. })) if !last => judge_again = true,
                Err(error) => return Err(error),
            }
        }
        Ok(Written::Changed)
    }

    /// Invitations and changes count as mail of whoever causes them; an end does not.
    fn counts(&self, before: Option<&Meeting>, planned: &Planned, seed: &str) -> Counts {
        let meeting = &planned.change.meeting;
        let is_end = |letter: &&Letter| matches!(letter.template, Template::Cancelled | Template::Removed);
        let counted: Vec<Letter> =
            planned.change.letters.iter().filter(|letter| !is_end(letter)).cloned().collect();
        let sender = self.account.address.counting_key();
        Counts::new(self.env, (&counted, seed), &sender, before.unwrap_or(meeting), self.context.now)
    }

    /// The event as it is now, with what its booker should know of the own time.
    fn shown(&self, status: u16, planned: &Planned, made: Instant) -> Reply {
        let after = &planned.change.meeting;
        let (now, zone) = (self.context.now, &self.account.timezone);
        let attendee = after.standing(&caller(&self.account)).ok().and_then(|standing| standing.attendee);
        let taken = people::of(&self.people, &planned.judged);
        let asking = self.asker.about(Some(after.id), now);
        let slot = people::slot(after).ok().filter(|_| after.status == Status::Confirmed);
        let told = slot.map(|slot| warnings(&taken, &slot, &asking)).unwrap_or_default();
        answer(status, &view(after, made, attendee, zone, now), &told)
    }
}

fn answer(status: u16, event: &EventView, warnings: &[String]) -> Reply {
    let mut body = json!({ "response": event.to_value() });
    if let (Value::Object(members), false) = (&mut body, warnings.is_empty()) {
        members.insert("warnings".to_owned(), json!(warnings));
    }
    let reply = Reply::json(status, body.to_string()).etag(event.version);
    if status == 201 { reply.with("Location", &format!("/api/event/{}/", event.id)) } else { reply }
}
