//! What an act causes, or why it may not.

use super::due::{Due, due};
use super::edit::edit;
use super::finalize::{choose, ends_intent};
use super::limits::{MOST_ANSWER_SLOTS, can_be_stored};
use super::{
    Act, Actor, Calendar, Caller, Command, Event, Invitee, New, Owner, Phase, Rejection, Standing, What,
    apply,
};
use crate::address::Address;
use crate::entity::{Undeliverable, Via};
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::schedule::PreferredSlot;

/// The most ledger entries that the owner, staff, time and the state cause together. Beyond them only what ends something goes
/// on: closing, choosing a schedule, unsubscribing, and what time and the state cause by themselves.
pub const MOST_ENTRIES: u32 = 2_000;
/// How many more there may be for schedules that are chosen and turn out to be taken.
pub const MOST_ENTRIES_TO_FINALIZE: u32 = 400;
/// The most entries that one invitee causes.
pub const MOST_ENTRIES_OF_AN_INVITEE: u32 = 60;
/// The most entries that all invitees cause together, beyond those that are kept for each.
pub const MOST_ENTRIES_OF_INVITEES: u32 = 3_000;
/// The entries of an invitee that no other can use up. Looks are not recorded in their place.
pub const ENTRIES_KEPT_FOR_AN_INVITEE: u32 = 6;

/// What begins a calendar.
#[must_use]
pub fn create(id: u64, owner: Owner, via: Via, new: New, now: Instant) -> Vec<Event> {
    vec![Event { at: now, by: Actor::Owner, via, what: What::Created { id, owner, new: Box::new(new) } }]
}

/// What the act causes at `now`.
///
/// # Errors
/// A [`Rejection`]; rights are judged before state, state before content.
pub fn decide(calendar: &Calendar, act: &Act, now: Instant) -> Result<Vec<Event>, Rejection> {
    let standing = calendar.standing(&act.caller)?;
    let wanted = match &act.command {
        command if !permits(&standing, command) || misuses(&act.caller, command) => {
            return Err(Rejection::Forbidden);
        }
        // Mail can still be on its way, and tasks can end late.
        Command::OptOut => opt(calendar, &standing, false),
        Command::OptIn => opt(calendar, &standing, true),
        Command::Undeliverable { address, why } => undeliverable(calendar, address, *why),
        Command::Commit { seed } => ends_intent(calendar, seed, What::Finalized),
        Command::Undo { seed } => ends_intent(calendar, seed, What::Undone),
        Command::Summarize { deadline, best } => summarize(calendar, *deadline, best),
        Command::Tick => tick(calendar, now),
        _ if calendar.phase == Phase::Closed => return Err(Rejection::Closed),
        Command::View => view(calendar, &standing),
        Command::Refresh => refresh(calendar, &standing),
        Command::Resend => standing.actor.invitee().map(|to| What::Resent { to }).into_iter().collect(),
        // All others change what people see, and wait while a schedule is being reserved.
        Command::Edit(wanted) => is_open(calendar).and_then(|()| edit(calendar, wanted, now))?,
        Command::Remind(contact) => is_open(calendar).and_then(|()| remind(calendar, *contact, now))?,
        Command::Answer { slots, replace } => {
            is_open(calendar).and_then(|()| answer(calendar, &standing, slots, *replace, now))?
        }
        Command::Finalize(wanted) => is_open(calendar).and_then(|()| choose(calendar, wanted, now))?,
        Command::Close => is_open(calendar).map(|()| vec![What::Closed])?,
    };
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let looks = matches!(act.command, Command::View | Command::Refresh);
    if !has_room(calendar, &standing, &act.command, wanted.len()) {
        return if looks { Ok(Vec::new()) } else { Err(Rejection::LedgerFull) };
    }
    let event = |what| Event { at: now, by: standing.actor.clone(), via: act.via, what };
    let mut events: Vec<Event> = wanted.into_iter().map(event).collect();
    let after = events.iter().fold(Some(calendar.clone()), apply);
    if let Some(after) = after {
        fits(&act.command, &after)?;
        if matches!(act.command, Command::Answer { .. }) {
            events.extend(all_answered(calendar, &after, now));
        }
    }
    Ok(events)
}

