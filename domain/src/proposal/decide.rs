//! What an act causes, or why it may not.

use super::apply::{apply, refuses};
use super::due::{Due, due_mail};
use super::{
    Act, Actor, Caller, Command, Creator, Event, Narrowing, New, NewDeadline, NewParty, NextRound, Notice,
    Party, Phase, Proposal, Rejection, Standing, Via, What,
};
use crate::address::Address;
use crate::detail::Detailed as _;
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::slot::Slot;

/// The most ledger entries (spec, part 0, "Log"). Beyond them only what ends something goes on, each of it once: closing,
/// fixing, a next round, withdrawing, voiding links, unsubscribing, and what time and the state cause by themselves.
pub const MOST_ENTRIES: u32 = 2_000;
/// The most entries that all parties cause together: the rest is kept for the organiser and for time.
pub const MOST_ENTRIES_OF_PARTIES: u32 = 1_600;
/// The most entries that one party causes.
pub const MOST_ENTRIES_OF_A_PARTY: u32 = 200;

/// What begins a proposal.
#[must_use]
pub fn create(id: u64, creator: Creator, via: Via, new: New, now: Instant) -> Vec<Event> {
    let created = What::Created { id, creator: creator.clone(), new: Box::new(new) };
    let mut event = Event { at: now, by: Actor::Creator, via, what: created };
    let Some(proposal) = apply(None, &event) else { return Vec::new() };
    // The creator acts as the party of its own account, where it is one.
    let own = proposal.parties.iter().find(|p| creator.verified && p.address == creator.address);
    event.by = own.map_or(Actor::Creator, |p| Actor::Party(p.number));
    let settled = settle(&proposal, now);
    std::iter::once(event).chain(settled).collect()
}

/// What the act causes at `now`.
///
/// # Errors
/// A [`Rejection`]; rights are judged before state, state before content.
pub fn decide(proposal: &Proposal, act: &Act, now: Instant) -> Result<Vec<Event>, Rejection> {
    let standing = proposal.standing(&act.caller)?;
    let wanted = match &act.command {
        command if !permits(&standing, command) || misuses(&act.caller, command) => {
            return Err(Rejection::Forbidden);
        }
        // A closed proposal's links still open its log: they can be voided.
        Command::Revoke(party) => revoke(proposal, &standing, party.as_deref())?,
        // Mail can still be on its way.
        Command::OptOut => opt(proposal, &standing, false),
        Command::OptIn => opt(proposal, &standing, true),
        Command::Undeliverable { address, why } => undeliverable(proposal, address, *why),
        _ if proposal.phase == Phase::Closed => return Err(Rejection::Closed),
        Command::View => view(proposal, &standing),
        Command::Refresh => refresh(proposal, &standing),
        Command::Narrow(narrowing) => narrow(proposal, &standing, narrowing, now)?,
        Command::Notify(notice) => notify(proposal, &standing, notice)?,
        Command::Resend => standing.actor.party().map(|to| What::Resent { to }).into_iter().collect(),
        Command::Withdraw(party) => vec![withdraw(proposal, *party)?],
        Command::Replace { party, address } => vec![replace(proposal, *party, address)?],
        Command::Link(party) => vec![What::Linked { party: open_party(proposal, *party)?.number }],
        Command::SetOptional { party, optional } => set_optional(proposal, *party, *optional)?,
        Command::Fix(slot) => vec![fix(proposal, *slot, now)?],
        Command::Round(round) => next_round(proposal, round, now)?,
        Command::Close => vec![What::Closed],
        Command::Tick => tick(proposal, now),
    };
    let count = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    let full = is_full(proposal, &standing, count);
    if full && matches!(act.command, Command::View | Command::Refresh) {
        return Ok(Vec::new());
    }
    let ends = matches!(
        act.command,
        Command::Close
            | Command::Revoke(_)
            | Command::Tick
            | Command::Fix(_)
            | Command::Round(_)
            | Command::Withdraw(_)
            | Command::OptOut
            | Command::Undeliverable { .. }
    );
    // Voiding links once more, for the sake of a meeting's, is bounded as all else.
    let again = wanted.iter().any(|what| match what {
        What::Revoked { party } => proposal.parties.iter().any(|p| p.number == *party && p.links_void),
        _ => false,
    });
    if full && count > 0 && (!ends || again) {
        return Err(Rejection::LedgerFull);
    }
    let event = |what| Event { at: now, by: standing.actor.clone(), via: act.via, what };
    let mut events: Vec<Event> = wanted.into_iter().map(event).collect();
    if let Some(after) = events.iter().try_fold(proposal.clone(), |state, event| apply(Some(state), event)) {
        events.extend(settle(&after, now).or_else(|| all_answered(proposal, &after, &standing, now)));
    }
    Ok(events)
}

