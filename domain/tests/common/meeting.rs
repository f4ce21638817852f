//! Random histories of a meeting: who acts, what they do, and the outcome.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use whittle_domain::address::Address;
use whittle_domain::detail::Detail;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::genesis;
use whittle_domain::meeting::{
    Act, Attendee, Caller, Change, Command, Letter, Meeting, Organiser, PartStat, Rejection, Source, Status,
    Update, decide,
};
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::proposal::Visibility;
use whittle_domain::text::{Description, Location, Name, Note, Title};
use whittle_domain::zone::Zone;

use super::details;

pub const ID: u64 = 42;
const HOUR: i64 = 3_600_000_000;
/// The last and the first instant of the type, in microseconds.
const ENDS: [i64; 2] = [253_402_207_200_000_000, -62_135_596_800_000_000];

pub fn at(minute: i64) -> Instant {
    Instant::from_millis(1_760_000_000_000 + minute * 60_000)
}

pub fn address(n: u16) -> Address {
    let text = if n == 0 { "organiser@example.org".to_owned() } else { format!("p{n}@example.org") };
    text.parse().unwrap()
}

#[derive(Clone, Copy, Debug)]
pub enum Who {
    Link(u16),
    /// A link of another generation.
    VoidLink(u16),
    /// A verified account with this address.
    Account(u16),
    /// An account with this address that is not verified.
    Unproven(u16),
    Organiser,
    OrganisersLink,
    Staff,
    Stranger,
    Source,
    Unsubscriber(u16),
}

#[derive(Clone, Copy, Debug)]
pub enum Version {
    Any,
    This,
    Older,
}

#[derive(Clone, Debug)]
pub enum Step {
    View,
    Update(Option<Instant>, Option<Duration>, Vec<Detail>, Version),
    Cancel,
    CancelSaying,
    Confirm,
    Approve,
    Decline,
    Accept,
    OptOut,
    OptIn,
}

/// Meetings have up to five attendees, so some numbers have none.
fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        5 => (1u16..6).prop_map(Who::Link),
        1 => (1u16..6).prop_map(Who::VoidLink),
        3 => (1u16..7).prop_map(Who::Account),
        1 => (1u16..4).prop_map(Who::Unproven),
        8 => Just(Who::Organiser),
        1 => Just(Who::OrganisersLink),
        2 => Just(Who::Staff),
        1 => Just(Who::Stranger),
        1 => Just(Who::Source),
        2 => (0u16..7).prop_map(Who::Unsubscriber),
    ]
}

/// Instants near and far, in whole milliseconds or not.
fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        6 => (0i64..48).prop_map(|h| at(60 * h)),
        2 => (0i64..2_000_000).prop_map(|micros| Instant::from_micros(at(0).micros() + micros).unwrap()),
        2 => (prop::sample::select(ENDS.to_vec()), -3_000i64..3_000)
            .prop_map(|(end, by)| Instant::from_micros(end + by).or_else(|| Instant::from_micros(end)).unwrap()),
        1 => any::<i64>().prop_map(Instant::from_millis),
    ]
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        6 => (1i64..6).prop_map(|h| Duration::from_micros(h * HOUR)),
        2 => (-3i64..2_000).prop_map(Duration::from_micros),
        1 => any::<i64>().prop_map(Duration::from_micros),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let version = prop_oneof![4 => Just(Version::Any), 2 => Just(Version::This), 1 => Just(Version::Older)];
    prop_oneof![
        1 => Just(Step::View),
        7 => (prop::option::of(instant()), prop::option::of(duration()), prop::option::of(details()), version).prop_map(
            |(begin, duration, details, version)| {
                Step::Update(begin, duration, details.unwrap_or_default(), version)
            }
        ),
        2 => Just(Step::Cancel),
        1 => Just(Step::CancelSaying),
        1 => Just(Step::Confirm),
        1 => Just(Step::Approve),
        3 => Just(Step::Decline),
        3 => Just(Step::Accept),
        2 => Just(Step::OptOut),
        2 => Just(Step::OptIn),
    ]
}

pub fn steps() -> impl Strategy<Value = Vec<(Who, Step)>> {
    prop::collection::vec((who(), step()), 1..25)
}