/// Whether somebody of this standing may ask for this at all, whatever the state.
const fn permits(standing: &Standing, command: &Command) -> bool {
    match command {
        Command::View | Command::Refresh => !matches!(standing.actor, Actor::System),
        Command::Edit(_) | Command::Remind(_) | Command::Finalize(_) => {
            matches!(standing.actor, Actor::Owner)
        }
        Command::Answer { .. } | Command::Resend => matches!(standing.actor, Actor::Invitee(_)),
        Command::OptOut | Command::OptIn => matches!(standing.actor, Actor::Owner | Actor::Invitee(_)),
        Command::Close => matches!(standing.actor, Actor::Owner | Actor::Staff(_)),
        Command::Commit { .. }
        | Command::Undo { .. }
        | Command::Summarize { .. }
        | Command::Undeliverable { .. }
        | Command::Tick => matches!(standing.actor, Actor::System),
    }
}

/// An unsubscribe link is good for nothing else.
const fn misuses(caller: &Caller, command: &Command) -> bool {
    matches!(caller, Caller::Unsubscriber { .. }) && !matches!(command, Command::OptOut | Command::OptIn)
}

/// Whether people can change the calendar.
pub(super) fn is_open(calendar: &Calendar) -> Result<(), Rejection> {
    match calendar.phase {
        Phase::Open => Ok(()),
        Phase::Finalizing => Err(Rejection::Finalizing),
        Phase::Finalized => Err(Rejection::Finalized),
        Phase::Closed => Err(Rejection::Closed),
    }
}

/// Whether the ledger has room for so many more entries of this caller's.
fn has_room(calendar: &Calendar, standing: &Standing, command: &Command, count: usize) -> bool {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let fits = |entries: u32, most: u32| entries.saturating_add(count) <= most;
    let of_invitees = calendar.invitees.iter().fold(0_u32, |sum, i| sum.saturating_add(i.entries));
    let own = calendar.entries.saturating_sub(of_invitees);
    match (&standing.actor, command) {
        (Actor::System, _) | (_, Command::OptOut | Command::Close) => true,
        (_, Command::Finalize(_)) => fits(own, MOST_ENTRIES.saturating_add(MOST_ENTRIES_TO_FINALIZE)),
        (Actor::Owner | Actor::Staff(_), _) => fits(own, MOST_ENTRIES),
        (Actor::Invitee(number), _) => {
            let known = calendar.invitees.iter().find(|i| i.number == *number);
            let entries = known.map_or(0, |i| i.entries);
            let is_kept = !matches!(command, Command::View | Command::Refresh)
                && fits(entries, ENTRIES_KEPT_FOR_AN_INVITEE);
            is_kept
                || (fits(entries, MOST_ENTRIES_OF_AN_INVITEE) && fits(of_invitees, MOST_ENTRIES_OF_INVITEES))
        }
    }
}

/// Whether the calendar can still be stored after an act that makes it larger.
fn fits(command: &Command, after: &Calendar) -> Result<(), Rejection> {
    let field = match command {
        Command::Answer { .. } => "availability",
        Command::Edit(_) => "add_availabilities",
        _ => return Ok(()),
    };
    if can_be_stored(after) {
        return Ok(());
    }
    let why = "This calendar has no room for so many slots. Send fewer and longer ones.";
    Err(Rejection::Invalid(FieldErrors::one(field, why)))
}

/// One VIEW a reader and version.
fn view(calendar: &Calendar, standing: &Standing) -> Vec<What> {
    let seen = calendar.seen.get(&standing.actor.seen_key());
    if seen == Some(&calendar.version) { Vec::new() } else { vec![What::Viewed] }
}

/// No VIEW of whoever has looked before, at whichever version: its page shows what happens by itself.
fn refresh(calendar: &Calendar, standing: &Standing) -> Vec<What> {
    if calendar.seen.contains_key(&standing.actor.seen_key()) { Vec::new() } else { vec![What::Viewed] }
}