/// Whether the ledger has no room for so many more entries of this caller's.
fn is_full(proposal: &Proposal, standing: &Standing, count: u32) -> bool {
    let more = |entries: u32, most: u32| entries.saturating_add(count) > most;
    let party = standing.actor.party().and_then(|n| proposal.parties.iter().find(|p| p.number == n));
    let party_is_full = party.filter(|p| !proposal.is_creators(p)).is_some_and(|party| {
        let of_parties = proposal.parties.iter().fold(0_u32, |sum, p| sum.saturating_add(p.entries));
        more(party.entries, MOST_ENTRIES_OF_A_PARTY) || more(of_parties, MOST_ENTRIES_OF_PARTIES)
    });
    party_is_full || more(proposal.entries, MOST_ENTRIES)
}

/// Whether somebody of this standing may ask for this at all, whatever the state.
const fn permits(standing: &Standing, command: &Command) -> bool {
    match command {
        Command::OptOut | Command::OptIn => !matches!(standing.actor, Actor::Staff(_) | Actor::System),
        Command::Close
        | Command::Tick
        | Command::Withdraw(_)
        | Command::Replace { .. }
        | Command::Link(_)
        | Command::SetOptional { .. }
        | Command::Fix(_)
        | Command::Round(_)
        | Command::Undeliverable { .. } => standing.organiser,
        Command::Narrow(wanted) if !wanted.details.is_empty() || wanted.deadline.is_some() => {
            standing.organiser
        }
        Command::Resend => standing.actor.party().is_some(),
        Command::View | Command::Refresh | Command::Narrow(_) | Command::Notify(_) | Command::Revoke(_) => {
            true
        }
    }
}

/// An unsubscribe link is good for nothing else.
fn misuses(caller: &Caller, command: &Command) -> bool {
    matches!(caller, Caller::Unsubscriber { .. }) && !matches!(command, Command::OptOut | Command::OptIn)
}

/// What follows by itself from a state: agreement or exhaustion.
fn settle(proposal: &Proposal, now: Instant) -> Option<Event> {
    let what = match (proposal.phase, proposal.slots.only()) {
        (Phase::Open, _) if proposal.slots.is_empty() => What::Exhausted,
        (Phase::Open, Some(slot)) if proposal.all_required_answered() => What::Agreed { slot },
        _ => return None,
    };
    Some(Event { at: now, by: Actor::System, via: Via::System, what })
}

/// The creator is told when the last required answer comes and there is something to choose; not of an act of its own.
fn all_answered(before: &Proposal, after: &Proposal, standing: &Standing, now: Instant) -> Option<Event> {
    let complete =
        after.phase == Phase::Open && after.all_required_answered() && !before.all_required_answered();
    let told = complete && !after.is_creator(&standing.actor);
    (told && after.creator_takes_mail()).then_some(Event {
        at: now,
        by: Actor::System,
        via: Via::System,
        what: What::AllAnswered,
    })
}

