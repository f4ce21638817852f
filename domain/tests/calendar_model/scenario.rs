//! Who does what to a calendar, and when. Times are counted from the calendar's creation: acts in minutes, slots in half hours.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof};

/// A slot as half hours: begin, length, preference.
pub type Half = (i64, i64, u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// An invitee by its link: one that there is, or from 9 on nobody.
    Link(u16),
    /// An invitee by a link of another generation.
    VoidLink(u16),
    Owner,
    Staff,
    Stranger,
    Unsubscriber(u16),
    System,
}

#[derive(Clone, Debug, Default)]
pub struct Edits {
    pub name: Option<usize>,
    pub description: Option<usize>,
    /// Hours from now.
    pub deadline: Option<i64>,
    pub reminders: Option<bool>,
    /// Contacts, 1 to 8.
    pub add: Vec<u64>,
    pub remove: Vec<u64>,
    pub add_slots: Vec<Half>,
    pub remove_slots: Vec<u32>,
    pub stale: bool,
}

/// A meeting: the number of an invitee as of [`Who::Link`], or 0, the begin and the length in half hours.
pub type Chosen = (u16, i64, i64);

#[derive(Clone, Debug)]
pub enum Step {
    View,
    Refresh,
    Answer {
        slots: Vec<Half>,
        replace: bool,
    },
    /// The invitee's own answer once more, if it has one.
    SameAnswer,
    Edit(Edits),
    Remind(u64),
    Resend,
    Finalize(Vec<Chosen>),
    /// A schedule that keeps to the answers, if there is one: with every so many invitees left out.
    FinalizeWell(usize),
    /// With the seed of the intent that is open, or another.
    Commit(bool),
    Undo(bool),
    /// Of the deadline that is, or another.
    Summarize(bool),
    OptOut,
    OptIn,
    Undeliverable(u64, bool),
    Close,
    Tick,
}

#[derive(Clone, Debug)]
pub struct Move {
    pub who: Who,
    pub minutes: i64,
    pub step: Step,
}

/// Everything that determines a history.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Contacts that are invited, each once.
    pub contacts: Vec<u64>,
    pub slots: Vec<Half>,
    /// Hours from creation.
    pub deadline: i64,
    pub reminders: bool,
    pub verified: bool,
    pub named: bool,
    /// Whether the clock ticks at each wake-up, and not only when a step says so.
    pub punctual: bool,
    pub moves: Vec<Move>,
}

/// Two contacts have one address, and one has the owner's.
pub fn email(contact: u64) -> String {
    match contact {
        7 => "p1@example.org".to_owned(),
        8 => OWNER.to_owned(),
        n => format!("p{n}@example.org"),
    }
}

pub const OWNER: &str = "owner@example.org";

/// When slots and meetings begin, in half hours: some histories end before, and some after.
const BEGINS: std::ops::Range<i64> = 200..230;

fn half() -> impl Strategy<Value = Half> {
    (BEGINS, 1i64..8, 1u8..=3)
}

fn halves() -> impl Strategy<Value = Vec<Half>> {
    prop::collection::vec(half(), 0..6)
}

fn contact() -> impl Strategy<Value = u64> {
    1u64..=8
}

fn edits() -> impl Strategy<Value = Edits> {
    let texts = (prop::option::weighted(0.2, 0usize..3), prop::option::weighted(0.2, 0usize..3));
    let deadline = prop::option::weighted(0.3, prop_oneof![1 => -5i64..1, 6 => 1i64..200]);
    let reminders = prop::option::weighted(0.2, any::<bool>());
    let people = (prop::collection::vec(contact(), 0..2), prop::collection::vec(contact(), 0..2));
    let added = prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::vec(half(), 1..4)];
    let times = (added, prop::collection::vec(1u32..8, 0..3));
    (texts, deadline, reminders, people, times, prop::bool::weighted(0.07)).prop_map(
        |((name, description), deadline, reminders, (add, remove), (add_slots, remove_slots), stale)| Edits {
            name,
            description,
            deadline,
            reminders,
            add,
            remove,
            add_slots,
            remove_slots,
            stale,
        },
    )
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => (1u16..10).prop_map(Who::Link),
        1 => (1u16..4).prop_map(Who::VoidLink),
        3 => Just(Who::Owner),
        2 => Just(Who::Staff),
        1 => Just(Who::Stranger),
        2 => (0u16..9).prop_map(Who::Unsubscriber),
        2 => Just(Who::System),
    ]
}

fn answer() -> impl Strategy<Value = Step> {
    (halves(), prop::bool::weighted(0.4)).prop_map(|(slots, replace)| Step::Answer { slots, replace })
}

