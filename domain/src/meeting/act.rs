//! What may be done with a meeting, and what follows.

use super::guest;
use super::source::whole_millis_up;
use super::{Attendee, Letter, Meeting, PartStat, Source, Status, Template};
use crate::address::Address;
use crate::detail::{Detail, Detailed as _};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::proposal::Visibility;
use crate::slot::Slot;
use crate::text::Note;

/// Who is calling, as far as a meeting needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The holder of an authentic link of this meeting.
    Link {
        /// The attendee it names, 0 for the organiser.
        attendee: u16,
        /// The generation it was made for.
        generation: u32,
    },
    /// A party of the proposal that the meeting came of, as the proposal knows it.
    Party {
        /// The attendee it is.
        attendee: u16,
    },
    /// An account.
    Account {
        /// Its number.
        id: u64,
        /// Its address, if it is verified.
        proven: Option<Address>,
        /// Whether it is staff.
        staff: bool,
    },
    /// A browser that has a session and has opened a link. The session counts if its account has anything to do with the
    /// meeting, else the link ([`Act::resolved`]).
    Either {
        /// The account of the session.
        account: Box<Caller>,
        /// The holder of the link.
        link: Box<Caller>,
    },
    /// What it came of: the proposal that is ended.
    Source,
    /// The holder of an unsubscribe link.
    Unsubscriber {
        /// The attendee it was mailed to, 0 for the organiser.
        attendee: u16,
    },
}

/// Another time, other details, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// From when; as before without.
    pub begin: Option<Instant>,
    /// For how long; as before without.
    pub duration: Option<Duration>,
    /// New details; the others stay.
    pub details: Vec<Detail>,
    /// The versions the caller accepts (`If-Match`); `None` accepts any.
    pub if_match: Option<Vec<u32>>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// To look.
    View,
    /// To move it, or to change its details.
    Update(Update),
    /// To cancel it.
    Cancel,
    /// To cancel it, or to decline a guest's booking, and to tell those who would come why.
    CancelSaying(Note),
    /// To make a guest's booking real, by its guest: at once, or as soon as the owner approves of it.
    Confirm,
    /// To approve of a guest's booking, by its owner.
    Approve,
    /// To give up a guest's booking whose hold has ended.
    Expire,
    /// Not to come.
    Decline,
    /// To come after all.
    Accept,
    /// To get no more mail about it.
    OptOut,
    /// To get it again, after all.
    OptIn,
}

/// A command with its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who asks.
    pub caller: Caller,
    /// What for.
    pub command: Command,
}

impl Update {
    /// Whether it asks for another begin and for nothing else, as a guest may.
    fn only_moves(&self) -> bool {
        self.duration.is_none() && self.details.is_empty()
    }
}

impl Caller {
    /// As whom the caller acts here: itself, or the one of two that counts.
    #[must_use]
    pub fn resolved(&self, meeting: &Meeting) -> &Self {
        match self {
            Self::Either { account, link } => match meeting.standing(account) {
                Ok(_) => account,
                Err(_) => link,
            },
            one => one,
        }
    }
}

impl Standing {
    /// As whom a form of its page acts: `p2`, `organiser`, or `nobody` who has a part in it.
    #[must_use]
    pub fn label(&self) -> String {
        match self.attendee {
            Some(number) => format!("p{number}"),
            None if self.organiser => "organiser".to_owned(),
            None => "nobody".to_owned(),
        }
    }
}

/// What an act makes of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The meeting after it.
    pub meeting: Meeting,
    /// The mails it causes.
    pub letters: Vec<Letter>,
}

/// Why an act is refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The caller has nothing to do with it: there is no such meeting for it.
    Unknown,
    /// The link names no attendee, or another generation of it.
    LinkVoid,
    /// The caller is known and may not.
    Forbidden,
    /// It was cancelled.
    Cancelled,
    /// It does not take place yet, or not any more.
    NotConfirmed,
    /// The caller has seen an older version.
    Stale,
    /// It would end beyond what can be written.
    TooLate,
    /// An event that has begun is not changed any more.
    Begun,
    /// An event is not moved to a time that has begun.
    Past,
    /// It begins so soon that its guest may not change it any more.
    Notice,
}

/// What a caller is to a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The attendee it is, if any.
    pub attendee: Option<u16>,
    /// Whether it has the organiser's rights: the organiser and staff.
    pub organiser: bool,
    /// Whether it may move, change and cancel it: whoever has the organiser's rights, and of an event every account that is asked
    /// to come, but for what a guest has booked.
    pub changes: bool,
    /// Whether others' addresses are for its eyes.
    pub sees_addresses: bool,
}

