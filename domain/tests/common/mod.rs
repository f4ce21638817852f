//! Random scenarios of a proposal: who acts, when, and what they do.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod history;
pub mod meeting;
pub mod schedule;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof};
use proptest::sample::Index;
use whittle_domain::address::Address;
use whittle_domain::detail::Detail;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{
    Caller, Command, Creator, Narrowing, New, NewDeadline, NewParty, NextRound, Notice, Phase, Proposal,
    Undeliverable, Via, Visibility,
};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::text::{Description, Location, Name, Note, Title};
use whittle_domain::zone::Zone;

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;

/// The instant this many minutes after the proposal was created.
pub fn at(minute: i64) -> Instant {
    Instant::from_micros(1_760_000_000_000_000 + minute * MINUTE).unwrap()
}

pub fn slot(begin: i64, length: i64) -> Slot {
    Slot::new(at(60 * (1000 + begin)), Duration::from_micros(length * HOUR)).unwrap()
}

fn slots(most: usize) -> impl Strategy<Value = Slots> {
    prop::collection::vec((0i64..24, 1i64..6), 0..most)
        .prop_map(|v| Slots::new(v.into_iter().map(|(b, d)| slot(b, d))).unwrap())
}

fn offer(most: usize) -> impl Strategy<Value = Slots> {
    slots(most).prop_map(|s| if s.is_empty() { Slots::one(slot(1, 1)) } else { s })
}

/// The addresses of parties and of those who replace them. Number 9 is a creator who is no party.
pub fn address(n: usize) -> Address {
    let text = if n == 9 { "creator@example.org".to_owned() } else { format!("p{n}@example.org") };
    text.parse().unwrap()
}

pub fn addresses() -> impl Iterator<Item = Address> {
    (0..10).map(address).chain(["staff@example.org", "nobody@example.org"].map(|a| a.parse().unwrap()))
}

/// The caller of an act.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// A party by its link.
    Link(u16),
    /// A party by a link that is void.
    VoidLink(u16),
    /// A verified account with this address.
    Account(usize),
    Creator,
    Staff,
    Stranger,
    Unsubscriber(u16),
}

/// The slots that an act asks for. Most choices are sensible, so that histories get somewhere.
#[derive(Clone, Debug)]
pub enum SlotChoice {
    All,
    Keep(Vec<Index>),
    Trim(Index),
    Any(Slots),
    None,
}

#[derive(Clone, Debug)]
pub enum Step {
    Narrow {
        choice: SlotChoice,
        stale: bool,
        details: Vec<Detail>,
        deadline: Option<i64>,
        note: bool,
    },
    /// Parties by index, and perhaps an address that is no party.
    Notify(Vec<usize>, bool),
    View,
    Revoke(Option<usize>),
    Close,
    Tick,
    Resend,
    Withdraw(u16),
    Replace(u16, usize),
    Link(u16),
    SetOptional(u16, bool),
    Fix(SlotChoice),
    /// With parties of the next round, each by its address and whether it is optional, or the same.
    Round(u64, Slots, Vec<Detail>, Option<Vec<(usize, bool)>>),
    /// Fixes a slot or starts the next round, whichever the phase allows.
    Settle(Index, u64, Slots),
    OptOut,
    OptIn,
    /// Changes only details.
    Change(Vec<Detail>),
    /// Changes only the deadline: to this many hours from now, or to none.
    Reschedule(Option<i64>),
    Undeliverable(usize, bool),
}

#[derive(Clone, Debug)]
pub struct TimedAct {
    pub who: Who,
    pub minutes: i64,
    pub step: Step,
}

/// Everything that determines a history.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub new: New,
    pub creator: Creator,
    /// Whether the creator's account is verified when it acts.
    pub proven: bool,
    /// Whether the clock ticks at each wake-up, and not only when a step says so.
    pub punctual: bool,
    pub moves: Vec<TimedAct>,
}

fn any_caller() -> impl Strategy<Value = Who> {
    prop_oneof![
        10 => (1u16..10).prop_map(Who::Link),
        1 => (1u16..3).prop_map(Who::VoidLink),
        2 => (1usize..7).prop_map(Who::Account),
        3 => Just(Who::Creator),
        2 => Just(Who::Staff),
        1 => Just(Who::Stranger),
        1 => (0u16..7).prop_map(Who::Unsubscriber),
    ]
}

fn mostly_organiser() -> impl Strategy<Value = Who> {
    prop_oneof![5 => Just(Who::Creator), 2 => Just(Who::Staff), 2 => any_caller()]
}