/// One VIEW a party and version.
fn view(proposal: &Proposal, standing: &Standing) -> Vec<What> {
    let seen = proposal.seen.get(&standing.actor.seen_key());
    if seen == Some(&proposal.version) { Vec::new() } else { vec![What::Viewed] }
}

/// No VIEW of whoever has looked before, at whichever version: its page shows what happens by itself.
fn refresh(proposal: &Proposal, standing: &Standing) -> Vec<What> {
    if proposal.seen.contains_key(&standing.actor.seen_key()) { Vec::new() } else { vec![What::Viewed] }
}

fn narrow(
    proposal: &Proposal,
    standing: &Standing,
    wanted: &Narrowing,
    now: Instant,
) -> Result<Vec<What>, Rejection> {
    if wanted.if_match.as_ref().is_some_and(|seen| !proposal.is_current(seen)) {
        return Err(Rejection::Stale);
    }
    if wanted.slots.is_none() && wanted.details.is_empty() && wanted.deadline.is_none() {
        return Ok(Vec::new());
    }
    let current = proposal.details();
    let changed = wanted.details.iter().filter(|detail| !current.contains(detail));
    let mut events: Vec<What> = changed.cloned().map(What::Changed).collect();
    if let Some(NewDeadline { to: deadline }) = wanted.deadline {
        if deadline.is_some_and(|d| d <= now) {
            return Err(Rejection::Invalid(FieldErrors::one(
                "deadline",
                "The deadline must be in the future.",
            )));
        }
        if deadline != proposal.deadline {
            events.push(What::Rescheduled { deadline });
        }
    }
    if let Some(slots) = &wanted.slots {
        match proposal.phase {
            Phase::Agreed => return Err(Rejection::Agreed),
            Phase::Exhausted => return Err(nothing_left(proposal)),
            Phase::Open | Phase::Closed => {}
        }
        let deadline = wanted.deadline.map_or(proposal.deadline, |d| d.to);
        if deadline.is_some_and(|d| d <= now) {
            return Err(Rejection::DeadlinePassed);
        }
        let slots =
            proposal.slots.narrowed_to(slots.clone(), proposal.min_duration).map_err(Rejection::Widened)?;
        events.push(match standing.actor {
            Actor::Party(_) => What::Answered { slots, note: wanted.note.clone() },
            _ => What::Cut { slots, note: wanted.note.clone() },
        });
    }
    Ok(events)
}

fn notify(proposal: &Proposal, standing: &Standing, notice: &Notice) -> Result<Vec<What>, Rejection> {
    let mut errors = FieldErrors::default();
    let unknown: Vec<&str> = notice
        .parties
        .iter()
        .filter(|p| proposal.party_named(p, standing).is_none())
        .map(String::as_str)
        .collect();
    if !unknown.is_empty() {
        errors.add("parties", &format!("Not in event: {}", unknown.join(" ")));
    }
    if notice.slots != proposal.slots {
        errors.add("slots", "Mismatch with event");
    }
    if notice.sender.is_some() && notice.sender != standing.address {
        return Err(Rejection::NotYourAddress);
    }
    errors.into_result().map_err(Rejection::Invalid)?;
    let mut numbers: Vec<u16> = Vec::new();
    for party in notice.parties.iter().filter_map(|p| proposal.party_named(p, standing)) {
        // Nobody is mailed about an act of his own.
        if !numbers.contains(&party.number) && standing.actor != Actor::Party(party.number) {
            numbers.push(party.number);
        }
    }
    let parties = numbers.into_iter().filter_map(|n| proposal.party(n));
    Ok(parties
        .filter(|p| p.takes_mail() && !(notice.only_uninvited && p.invited))
        .map(|p| What::Notified { to: p.number, first: !p.invited, sender: standing.address.clone() })
        .collect())
}

/// In the place of a party's number: the creator, who may be none.
const CREATOR: u16 = 0;
/// How often the creator's links can be voided. The object does not see the meeting's mails, so it cannot tell when there is
/// nothing to void, and the log must not grow for ever.
const MOST_CREATOR_GENERATIONS: u32 = 20;