/// The organiser may be one of the attendees, the second.
pub fn meeting() -> impl Strategy<Value = Meeting> {
    let one = (prop::bool::weighted(0.1), 0u32..3, any::<bool>(), 0usize..3);
    (prop::collection::vec(one, 1..6), any::<bool>(), any::<bool>()).prop_map(|(rows, listed, names)| {
        let attendee =
            |(number, (opted_out, generation, optional, partstat)): (u16, (bool, u32, bool, usize))| {
                Attendee {
                    number,
                    address: address(if listed && number == 2 { 0 } else { number }),
                    name: (number % 2 == 0).then(|| Name::parse(&format!("Name {number}")).unwrap()),
                    optional,
                    partstat: [PartStat::NeedsAction, PartStat::Accepted, PartStat::Declined][partstat],
                    generation,
                    opted_out,
                    asked: true,
                    over_budget: false,
                }
            };
        let attendees: Vec<Attendee> = (1u16..).zip(rows).map(attendee).collect();
        let out = attendees.iter().any(|a| a.address == address(0) && a.opted_out);
        Meeting {
            id: ID,
            uid: "proposal-42@whittle".to_owned(),
            title: Title::parse("cybes").unwrap(),
            location: Location::default(),
            description: Description::default(),
            begin: at(0),
            end: at(60),
            timezone: Zone::default(),
            status: Status::Confirmed,
            sequence: 0,
            version: 1,
            visibility: if names { Visibility::Names } else { Visibility::Open },
            organiser: Organiser {
                account: 1,
                address: address(0),
                name: None,
                opted_out: out,
                generation: 0,
            },
            attendees,
            source: Source::Proposal(ID),
            receipt: Some(genesis::<ProposalLedger>(ID)),
            updated_at: at(-60),
            booking: None,
        }
    })
}

fn caller(who: Who, meeting: &Meeting) -> Caller {
    let generation = |number: u16| meeting.attendee(number).map_or(0, |a| a.generation);
    let account = |id: u64, proven: Option<Address>, staff: bool| Caller::Account { id, proven, staff };
    match who {
        Who::Link(attendee) => Caller::Link { attendee, generation: generation(attendee) },
        Who::VoidLink(attendee) => {
            Caller::Link { attendee, generation: generation(attendee).wrapping_add(1) }
        }
        Who::Account(n) => account(10 + u64::from(n), Some(address(n)), false),
        Who::Unproven(n) => account(10 + u64::from(n), None, false),
        Who::Organiser => account(1, Some(address(0)), false),
        Who::OrganisersLink => Caller::Link { attendee: 0, generation: 0 },
        Who::Staff => account(2, Some("staff@example.org".parse().unwrap()), true),
        Who::Stranger => account(3, Some("nobody@example.org".parse().unwrap()), false),
        Who::Source => Caller::Source,
        Who::Unsubscriber(attendee) => Caller::Unsubscriber { attendee },
    }
}

fn command(step: &Step, meeting: &Meeting) -> Command {
    match step {
        Step::View => Command::View,
        Step::Update(begin, duration, details, version) => Command::Update(Update {
            begin: *begin,
            duration: *duration,
            details: details.clone(),
            if_match: match version {
                Version::Any => None,
                Version::This => Some(vec![meeting.version]),
                Version::Older => Some(vec![meeting.version - 1]),
            },
        }),
        Step::Cancel => Command::Cancel,
        Step::CancelSaying => Command::CancelSaying(Note::parse("I am ill").unwrap()),
        Step::Confirm => Command::Confirm,
        Step::Approve => Command::Approve,
        Step::Decline => Command::Decline,
        Step::Accept => Command::Accept,
        Step::OptOut => Command::OptOut,
        Step::OptIn => Command::OptIn,
    }
}

pub struct Decided {
    pub before: Meeting,
    pub who: Who,
    pub act: Act,
    pub now: Instant,
    pub outcome: Result<Option<Change>, Rejection>,
    pub after: Meeting,
}

impl Decided {
    pub fn letters(&self) -> &[Letter] {
        self.outcome.as_ref().ok().and_then(Option::as_ref).map_or(&[], |c| c.letters.as_slice())
    }

    /// The attendee who acts, found by address, because the organiser can be an attendee.
    pub fn attendee(&self) -> Option<u16> {
        let own = match self.who {
            Who::Link(n) | Who::Unsubscriber(n) => return self.before.attendee(n).map(|a| a.number),
            Who::Account(n) => address(n),
            Who::Organiser => address(0),
            _ => return None,
        };
        self.before.attendees.iter().find(|a| a.address == own).map(|a| a.number)
    }

    pub const fn leads(&self) -> bool {
        matches!(self.who, Who::Organiser | Who::Staff | Who::Source)
    }
}

pub fn run(mut meeting: Meeting, steps: &[(Who, Step)]) -> Vec<Decided> {
    let mut all = Vec::new();
    for (minute, (who, step)) in (0..).zip(steps) {
        let act = Act { caller: caller(*who, &meeting), command: command(step, &meeting) };
        let (before, now) = (meeting.clone(), at(minute));
        let outcome = decide(&meeting, &act, now, 30);
        if let Ok(Some(change)) = &outcome {
            meeting = change.meeting.clone();
        }
        all.push(Decided { before, who: *who, act, now, outcome, after: meeting.clone() });
    }
    all
}