fn choice() -> impl Strategy<Value = SlotChoice> {
    prop_oneof![
        8 => Just(SlotChoice::All),
        5 => prop::collection::vec(any::<Index>(), 1..12).prop_map(SlotChoice::Keep),
        3 => any::<Index>().prop_map(SlotChoice::Trim),
        1 => slots(5).prop_map(SlotChoice::Any),
        2 => Just(SlotChoice::None),
    ]
}

/// Places, some of them empty.
fn location() -> impl Strategy<Value = Location> {
    prop::sample::select(vec!["", "Room 5, 2nd floor", "https://meet.example.org/a;b"])
        .prop_map(|text| Location::parse(text).unwrap())
}

/// Descriptions, some of them empty or of several lines.
fn description() -> impl Strategy<Value = Description> {
    prop::sample::select(vec!["", "Plans", "Agenda:\n\n1. Plans; 2. \"Lunch\"\\, all"])
        .prop_map(|text| Description::parse(text).unwrap())
}

/// One detail, whose value may be the one that the proposal has.
pub fn detail() -> impl Strategy<Value = Detail> {
    let titles = ["cybes", "other"].map(|text| Detail::Title(Title::parse(text).unwrap()));
    let zones = ["UTC", "Europe/Berlin"].map(|name| Detail::Timezone(Zone::parse(name).unwrap()));
    prop_oneof![
        prop::sample::select(titles.to_vec()),
        location().prop_map(Detail::Location),
        description().prop_map(Detail::Description),
        prop::sample::select(zones.to_vec()),
    ]
}

/// Some details, each of them once at most.
pub fn details() -> impl Strategy<Value = Vec<Detail>> {
    prop::collection::vec(detail(), 1..4).prop_map(|mut details| {
        let mut seen = Vec::new();
        details.retain(|detail| {
            !seen.contains(&detail.name()) && {
                seen.push(detail.name());
                true
            }
        });
        details
    })
}

fn narrow(other: f64) -> impl Strategy<Value = Step> {
    let (stale, note) = (prop::bool::weighted(0.1), prop::bool::weighted(0.3));
    let details = prop::option::weighted(other, details()).prop_map(Option::unwrap_or_default);
    (choice(), stale, details, prop::option::weighted(other, -5i64..200), note).prop_map(
        |(choice, stale, details, deadline, note)| Step::Narrow { choice, stale, details, deadline, note },
    )
}

fn act() -> impl Strategy<Value = (Who, Step)> {
    let organiser_steps = prop_oneof![
        2 => narrow(0.3),
        1 => prop::bool::weighted(0.4).prop_map(|close| if close { Step::Close } else { Step::View }),
        1 => (1u16..7).prop_map(Step::Withdraw),
        2 => (1u16..6, 0usize..10).prop_map(|(party, to)| Step::Replace(party, to)),
        1 => (1u16..7).prop_map(Step::Link),
        2 => (1u16..6, prop::bool::weighted(0.4)).prop_map(|(party, optional)| Step::SetOptional(party, optional)),
        2 => prop::option::weighted(0.9, 20i64..80).prop_map(Step::Reschedule),
        3 => prop_oneof![2 => choice(), 1 => slots(3).prop_map(SlotChoice::Any)].prop_map(Step::Fix),
        2 => (50u64..99, offer(4), details(), prop::option::of(prop::collection::vec((0usize..10, any::<bool>()), 1..4)))
            .prop_map(|(id, slots, details, parties)| Step::Round(id, slots, details, parties)),
        1 => details().prop_map(Step::Change),
        4 => (any::<Index>(), 50u64..99, offer(4)).prop_map(|(pick, id, slots)| Step::Settle(pick, id, slots)),
        4 => (prop::collection::vec(0usize..6, 2..6), Just(false)).prop_map(|(n, other)| Step::Notify(n, other)),
    ];
    let any_callers_steps = prop_oneof![
        14 => narrow(0.02),
        3 => (prop::collection::vec(0usize..6, 0..4), prop::bool::weighted(0.1))
            .prop_map(|(n, other)| Step::Notify(n, other)),
        3 => Just(Step::View),
        1 => prop::option::of(0usize..6).prop_map(Step::Revoke),
        1 => Just(Step::Resend),
        1 => Just(Step::OptOut),
        1 => Just(Step::OptIn),
    ];
    let unsubscriber = (0u16..7).prop_map(Who::Unsubscriber);
    prop_oneof![
        20 => (any_caller(), any_callers_steps),
        10 => (mostly_organiser(), organiser_steps),
        2 => (unsubscriber, prop_oneof![Just(Step::OptOut), Just(Step::OptIn)]),
        1 => (Just(Who::Staff), (0usize..10, any::<bool>()).prop_map(|(n, hard)| Step::Undeliverable(n, hard))),
        2 => (Just(Who::Staff), Just(Step::Tick)),
    ]
}