/// Nothing happens where the links are void already and none has been mailed since.
fn revoke(proposal: &Proposal, standing: &Standing, named: Option<&str>) -> Result<Vec<What>, Rejection> {
    let own = standing.actor.party();
    let wanted = match named.map(str::trim) {
        // The links to the meeting that are mailed to a creator who is no party.
        Some("creator") => Some(CREATOR),
        Some(text) => proposal.party_named(text, standing).map(|p| p.number),
        None => own,
    };
    match wanted {
        Some(CREATOR) if standing.organiser => {
            let more = proposal.creator_generation < MOST_CREATOR_GENERATIONS;
            Ok(more.then_some(What::Revoked { party: CREATOR }).into_iter().collect())
        }
        Some(party) if standing.organiser || own == Some(party) => {
            let known = proposal.parties.iter().find(|p| p.number == party);
            // An agreed proposal's meeting mails links of its own, whenever it is moved.
            let is_void = |p: &&Party| p.links_void && proposal.phase != Phase::Agreed;
            let revoked = known.filter(|p| !is_void(p)).map(|_| What::Revoked { party });
            Ok(revoked.into_iter().collect())
        }
        // Who may not revoke others' links does not learn from it who is a party.
        _ if !standing.organiser => Err(Rejection::Forbidden),
        _ if named.is_some() => Err(Rejection::Invalid(FieldErrors::one("party", "Not in event."))),
        _ => Err(Rejection::Invalid(FieldErrors::one("party", "This field is required."))),
    }
}

/// The party of an open proposal: afterwards its parties stay as they are.
fn open_party(proposal: &Proposal, number: u16) -> Result<&Party, Rejection> {
    let party = proposal.party(number).ok_or(Rejection::NoParty)?;
    if proposal.phase == Phase::Open { Ok(party) } else { Err(Rejection::NotOpen) }
}

fn withdraw(proposal: &Proposal, number: u16) -> Result<What, Rejection> {
    let party = open_party(proposal, number)?.number;
    leaves_one_required(proposal, party, "party")?;
    Ok(What::Withdrawn { party })
}

/// Refuses what would leave nobody required but this party; the error is told of the field `field`.
fn leaves_one_required(proposal: &Proposal, party: u16, field: &str) -> Result<(), Rejection> {
    if proposal.active_parties().any(|p| !p.optional && p.number != party) {
        return Ok(());
    }
    Err(Rejection::Invalid(FieldErrors::one(field, "At least one party must be required.")))
}

/// Nothing happens where the party is so already.
fn set_optional(proposal: &Proposal, number: u16, optional: bool) -> Result<Vec<What>, Rejection> {
    let party = open_party(proposal, number)?;
    if party.optional == optional {
        return Ok(Vec::new());
    }
    if optional {
        leaves_one_required(proposal, number, "optional")?;
    }
    Ok(vec![What::OptionalSet { party: number, optional }])
}

fn replace(proposal: &Proposal, number: u16, address: &Address) -> Result<What, Rejection> {
    let party = open_party(proposal, number)?;
    if party.opened || party.answer.is_some() {
        return Err(Rejection::Opened);
    }
    if proposal.active_parties().any(|p| p.number != party.number && p.address == *address) {
        return Err(Rejection::Invalid(FieldErrors::one("email", "This address is a party already.")));
    }
    Ok(What::Replaced { party: party.number, address: address.clone() })
}

fn fix(proposal: &Proposal, slot: Slot, now: Instant) -> Result<What, Rejection> {
    match proposal.phase {
        Phase::Agreed => return Err(Rejection::Agreed),
        Phase::Exhausted => return Err(nothing_left(proposal)),
        Phase::Open | Phase::Closed => {}
    }
    if !proposal.all_required_answered() && proposal.deadline.is_none_or(|d| d > now) {
        return Err(Rejection::TooEarly);
    }
    if !proposal.slots.iter().any(|s| *s == slot) {
        return Err(Rejection::NotOffered(slot));
    }
    Ok(What::Fixed { slot })
}

