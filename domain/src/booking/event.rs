//! Events: meetings that an account books with others. What a body makes of one, who has to be free for that, and which mails it
//! causes.

use super::judge::{Asking, Person, naive};
use super::suggest::HOUR;
use crate::address::Address;
use crate::detail::{Detail, Detailed as _};
use crate::instant::Instant;
use crate::meeting::{
    Attendee, Change, Meeting, Organiser, PartStat, Source, Status, Template, letters, removed,
};
use crate::proposal::Visibility;
use crate::text::{Description, Location, Title};
use crate::zone::Zone;

/// What an event is for whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStatus {
    /// It takes place.
    Active,
    /// It was called off.
    Cancelled,
    /// It takes place without the reader.
    Declined,
}

impl EventStatus {
    /// The status of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Cancelled, Self::Declined].into_iter().find(|status| status.word() == word)
    }

    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
        }
    }
}

/// What a body asks for; what it does not name stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What for.
    pub title: Option<Title>,
    /// In more words.
    pub description: Option<Description>,
    /// From when.
    pub begin: Option<Instant>,
    /// Who is to come, each once.
    pub participants: Option<Vec<Address>>,
    /// See [`EventStatus`].
    pub status: Option<EventStatus>,
    /// The versions the caller accepts (`If-Match`); `None` accepts any.
    pub if_match: Option<Vec<u32>>,
}

/// Why an event is not booked or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// This time has begun.
    Past(Instant),
    /// The organiser is not among the participants.
    WithoutOrganiser,
    /// A guest has booked it, and no event becomes of that.
    Guests,
    /// The caller has seen an older version.
    Stale,
}

impl Refused {
    /// The message, as documented. Times are in this zone.
    #[must_use]
    pub fn message(&self, zone: &Zone) -> String {
        match self {
            Self::Past(at) => {
                format!("Event can not be booked for past datetime : {}", naive(*at, zone))
            }
            Self::WithoutOrganiser => "Event organiser can not be removed".to_owned(),
            Self::Guests => "A guest has booked this meeting. Move or cancel it on its own page.".to_owned(),
            Self::Stale => "The event has changed.".to_owned(),
        }
    }
}

/// What is to be written, once all of `judged` can come.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The event, and the mails about it.
    pub change: Change,
    /// The accounts whose time it takes, and did not before.
    pub judged: Vec<u64>,
}

/// A new event with this id.
///
/// # Errors
/// Its time has begun.
pub fn book(
    id: u64,
    wanted: &Wanted,
    organiser: &Organiser,
    people: &[Person],
    asking: &Asking<'_>,
    link_days: i64,
) -> Result<Planned, Refused> {
    let begin = wanted.begin.unwrap_or(asking.now);
    if begin <= asking.now {
        return Err(Refused::Past(begin));
    }
    let mut meeting = Meeting {
        id,
        uid: format!("event-{id}@whittle"),
        title: wanted.title.clone().unwrap_or_else(|| crate::text::generated_title([0; 6])),
        location: Location::default(),
        description: wanted.description.clone().unwrap_or_default(),
        begin,
        end: begin.saturating_add(HOUR),
        timezone: asking.zone.clone(),
        status: Status::Confirmed,
        sequence: 0,
        version: 1,
        visibility: Visibility::Open,
        organiser: organiser.clone(),
        attendees: Vec::new(),
        source: Source::Event(id),
        receipt: None,
        updated_at: Instant::from_millis(asking.now.millis()),
        booking: None,
    };
    let others = wanted.participants.iter().flatten().filter(|address| **address != organiser.address);
    for address in others.chain([&organiser.address]) {
        let last = meeting.attendees.len();
        let number = u16::try_from(last).unwrap_or(u16::MAX).saturating_add(1);
        meeting.attendees.push(invite(&meeting, number, address, people));
    }
    let letters = letters(&meeting, Template::Agreed, None, asking.now, link_days);
    let judged = newly_taken(None, &meeting, people);
    Ok(Planned { change: Change { meeting, letters }, judged })
}