fn moves() -> impl Strategy<Value = Vec<TimedAct>> {
    let minutes = prop_oneof![3 => 0i64..12, 2 => 12i64..180, 3 => 180i64..1800];
    let one = (minutes, act()).prop_map(|(minutes, (who, step))| TimedAct { who, minutes, step });
    prop::collection::vec(one, 1..30)
}

fn parties() -> impl Strategy<Value = Vec<NewParty>> {
    let one = (prop::bool::weighted(0.3), any::<bool>(), prop::bool::weighted(0.1));
    prop::collection::vec(one, 1..6).prop_map(|rows| {
        let party = |(n, (optional, named, opted_out)): (usize, (bool, bool, bool))| NewParty {
            address: address(n),
            name: named.then(|| Name::parse(&format!("Name {n}")).unwrap()),
            optional: optional && n > 0,
            opted_out,
        };
        rows.into_iter().enumerate().map(party).collect()
    })
}

fn new() -> impl Strategy<Value = New> {
    let deadline = prop::option::weighted(0.7, 1i64..300);
    let predecessor = prop::option::weighted(0.1, 1u64..42);
    let texts = (location(), description());
    (parties(), offer(8), deadline, any::<bool>(), prop::option::of(1i64..3), predecessor, texts).prop_map(
        |(parties, slots, deadline, names, shortest, predecessor, (location, description))| New {
            title: Title::parse("cybes").unwrap(),
            location,
            description,
            parties,
            slots,
            timezone: Zone::default(),
            deadline: deadline.map(|h| at(60 * h)),
            min_duration: shortest.map(|h| Duration::from_micros(h * HOUR)),
            visibility: if names { Visibility::Names } else { Visibility::Open },
            predecessor,
        },
    )
}

/// A proposal of two slots to these parties, with defaults otherwise.
pub fn plain(parties: Vec<NewParty>) -> New {
    New {
        title: Title::parse("cybes").unwrap(),
        location: Location::default(),
        description: Description::default(),
        parties,
        slots: Slots::new([slot(0, 2), slot(4, 2)]).unwrap(),
        timezone: Zone::default(),
        deadline: None,
        min_duration: None,
        visibility: Visibility::Open,
        predecessor: None,
    }
}

pub fn scenario() -> impl Strategy<Value = Scenario> {
    let (listed, verified) = (prop::bool::weighted(0.7), prop::bool::weighted(0.8));
    (new(), listed, verified, any::<bool>(), any::<bool>(), moves()).prop_map(
        |(new, listed, verified, proven, punctual, moves)| {
            let creator =
                Creator { account: 1, address: address(if listed { 0 } else { 9 }), verified, name: None };
            Scenario { new, creator, proven: verified || proven, punctual, moves }
        },
    )
}