/// Why an invitee may not answer an open calendar at `now`, in the documented order; `answered` says whether it has before, and
/// `replace` whether it means to change that.
///
/// # Errors
/// [`Rejection::DeadlinePassed`], then [`Rejection::AlreadyResponded`].
pub(super) fn may_answer(
    deadline: Instant,
    answered: bool,
    replace: bool,
    now: Instant,
) -> Result<(), Rejection> {
    if deadline <= now {
        return Err(Rejection::DeadlinePassed);
    }
    if answered && !replace {
        return Err(Rejection::AlreadyResponded);
    }
    Ok(())
}

/// An answer that is the one before says something only where there is time that the one before was not asked about.
fn answer(
    calendar: &Calendar,
    standing: &Standing,
    slots: &[PreferredSlot],
    replace: bool,
    now: Instant,
) -> Result<Vec<What>, Rejection> {
    let invitee = standing.actor.invitee().and_then(|number| calendar.invitee(number));
    let before = invitee.and_then(|invitee| invitee.answer.as_ref());
    may_answer(calendar.deadline, before.is_some(), replace, now)?;
    if slots.len() > MOST_ANSWER_SLOTS {
        let why = format!("Ensure this field has no more than {MOST_ANSWER_SLOTS} elements.");
        return Err(Rejection::Invalid(FieldErrors::one("availability", &why)));
    }
    let says_nothing =
        before.is_some_and(|answer| answer.slots == slots && calendar.added_since(answer).is_empty());
    Ok(if says_nothing { Vec::new() } else { vec![What::Answered { slots: slots.to_vec() }] })
}

/// The owner is told when the last answer comes.
fn all_answered(before: &Calendar, after: &Calendar, now: Instant) -> Option<Event> {
    let complete = after.all_answered() && !before.all_answered();
    (complete && after.owner_takes_mail()).then_some(Event {
        at: now,
        by: Actor::System,
        via: Via::System,
        what: What::AllAnswered,
    })
}

/// Nobody is reminded who has answered, or who wants no mail.
fn remind(calendar: &Calendar, contact: u64, now: Instant) -> Result<Vec<What>, Rejection> {
    let invitee = calendar.invitee_of_contact(contact).ok_or(Rejection::NoInvitee)?;
    if invitee.answer.is_some() {
        return Ok(Vec::new());
    }
    if calendar.is_past_deadline(now) {
        return Err(Rejection::DeadlinePassed);
    }
    let reminded = Some(invitee).filter(|i| i.takes_mail());
    Ok(reminded.map(|i| What::Reminded { to: vec![i.number], hours: None }).into_iter().collect())
}

/// What an invitee, or the owner, says of mail about this; said twice it is said once, by whichever of the mailbox.
fn opt(calendar: &Calendar, standing: &Standing, wants: bool) -> Vec<What> {
    let number = standing.actor.invitee();
    let known = calendar.invitees.iter().find(|i| Some(i.number) == number);
    let address = known.map_or(&calendar.owner.address, |i| &i.address);
    let invitee = number.unwrap_or(0);
    match (calendar.refuses_mail(address), wants) {
        (false, false) => vec![What::OptedOut { invitee }],
        (true, true) => vec![What::OptedIn { invitee }],
        _ => Vec::new(),
    }
}

fn undeliverable(calendar: &Calendar, address: &Address, why: Undeliverable) -> Vec<What> {
    let is_news = |i: &&Invitee| i.address == *address && i.undeliverable != Some(why);
    let invitees = calendar.active_invitees().filter(is_news);
    invitees.map(|i| What::Undeliverable { invitee: i.number, why }).collect()
}

/// Once a deadline, and only about the deadline that it is.
fn summarize(calendar: &Calendar, deadline: Instant, best: &[(u16, Instant)]) -> Vec<What> {
    let is_due = matches!(calendar.phase, Phase::Open | Phase::Finalizing)
        && calendar.deadline_passed
        && calendar.deadline == deadline
        && !calendar.summarized
        && calendar.owner_takes_mail();
    is_due.then(|| What::Summarized { best: best.to_vec() }).into_iter().collect()
}

fn tick(calendar: &Calendar, now: Instant) -> Vec<What> {
    let due = due(calendar, now).into_iter();
    due.map(|due| match due {
        Due::Reminders { to, hours } => What::Reminded { to, hours: Some(hours) },
        Due::Deadline => What::Expired,
    })
    .collect()
}