/// The attendee that somebody becomes by this version of the event. Whoever had the number once has links of an older generation.
fn invite(meeting: &Meeting, number: u16, address: &Address, people: &[Person]) -> Attendee {
    let person = person_of(people, address);
    let organises = *address == meeting.organiser.address;
    Attendee {
        number,
        address: address.clone(),
        name: person.and_then(Person::name),
        optional: false,
        partstat: if organises { PartStat::Accepted } else { PartStat::NeedsAction },
        generation: meeting.version,
        opted_out: false,
        // Its invitation is counted as the booker's own mail.
        asked: true,
        over_budget: false,
    }
}

/// What an act makes of an event; `None` where it changes nothing. `caller` is the attendee that asks.
///
/// # Errors
/// A [`Refused`].
pub fn revise(
    meeting: &Meeting,
    wanted: &Wanted,
    caller: Option<u16>,
    people: &[Person],
    asking: &Asking<'_>,
    link_days: i64,
) -> Result<Option<Planned>, Refused> {
    if meeting.is_guests() {
        return Err(Refused::Guests);
    }
    if meeting.begin <= asking.now {
        return Err(Refused::Past(meeting.begin));
    }
    let begin = wanted.begin.unwrap_or(meeting.begin);
    if begin <= asking.now {
        return Err(Refused::Past(begin));
    }
    if wanted.participants.as_ref().is_some_and(|list| !list.contains(&meeting.organiser.address)) {
        return Err(Refused::WithoutOrganiser);
    }
    if wanted.if_match.as_ref().is_some_and(|seen| !seen.contains(&meeting.version)) {
        return Err(Refused::Stale);
    }
    let mut after = meeting.clone();
    after.version = meeting.version.saturating_add(1);
    let moved = begin != meeting.begin;
    if moved {
        (after.begin, after.end) = (begin, begin.saturating_add(meeting.duration()));
        // Who has answered has said nothing of the new time, but for whoever chose it.
        for attendee in &mut after.attendees {
            let chose = Some(attendee.number) == caller;
            attendee.partstat = if chose { PartStat::Accepted } else { PartStat::NeedsAction };
        }
    }
    let details = wanted.title.clone().map(Detail::Title).into_iter();
    for detail in details.chain(wanted.description.clone().map(Detail::Description)) {
        after.set(detail);
    }
    if let Some(participants) = &wanted.participants {
        let mut last = meeting.attendees.iter().map(|attendee| attendee.number).max().unwrap_or(0);
        after.attendees.retain(|attendee| participants.contains(&attendee.address));
        for address in participants {
            if !after.attendees.iter().any(|attendee| attendee.address == *address) {
                last = last.saturating_add(1);
                let invited = invite(&after, last, address, people);
                after.attendees.push(invited);
            }
        }
    }
    apply_status(&mut after, wanted.status, caller);
    let members =
        |meeting: &Meeting| meeting.attendees.iter().map(|attendee| attendee.number).collect::<Vec<_>>();
    let other_details = after.details() != meeting.details();
    let other_members = members(&after) != members(meeting);
    if moved || other_details || other_members || after.status != meeting.status {
        after.sequence = meeting.sequence.saturating_add(1);
    } else if after.attendees == meeting.attendees {
        return Ok(None);
    }
    after.updated_at = Instant::from_millis(asking.now.millis());
    let judged = newly_taken(Some(meeting), &after, people);
    let about = Told { meeting, after: &after, caller, moved, other_details, other_members };
    let letters = about.letters(asking.now, link_days);
    Ok(Some(Planned { change: Change { meeting: after, letters }, judged }))
}