/// Why an exhausted proposal takes no answers.
const fn nothing_left(exhausted: &Proposal) -> Rejection {
    if exhausted.successor.is_some() { Rejection::Succeeded } else { Rejection::Exhausted }
}

/// One successor at most: asked again, nothing happens. An open proposal gives up what is left of its offer first.
fn next_round(proposal: &Proposal, round: &NextRound, now: Instant) -> Result<Vec<What>, Rejection> {
    if proposal.phase == Phase::Agreed {
        return Err(Rejection::NoNextRound);
    }
    if proposal.successor.is_some() {
        return Ok(Vec::new());
    }
    if round.deadline.is_some_and(|deadline| deadline <= now) {
        let why = "The deadline must be in the future.";
        return Err(Rejection::Invalid(FieldErrors::one("deadline", why)));
    }
    if round.slots.iter().any(|s| proposal.min_duration.is_some_and(|shortest| s.duration() < shortest)) {
        return Err(Rejection::Invalid(FieldErrors::one("slots", "A slot is shorter than min_duration.")));
    }
    let gives_up = (proposal.phase == Phase::Open).then_some(What::Exhausted);
    Ok(gives_up.into_iter().chain([What::Succeeded { successor: round.id }]).collect())
}

/// The next round of a proposal: the same people and details, unless others are given, and other slots. Whoever has
/// unsubscribed from this round stays unsubscribed in the next.
#[must_use]
pub fn successor(proposal: &Proposal, round: &NextRound) -> New {
    let asked = || {
        let parties = proposal.active_parties();
        parties.map(|p| NewParty {
            address: p.address.clone(),
            name: p.name.clone(),
            optional: p.optional,
            opted_out: p.opted_out,
        })
    };
    let given = |parties: &Vec<NewParty>| {
        let refuses = |p: &NewParty| p.opted_out || refuses(proposal, &p.address);
        parties.iter().map(|p| NewParty { opted_out: refuses(p), ..p.clone() }).collect()
    };
    let mut new = New {
        title: proposal.title.clone(),
        location: proposal.location.clone(),
        description: proposal.description.clone(),
        parties: round.parties.as_ref().map_or_else(|| asked().collect(), given),
        slots: round.slots.clone(),
        timezone: proposal.timezone.clone(),
        deadline: round.deadline,
        min_duration: proposal.min_duration,
        visibility: proposal.visibility,
        predecessor: Some(proposal.id),
    };
    for detail in &round.details {
        new.set(detail.clone());
    }
    new
}

/// What a party, or the creator, says of mail about this; said twice it is said once, by whichever of the mailbox.
fn opt(proposal: &Proposal, standing: &Standing, wants: bool) -> Vec<What> {
    let number = standing.actor.party();
    let known = proposal.parties.iter().find(|p| Some(p.number) == number);
    let address = known.map_or(&proposal.creator.address, |p| &p.address);
    let party = number.unwrap_or(0);
    match (refuses(proposal, address), wants) {
        (false, false) => vec![What::OptedOut { party }],
        (true, true) => vec![What::OptedIn { party }],
        _ => Vec::new(),
    }
}

fn undeliverable(proposal: &Proposal, address: &Address, why: super::Undeliverable) -> Vec<What> {
    let party = proposal.active_parties().find(|p| p.address == *address && p.undeliverable != Some(why));
    party.map(|p| What::Undeliverable { party: p.number, why }).into_iter().collect()
}

fn tick(proposal: &Proposal, now: Instant) -> Vec<What> {
    let due = due_mail(proposal, now).into_iter();
    due.map(|due| match due {
        Due::Reminder { to, hours } => What::Reminded { to, hours },
        Due::Deadline => What::Expired,
        Due::Digest => What::Digested,
    })
    .collect()
}