impl Meeting {
    /// For how long.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.end.micros().saturating_sub(self.begin.micros()))
    }

    /// The attendee of this number.
    #[must_use]
    pub fn attendee(&self, number: u16) -> Option<&Attendee> {
        self.attendees.iter().find(|a| a.number == number)
    }

    /// What the caller is to this meeting.
    ///
    /// # Errors
    /// [`Rejection::LinkVoid`] for a link of no such attendee or generation, [`Rejection::Unknown`] for an account that has
    /// nothing to do with it.
    pub fn standing(&self, caller: &Caller) -> Result<Standing, Rejection> {
        let open = self.visibility == Visibility::Open;
        let of = |attendee: Option<u16>, organiser: bool| Standing {
            attendee,
            organiser,
            changes: organiser,
            sees_addresses: open || organiser,
        };
        match caller {
            Caller::Either { .. } => self.standing(caller.resolved(self)),
            Caller::Source => Ok(of(None, true)),
            // The organiser's own mails have one, for looking; what it does it signs in for.
            Caller::Link { attendee: 0, generation } if *generation != self.organiser.generation => {
                Err(Rejection::LinkVoid)
            }
            Caller::Link { attendee: 0, .. } => Ok(Standing { sees_addresses: true, ..of(None, false) }),
            Caller::Link { attendee, generation } => {
                let known = self.attendee(*attendee).filter(|a| a.generation == *generation);
                known.map(|a| of(Some(a.number), false)).ok_or(Rejection::LinkVoid)
            }
            Caller::Unsubscriber { attendee: 0 } => Ok(of(None, false)),
            Caller::Party { attendee } | Caller::Unsubscriber { attendee } => {
                self.attendee(*attendee).map(|a| of(Some(a.number), false)).ok_or(Rejection::LinkVoid)
            }
            Caller::Account { id, proven, staff } => {
                let own = |a: &&Attendee| proven.as_ref().is_some_and(|p| *p == a.address);
                let attendee = self.attendees.iter().find(own).map(|a| a.number);
                let organiser = *staff || self.organiser.account == *id;
                if attendee.is_none() && !organiser {
                    return Err(Rejection::Unknown);
                }
                let is_event = matches!(self.source, Source::Event(_)) && !self.is_guests();
                Ok(Standing { changes: organiser || is_event, ..of(attendee, organiser) })
            }
        }
    }
}

/// What the act makes of the meeting at `now`; `None` where it changes nothing. Links in its mails expire after
/// `link_days`.
///
/// # Errors
/// A [`Rejection`]; rights are judged before state, state before content.
pub fn decide(
    meeting: &Meeting,
    act: &Act,
    now: Instant,
    link_days: i64,
) -> Result<Option<Change>, Rejection> {
    let standing = meeting.standing(&act.caller)?;
    let is_booked = meeting.booking.is_some();
    let is_guest = is_booked && standing.attendee.is_some();
    let may = match &act.command {
        // An unsubscribe link is good for nothing else.
        Command::OptOut | Command::OptIn => standing.attendee.is_some() || is_organiser(meeting, &act.caller),
        _ if matches!(act.caller, Caller::Unsubscriber { .. }) => false,
        Command::View => true,
        Command::Update(to) => standing.changes || (is_guest && to.only_moves()),
        Command::Cancel | Command::CancelSaying(_) => standing.changes || is_guest,
        Command::Decline | Command::Accept => standing.attendee.is_some(),
        Command::Confirm => is_guest,
        Command::Approve => is_booked && standing.organiser,
        Command::Expire => is_booked && act.caller == Caller::Source,
    };
    if !may {
        return Err(Rejection::Forbidden);
    }
    let is_event = matches!(meeting.source, Source::Event(_));
    let keeps_time = matches!(act.command, Command::View | Command::OptOut | Command::OptIn);
    if is_event && !keeps_time && meeting.begin <= now && act.caller != Caller::Source {
        return Err(Rejection::Begun);
    }
    if !standing.organiser
        && matches!(act.command, Command::Update(_) | Command::Cancel | Command::CancelSaying(_))
    {
        guest::may_change(meeting, now)?;
    }
    let mut after = meeting.clone();
    let template = match &act.command {
        Command::View => return Ok(None),
        Command::OptOut | Command::OptIn => {
            opt(&mut after, standing.attendee, act.command == Command::OptOut);
            None
        }
        Command::Confirm => guest::confirm(&mut after, now)?,
        Command::Approve => guest::approve(&mut after)?,
        Command::Expire => guest::expire(&mut after, now),
        Command::Cancel | Command::CancelSaying(_) if is_booked && meeting.status == Status::Held => {
            guest::withdraw(&mut after, standing.organiser)
        }
        _ if !matches!(meeting.status, Status::Confirmed | Status::Cancelled) => {
            return Err(Rejection::NotConfirmed);
        }
        // Cancelled twice is cancelled.
        Command::Cancel | Command::CancelSaying(_) => {
            if after.status == Status::Confirmed {
                after.sequence = after.sequence.saturating_add(1);
            }
            after.status = Status::Cancelled;
            Some(Template::Cancelled)
        }
        _ if meeting.status == Status::Cancelled => return Err(Rejection::Cancelled),
        Command::Update(update) => {
            let template = change(&mut after, update)?;
            if !standing.organiser {
                // Who chose the time comes.
                answer(&mut after, standing.attendee, PartStat::Accepted);
            }
            Some(template)
        }
        Command::Decline => {
            answer(&mut after, standing.attendee, PartStat::Declined);
            Some(Template::Declined)
        }
        Command::Accept => {
            answer(&mut after, standing.attendee, PartStat::Accepted);
            Some(Template::Accepted)
        }
    };
    if after == *meeting {
        return Ok(None);
    }
    if is_event && after.begin != meeting.begin && after.begin <= now {
        return Err(Rejection::Past);
    }
    after.version = meeting.version.saturating_add(1);
    after.updated_at = Instant::from_millis(now.millis());
    if let Some(booking) = &mut after.booking {
        booking.strict = !standing.organiser;
    }
    let message = match &act.command {
        Command::CancelSaying(message) => message.as_str(),
        _ => "",
    };
    let letters =
        template.map_or_else(Vec::new, |t| super::letters(&after, t, standing.attendee, now, link_days));
    let letters = guest::said(letters, &after, message);
    Ok(Some(Change { meeting: after, letters }))
}