fn apply_status(meeting: &mut Meeting, status: Option<EventStatus>, caller: Option<u16>) {
    let own = meeting.attendees.iter_mut().find(|attendee| Some(attendee.number) == caller);
    match (status, own) {
        (Some(EventStatus::Cancelled), _) => meeting.status = Status::Cancelled,
        (Some(EventStatus::Active), own) => {
            if let Some(own) = own.filter(|own| own.partstat == PartStat::Declined) {
                own.partstat = PartStat::Accepted;
            }
            meeting.status = Status::Confirmed;
        }
        (Some(EventStatus::Declined), Some(own)) => own.partstat = PartStat::Declined,
        (Some(EventStatus::Declined) | None, _) => {}
    }
}

/// The accounts whose time a change takes that they did not give before, in the order in which the event shows them: of a move, all
/// who come; else whoever did not come before.
#[must_use]
pub fn newly_taken(before: Option<&Meeting>, after: &Meeting, people: &[Person]) -> Vec<u64> {
    let comes = |meeting: &Meeting, address: &Address| {
        let attendee = meeting.attendees.iter().find(|attendee| attendee.address == *address);
        meeting.status == Status::Confirmed
            && attendee.is_some_and(|attendee| attendee.partstat != PartStat::Declined)
    };
    let before = before.filter(|before| (before.begin, before.end) == (after.begin, after.end));
    let takes =
        |address: &Address| comes(after, address) && !before.is_some_and(|before| comes(before, address));
    let taken = shown(after).into_iter().filter(|attendee| takes(&attendee.address));
    taken.filter_map(|attendee| Some(person_of(people, &attendee.address)?.account)).collect()
}

/// The account that has this address.
#[must_use]
pub fn person_of<'a>(people: &'a [Person], address: &Address) -> Option<&'a Person> {
    people.iter().find(|person| person.address == *address)
}

/// Who is asked, in the order of the API: the organiser is the last.
pub(super) fn shown(meeting: &Meeting) -> Vec<&Attendee> {
    let organises = |attendee: &&Attendee| attendee.address == meeting.organiser.address;
    let others = meeting.attendees.iter().filter(|attendee| !organises(attendee));
    others.chain(meeting.attendees.iter().filter(organises)).collect()
}

/// What has changed, for the mails about it.
struct Told<'a> {
    meeting: &'a Meeting,
    after: &'a Meeting,
    caller: Option<u16>,
    moved: bool,
    other_details: bool,
    other_members: bool,
}

