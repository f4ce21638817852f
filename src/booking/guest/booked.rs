//! What a guest's booking adds to the page of its meeting: how it stands, what is to be done by when, and what was answered.

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Attendee, Awaits, Booking, Meeting, Standing, Status};
use whittle_domain::zone::Zone;

use crate::texts::{say, when};

/// The part of the page.
pub struct Booked {
    /// How it stands.
    pub lead: String,
    /// What is to be done: the act, and what its button says.
    pub act: Option<(&'static str, String)>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// With whom, and what was answered: labels with lines.
    pub facts: Vec<(String, Vec<String>)>,
    /// Whether its reader may choose another time here.
    pub moves: bool,
    /// Whether its reader is the guest and may book anew.
    pub again: bool,
    /// How it is given up: what unfolds, what happens then, and what the button says.
    pub cancel: Option<[String; 3]>,
    /// Whether the owner can say something to the guest with it.
    pub takes_message: bool,
}

impl Booked {
    /// What the page of this meeting says to whoever has this standing; none where no guest has booked it.
    pub fn new(meeting: &Meeting, standing: &Standing, zone: &Zone, now: Instant) -> Option<Self> {
        let booking = meeting.booking.as_ref()?;
        let guest = meeting.attendees.first()?;
        Some(if standing.organiser {
            for_owner(meeting, booking, guest, zone, now)
        } else {
            for_guest(meeting, booking, zone, now)
        })
    }
}

/// How a booking stands.
enum State {
    /// The guest has not confirmed it, and can.
    Unconfirmed,
    /// The guest has not confirmed it in time.
    Lapsed,
    /// The owner has to answer.
    Asked,
    /// The owner has not answered in time.
    Unanswered,
    Firm,
    Over,
    Cancelled,
}

fn state(meeting: &Meeting, booking: &Booking, now: Instant) -> State {
    let lapsed = meeting.status == Status::Expired || booking.has_expired(now);
    match (meeting.status, booking.awaits) {
        (Status::Confirmed, _) if meeting.end <= now => State::Over,
        (Status::Confirmed, _) => State::Firm,
        (Status::Held | Status::Expired, Some(Awaits::Owner)) if lapsed => State::Unanswered,
        (Status::Held | Status::Expired, Some(Awaits::Owner)) => State::Asked,
        (Status::Held | Status::Expired, _) if lapsed => State::Lapsed,
        (Status::Held | Status::Expired, _) => State::Unconfirmed,
        _ => State::Cancelled,
    }
}

/// Until when the time is held, in words.
fn until(booking: &Booking, zone: &Zone) -> String {
    booking.expires.map(|at| when::moment(when::minute(at), zone)).unwrap_or_default()
}

fn for_guest(meeting: &Meeting, booking: &Booking, zone: &Zone, now: Instant) -> Booked {
    let name =
        meeting.organiser.name.as_ref().map_or_else(|| say("the-organiser").to_string(), ToString::to_string);
    let name = name.as_str();
    let may_change = booking.may_change(meeting.begin, now);
    let state = state(meeting, booking, now);
    let lead = match state {
        State::Unconfirmed => say("booked-unconfirmed").with("until", until(booking, zone)),
        State::Lapsed => say("booked-lapsed"),
        State::Asked => say("booked-asked").with("name", name).with("until", until(booking, zone)),
        State::Unanswered => say("booked-unanswered").with("name", name),
        State::Firm => say("booked-firm").with("name", name),
        State::Over => say("booked-over"),
        State::Cancelled => say("booked-cancelled"),
    };
    let act = match state {
        State::Unconfirmed => Some(("confirm", say("booked-confirm").to_string())),
        State::Lapsed if may_change => Some(("confirm", say("booked-confirm-late").to_string())),
        _ => None,
    };
    let mut notes = Vec::new();
    match state {
        State::Unconfirmed | State::Lapsed if booking.approval => {
            notes.push(say("booked-then-asked").with("name", name).to_string());
        }
        State::Unconfirmed => notes.push(say("booked-then-firm").to_string()),
        State::Firm if may_change => {
            let until = when::moment(when::minute(booking.last_change(meeting.begin)), zone);
            notes.push(say("booked-change-until").with("until", until).to_string());
            // What begins sooner is not reminded of any more.
            if meeting.begin > now.saturating_add(Duration::from_seconds(86_400)) {
                notes.push(say("booked-reminder").to_string());
            }
        }
        State::Firm => notes.push(say("booked-change-over").with("name", name).to_string()),
        _ => {}
    }
    let firm = matches!(state, State::Firm);
    // What is not confirmed is given back by itself, and nobody has heard of it.
    let gives_up = may_change && matches!(state, State::Firm | State::Asked);
    Booked {
        lead: lead.to_string(),
        act,
        notes,
        facts: facts((say("guest-with").to_string(), vec![name.to_owned()]), booking),
        moves: firm && may_change,
        again: matches!(state, State::Lapsed | State::Unanswered | State::Over | State::Cancelled),
        cancel: gives_up.then(|| {
            [
                say("booked-cancel").to_string(),
                say("booked-cancel-help").with("name", name).to_string(),
                say("booked-cancel-button").to_string(),
            ]
        }),
        takes_message: false,
    }
}

fn for_owner(meeting: &Meeting, booking: &Booking, guest: &Attendee, zone: &Zone, now: Instant) -> Booked {
    let name = guest.name.as_ref().map_or_else(|| guest.address.to_string(), ToString::to_string);
    let name = name.as_str();
    let state = state(meeting, booking, now);
    let lead = match state {
        State::Unconfirmed => {
            say("booking-unconfirmed").with("name", name).with("until", until(booking, zone))
        }
        State::Lapsed => say("booking-lapsed").with("name", name),
        State::Asked => say("booking-asked").with("name", name).with("until", until(booking, zone)),
        State::Unanswered => say("booking-unanswered").with("name", name),
        State::Firm => say("booking-firm").with("name", name),
        State::Over => say("booked-over"),
        State::Cancelled => say("booked-cancelled"),
    };
    let cancel = match state {
        State::Asked => {
            Some([say("booking-refuse"), say("booking-refuse-help"), say("booking-refuse-button")])
        }
        State::Firm => {
            Some([say("booking-cancel"), say("booking-cancel-help"), say("booking-cancel-button")])
        }
        _ => None,
    };
    Booked {
        lead: lead.to_string(),
        act: match state {
            State::Asked => Some(("approve", say("booking-approve").to_string())),
            State::Unanswered if meeting.begin > now => {
                Some(("approve", say("booking-approve-late").to_string()))
            }
            _ => None,
        },
        notes: Vec::new(),
        facts: facts(
            (say("booking-guest").to_string(), vec![name.to_owned(), guest.address.to_string()]),
            booking,
        ),
        moves: false,
        again: false,
        cancel: cancel.map(|said| said.map(|text| text.to_string())),
        takes_message: true,
    }
}

fn facts(first: (String, Vec<String>), booking: &Booking) -> Vec<(String, Vec<String>)> {
    let answered = booking.answers.iter().filter(|(_, answer)| !answer.is_empty());
    let answers = answered.map(|(question, answer)| (question.clone(), vec![answer.clone()]));
    std::iter::once(first).chain(answers).collect()
}