fn finalize() -> impl Strategy<Value = Step> {
    let number = prop_oneof![1 => Just(0u16), 9 => 1u16..7, 1 => Just(9u16)];
    let chosen = (number, 208i64..216, 1i64..4);
    prop_oneof![
        3 => prop::collection::vec(chosen, 0..5).prop_map(Step::Finalize),
        2 => (0usize..4).prop_map(Step::FinalizeWell),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::View),
        1 => Just(Step::Refresh),
        2 => answer(),
        1 => edits().prop_map(Step::Edit),
        1 => contact().prop_map(Step::Remind),
        1 => Just(Step::Resend),
        1 => finalize(),
        1 => any::<bool>().prop_map(Step::Commit),
        1 => any::<bool>().prop_map(Step::Undo),
        1 => any::<bool>().prop_map(Step::Summarize),
        1 => Just(Step::OptOut),
        1 => Just(Step::OptIn),
        1 => (contact(), any::<bool>()).prop_map(|(contact, hard)| Step::Undeliverable(contact, hard)),
        1 => Just(Step::Close),
        1 => Just(Step::Tick),
    ]
}

/// Most acts are by who may do them, so that histories get somewhere.
fn act() -> impl Strategy<Value = (Who, Step)> {
    let link = || (1u16..7).prop_map(Who::Link);
    prop_oneof![
        12 => (link(), answer()),
        2 => (link(), Just(Step::SameAnswer)),
        3 => (link(), prop_oneof![Just(Step::View), Just(Step::Refresh), Just(Step::Resend)]),
        8 => (Just(Who::Owner), edits().prop_map(Step::Edit)),
        2 => (Just(Who::Owner), contact().prop_map(Step::Remind)),
        4 => (Just(Who::Owner), finalize()),
        3 => (Just(Who::System), prop::bool::weighted(0.8).prop_map(Step::Undo)),
        3 => (Just(Who::System), prop::bool::weighted(0.8).prop_map(Step::Commit)),
        2 => (Just(Who::System), prop::bool::weighted(0.8).prop_map(Step::Summarize)),
        2 => (Just(Who::System), Just(Step::Tick)),
        1 => (Just(Who::System), (contact(), any::<bool>()).prop_map(|(c, hard)| Step::Undeliverable(c, hard))),
        1 => (prop_oneof![Just(Who::Owner), Just(Who::Staff)], prop::bool::weighted(0.3).prop_map(|close| {
            if close { Step::Close } else { Step::View }
        })),
        2 => (prop_oneof![link(), (0u16..9).prop_map(Who::Unsubscriber), Just(Who::Owner)],
            prop_oneof![2 => Just(Step::OptOut), 1 => Just(Step::OptIn)]),
        6 => (who(), any_step()),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let minutes = prop_oneof![3 => 0i64..12, 2 => 12i64..180, 3 => 180i64..1_800];
    let one = (minutes, act()).prop_map(|(minutes, (who, step))| Move { who, minutes, step });
    prop::collection::vec(one, 1..30)
}

pub fn scenario() -> impl Strategy<Value = Scenario> {
    let contacts = prop::collection::btree_set(contact(), 1..5).prop_map(|set| set.into_iter().collect());
    let flags = (prop::bool::weighted(0.8), prop::bool::weighted(0.8), any::<bool>(), any::<bool>());
    (contacts, halves(), 1i64..150, flags, moves()).prop_map(
        |(contacts, slots, deadline, (reminders, verified, named, punctual), moves)| Scenario {
            contacts,
            slots,
            deadline,
            reminders,
            verified,
            named,
            punctual,
            moves,
        },
    )
}

/// The number of an invitee, of so many that there are or were.
pub fn existing(number: u16, count: usize) -> u16 {
    let count = u16::try_from(count).unwrap();
    match number {
        0 => 0,
        1..=8 => (number - 1) % count + 1,
        _ => count + 1,
    }
}

/// The same with all its invitees among so many.
pub fn mapped(who: Who, step: &Step, count: usize) -> (Who, Step) {
    let who = match who {
        Who::Link(number) => Who::Link(existing(number, count)),
        Who::VoidLink(number) => Who::VoidLink(existing(number, count)),
        other => other,
    };
    let step = match step {
        Step::Finalize(chosen) => {
            let of = |(number, begin, length): &Chosen| (existing(*number, count), *begin, *length);
            Step::Finalize(chosen.iter().map(of).collect())
        }
        other => other.clone(),
    };
    (who, step)
}

pub fn cases() -> ProptestConfig {
    let cases = std::env::var("WHITTLE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}