impl Told<'_> {
    /// Whoever is new is invited, whoever is removed is told so, and all others get what their calendars must know. Each gets one
    /// mail at most.
    fn letters(&self, now: Instant, link_days: i64) -> Vec<crate::meeting::Letter> {
        let Self { meeting, after, caller, .. } = self;
        let stays = |number: u16| meeting.attendee(number).is_some();
        let of = |template| letters(after, template, None, now, link_days);
        let gone: Vec<Attendee> = meeting
            .attendees
            .iter()
            .filter(|attendee| after.attendee(attendee.number).is_none())
            .cloned()
            .collect();
        let takes_place = |meeting: &Meeting| meeting.status == Status::Confirmed;
        let (to_all, to_new) = match (takes_place(meeting), takes_place(after)) {
            (false, false) => return Vec::new(),
            (true, false) => (Some(Template::Cancelled), None),
            (false, true) => (Some(Template::Reactivated), Some(Template::Agreed)),
            (true, true) if self.moved => (Some(Template::Moved), Some(Template::Agreed)),
            (true, true) if self.other_details => (Some(Template::Details), Some(Template::Agreed)),
            (true, true) => (None, Some(Template::Agreed)),
        };
        let mut all: Vec<_> = to_all.map(of).into_iter().flatten().filter(|l| stays(l.attendee)).collect();
        all.extend(to_new.map(of).into_iter().flatten().filter(|letter| !stays(letter.attendee)));
        if takes_place(meeting) {
            all.extend(removed(after, &gone, now, link_days));
        }
        if to_all.is_none() && self.other_members {
            // The organiser's calendar shows who is asked.
            let organisers = of(Template::Details).into_iter().filter(|l| l.to == after.organiser.address);
            all.extend(organisers);
        } else if to_all.is_none() {
            let answer = caller.and_then(|number| after.attendee(number)).map(|own| own.partstat);
            let template = match answer {
                Some(PartStat::Declined) => Template::Declined,
                _ => Template::Accepted,
            };
            all.extend(letters(after, template, *caller, now, link_days));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::booking::event_view::view;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn person(account: u64, name: &str) -> Person {
        let row = json!({
            "account": account, "address": address(name), "first_name": name, "last_name": "", "zone": "UTC",
            "hours": null, "hours_version": 0, "busy": [],
        });
        serde_json::from_value(row).unwrap()
    }

    fn address(name: &str) -> Address {
        format!("{name}@x.org").parse().unwrap()
    }

    fn everybody() -> Vec<Person> {
        (1..).zip(["ann", "bob", "cyd", "dan"]).map(|(n, name)| person(n, name)).collect()
    }

    fn asking(zone: &Zone) -> Asking<'_> {
        Asking { asker: 1, zone, meeting: Some(7), now: at("2030-06-01") }
    }

    fn wanted(names: &[&str]) -> Wanted {
        Wanted {
            title: Title::parse("Review").ok(),
            begin: Some(at("2030-06-03T10:00:00Z")),
            participants: Some(names.iter().map(|name| address(name)).collect()),
            ..Wanted::default()
        }
    }

    fn booked(names: &[&str]) -> Meeting {
        let organiser =
            Organiser { account: 1, address: address("ann"), name: None, opted_out: false, generation: 0 };
        let zone = Zone::default();
        let planned = book(7, &wanted(names), &organiser, &everybody(), &asking(&zone), 30).unwrap();
        assert_eq!(planned.judged.len(), planned.change.meeting.attendees.len());
        planned.change.meeting
    }

    fn revised(meeting: &Meeting, wanted: &Wanted, caller: u16) -> Planned {
        let zone = Zone::default();
        revise(meeting, wanted, Some(caller), &everybody(), &asking(&zone), 30).unwrap().unwrap()
    }

    fn mails(planned: &Planned) -> Vec<(u16, Template)> {
        let mut mails: Vec<_> = planned.change.letters.iter().map(|l| (l.attendee, l.template)).collect();
        mails.sort_by_key(|(number, _)| *number);
        mails
    }

    #[test]
    fn whoever_books_comes_last_and_once() {
        let meeting = booked(&["bob", "ann", "cyd"]);
        let shown = view(&meeting, at("2030-06-01"), Some(1), &Zone::default(), at("2030-06-01"));
        assert_eq!(shown.participants, ["bob@x.org", "cyd@x.org", "ann@x.org"]);
        assert_eq!((shown.status, shown.begun), (EventStatus::Active, false));
        assert_eq!(shown.time_slot, "2030-06-03 10:00:00");
    }

    #[test]
    fn a_move_asks_all_anew_and_takes_the_time_of_all() {
        let mut meeting = booked(&["bob", "cyd"]);
        meeting.attendees[1].partstat = PartStat::Declined;
        let to = Wanted { begin: Some(at("2030-06-03T11:00:00Z")), ..Wanted::default() };
        let planned = revised(&meeting, &to, 1);
        assert_eq!(planned.judged, [2, 3, 1]);
        assert_eq!(mails(&planned), [(1, Template::Moved), (2, Template::Moved), (3, Template::Moved)]);
        let states = planned.change.meeting.attendees.iter().map(|attendee| attendee.partstat);
        assert_eq!(
            states.collect::<Vec<_>>(),
            [PartStat::Accepted, PartStat::NeedsAction, PartStat::NeedsAction]
        );
        assert_eq!((planned.change.meeting.sequence, planned.change.meeting.version), (1, 2));
    }

    #[test]
    fn who_is_added_takes_a_number_that_nobody_links_to() {
        let meeting = booked(&["bob", "cyd"]);
        let to = Wanted { participants: wanted(&["dan", "bob", "ann"]).participants, ..Wanted::default() };
        let planned = revised(&meeting, &to, 3);
        assert_eq!(planned.judged, [4]);
        let after = &planned.change.meeting;
        let members = after.attendees.iter().map(|attendee| (attendee.number, attendee.generation));
        assert_eq!(members.collect::<Vec<_>>(), [(1, 1), (3, 1), (4, 2)]);
        assert_eq!(mails(&planned), [(2, Template::Removed), (3, Template::Details), (4, Template::Agreed)]);
        // The last one goes, and another gets the number: not the links.
        let to = Wanted { participants: wanted(&["bob", "ann"]).participants, ..Wanted::default() };
        let without = revised(after, &to, 3).change.meeting;
        let to = Wanted { participants: wanted(&["bob", "cyd", "ann"]).participants, ..Wanted::default() };
        let again = revised(&without, &to, 3).change.meeting;
        assert_eq!(again.attendees.last().map(|a| (a.number, a.generation)), Some((4, 4)));
    }

    #[test]
    fn the_status_is_the_events_or_ones_own() {
        let meeting = booked(&["bob"]);
        let status = |status| Wanted { status: Some(status), ..Wanted::default() };
        let declined = revised(&meeting, &status(EventStatus::Declined), 1);
        assert_eq!((mails(&declined), declined.judged.len()), (vec![(0, Template::Declined)], 0));
        let after = declined.change.meeting;
        assert_eq!(after.sequence, 0, "an answer is no change that calendars must show");
        let back = revised(&after, &status(EventStatus::Active), 1);
        assert_eq!((mails(&back), back.judged), (vec![(0, Template::Accepted)], vec![2]));
        let cancelled = revised(&after, &status(EventStatus::Cancelled), 2);
        assert_eq!((mails(&cancelled).len(), cancelled.judged.len()), (2, 0));
        let again = revised(&cancelled.change.meeting, &status(EventStatus::Active), 2);
        assert_eq!(again.judged, [1], "who has declined stays away");
        assert_eq!(mails(&again), [(1, Template::Reactivated), (2, Template::Reactivated)]);
        assert_eq!(again.change.meeting.sequence, 2);
        let zone = Zone::default();
        let same = revise(&meeting, &status(EventStatus::Active), Some(1), &everybody(), &asking(&zone), 30);
        assert_eq!(same, Ok(None));
    }

    #[test]
    fn what_has_begun_or_loses_its_organiser_is_refused() {
        let meeting = booked(&["bob"]);
        let zone = Zone::default();
        let now = Asking { now: meeting.begin, ..asking(&zone) };
        let refused = |wanted: &Wanted, asking: &Asking<'_>| {
            revise(&meeting, wanted, Some(1), &everybody(), asking, 30).unwrap_err()
        };
        let past = refused(&Wanted::default(), &now);
        assert_eq!(past.message(&zone), "Event can not be booked for past datetime : 2030-06-03 10:00:00");
        let to = Wanted { begin: Some(now.now), ..Wanted::default() };
        let earlier = Wanted { begin: Some(at("2030-05-31")), ..to.clone() };
        assert_eq!(refused(&earlier, &asking(&zone)), Refused::Past(at("2030-05-31")));
        let without = Wanted { participants: wanted(&["bob"]).participants, ..Wanted::default() };
        let said = refused(&without, &asking(&zone)).message(&zone);
        assert_eq!(said, "Event organiser can not be removed");
        let stale = Wanted { if_match: Some(vec![2]), ..Wanted::default() };
        assert_eq!(refused(&stale, &asking(&zone)), Refused::Stale);
    }
}