/// Makes the change, which calendars must hear of once, and says which mail tells of it.
fn change(meeting: &mut Meeting, to: &Update) -> Result<Template, Rejection> {
    if to.if_match.as_ref().is_some_and(|seen| !seen.contains(&meeting.version)) {
        return Err(Rejection::Stale);
    }
    // Before the end is made of it: a length is not to grow by being moved.
    let begin = Instant::from_millis(to.begin.unwrap_or(meeting.begin).millis());
    let slot = Slot::new(begin, to.duration.unwrap_or_else(|| meeting.duration()))
        .map_err(|_| Rejection::TooLate)?;
    let end = whole_millis_up(slot.end());
    let moved = (begin, end) != (meeting.begin, meeting.end);
    let current = meeting.details();
    let changed: Vec<&Detail> = to.details.iter().filter(|detail| !current.contains(detail)).collect();
    if moved || !changed.is_empty() {
        meeting.sequence = meeting.sequence.saturating_add(1);
    }
    for detail in changed {
        meeting.set(detail.clone());
    }
    if !moved {
        return Ok(Template::Details);
    }
    (meeting.begin, meeting.end) = (begin, end);
    // A significant change: who said yes or no to the old time has said nothing of the new one (RFC 5546, section 3.2.2.1).
    for attendee in &mut meeting.attendees {
        attendee.partstat = PartStat::NeedsAction;
    }
    Ok(Template::Moved)
}

fn answer(meeting: &mut Meeting, number: Option<u16>, partstat: PartStat) {
    if let Some(attendee) = meeting.attendees.iter_mut().find(|a| Some(a.number) == number) {
        attendee.partstat = partstat;
    }
}

/// Whether it is the organiser, not one of staff in its place.
fn is_organiser(meeting: &Meeting, caller: &Caller) -> bool {
    match caller {
        Caller::Link { attendee, .. } | Caller::Unsubscriber { attendee } => *attendee == 0,
        Caller::Account { id, .. } => *id == meeting.organiser.account,
        Caller::Either { account, link } => is_organiser(meeting, account) || is_organiser(meeting, link),
        Caller::Party { .. } | Caller::Source => false,
    }
}

/// Whoever wants no mail about it wants none in any capacity.
fn opt(meeting: &mut Meeting, number: Option<u16>, out: bool) {
    let attendee = meeting.attendees.iter().find(|a| Some(a.number) == number);
    let address = attendee.map_or(&meeting.organiser.address, |a| &a.address).clone();
    if meeting.organiser.address == address {
        meeting.organiser.opted_out = out;
    }
    for attendee in meeting.attendees.iter_mut().filter(|a| a.address == address) {
        attendee.opted_out = out;
    }
}