pub fn cases() -> ProptestConfig {
    let cases = std::env::var("WHITTLE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub fn caller(who: Who, proposal: &Proposal, proven: bool) -> (Caller, Via) {
    let account = |id: u64, address: &Address, verified: bool, staff: bool| Caller::Account {
        id,
        address: address.clone(),
        verified,
        staff,
    };
    // Maps to a party that exists, or to the number after the last one.
    let count = u16::try_from(proposal.parties.len()).unwrap();
    let existing = |party: u16| if party > 8 { count + 1 } else { (party - 1) % count + 1 };
    let generation = |party: u16| proposal.party(party).map_or(0, |p| p.generation);
    match who {
        Who::Link(party) => {
            let party = existing(party);
            (Caller::Link { party, generation: generation(party) }, Via::Link)
        }
        Who::VoidLink(party) => {
            (Caller::Link { party, generation: generation(party).wrapping_sub(1) }, Via::Link)
        }
        Who::Account(n) => (account(10 + n as u64, &address(n), true, false), Via::Token),
        Who::Creator => (account(1, &proposal.creator.address, proven, false), Via::Basic),
        Who::Staff => (account(2, &"staff@example.org".parse().unwrap(), true, true), Via::Token),
        Who::Stranger => (account(3, &"nobody@example.org".parse().unwrap(), true, false), Via::Basic),
        Who::Unsubscriber(party) => (Caller::Unsubscriber { party }, Via::Link),
    }
}

fn chosen_slots(choice: &SlotChoice, proposal: &Proposal) -> Slots {
    let offered: Vec<Slot> = proposal.slots.iter().copied().collect();
    match choice {
        SlotChoice::All => proposal.slots.clone(),
        SlotChoice::Keep(picks) if !offered.is_empty() => {
            Slots::new(picks.iter().map(|i| *i.get(&offered))).unwrap()
        }
        SlotChoice::Trim(pick) if !offered.is_empty() => {
            let whole = pick.get(&offered);
            let half = Duration::from_micros((whole.duration().micros() / 2).max(1));
            let half = Slot::new(whole.begin(), half).unwrap();
            Slots::new(offered.iter().map(|s| if s == whole { half } else { *s })).unwrap()
        }
        SlotChoice::Any(slots) => slots.clone(),
        _ => Slots::default(),
    }
}

pub fn command(step: &Step, proposal: &Proposal, now: Instant) -> Command {
    let hours_from_now = |hours: i64| now.checked_add(Duration::from_micros(hours * HOUR));
    let party = |(n, optional): &(usize, bool)| NewParty {
        address: address(*n),
        name: None,
        optional: *optional,
        opted_out: false,
    };
    let round = |id: u64, slots: &Slots, details: &[Detail], parties: Option<&Vec<(usize, bool)>>| {
        let parties = parties.map(|parties| parties.iter().map(party).collect());
        let deadline = [None, hours_from_now(48), hours_from_now(-1)][usize::try_from(id % 3).unwrap()];
        Command::Round(NextRound { id, slots: slots.clone(), deadline, details: details.to_vec(), parties })
    };
    match step {
        Step::Narrow { choice, stale, details, deadline, note } => Command::Narrow(Narrowing {
            slots: Some(chosen_slots(choice, proposal)),
            details: details.clone(),
            deadline: deadline.map(|h| NewDeadline { to: hours_from_now(h) }),
            note: note.then(|| Note::parse("mornings").unwrap()),
            if_match: stale.then(|| vec![proposal.version.wrapping_sub(1)]),
        }),
        Step::Notify(parties, other) => Command::Notify(Notice {
            parties: parties
                .iter()
                .map(|n| format!("p{}", n % proposal.parties.len() + 1))
                .filter(|label| proposal.active_parties().any(|p| p.label() == *label))
                .chain(other.then(|| "else@example.org".to_owned()))
                .collect(),
            slots: proposal.slots.clone(),
            sender: None,
            only_uninvited: false,
        }),
        Step::View => Command::View,
        Step::Revoke(party) => Command::Revoke(party.map(|n| address(n).to_string())),
        Step::Close => Command::Close,
        Step::Resend => Command::Resend,
        Step::Withdraw(party) => Command::Withdraw(*party),
        Step::Replace(party, to) => Command::Replace { party: *party, address: address(*to) },
        Step::Link(party) => Command::Link(*party),
        Step::SetOptional(party, optional) => Command::SetOptional { party: *party, optional: *optional },
        Step::Fix(choice) => Command::Fix(
            chosen_slots(choice, proposal).iter().next().copied().unwrap_or_else(|| slot(900, 1)),
        ),
        Step::Round(id, slots, details, parties) => round(*id, slots, details, parties.as_ref()),
        Step::Settle(_, id, slots) if proposal.phase == Phase::Exhausted => round(*id, slots, &[], None),
        Step::Settle(pick, ..) => {
            let offered: Vec<Slot> = proposal.slots.iter().copied().collect();
            Command::Fix(if offered.is_empty() { slot(900, 1) } else { *pick.get(&offered) })
        }
        Step::OptOut => Command::OptOut,
        Step::OptIn => Command::OptIn,
        Step::Change(details) => {
            Command::Narrow(Narrowing { details: details.clone(), ..Narrowing::default() })
        }
        Step::Reschedule(hours) => Command::Narrow(Narrowing {
            deadline: Some(NewDeadline { to: hours.and_then(hours_from_now) }),
            ..Narrowing::default()
        }),
        Step::Undeliverable(n, hard) => Command::Undeliverable {
            address: address(*n),
            why: if *hard { Undeliverable::Bounced } else { Undeliverable::Complained },
        },
        Step::Tick => Command::Tick,
    }
}
