//! Every command: which operation of the API it asks for, with what, and how its answer is shown. The tests hold that there is a
//! command for every operation, or a reason in [`without`] for having none.

use clap::ArgMatches;

use crate::call::Call;
use crate::context::Context;
use crate::error::Error;
use crate::show::Show;

mod accounts;
mod admin;
mod bookings;
mod busy;
mod calendars;
mod contacts;
mod meetings;
mod proposals;
mod service;
mod staff;
pub mod without;

/// One command.
#[derive(Debug)]
pub struct Command {
    /// Its words: `calendars create`.
    pub name: &'static str,
    /// What it does, for the help.
    pub about: &'static str,
    /// Method and path, as the description of the API writes them; both empty for a command that asks nothing of the server.
    pub operation: (&'static str, &'static str),
    /// Other operations that it asks for.
    pub also: &'static [(&'static str, &'static str)],
    /// Whether the request has a key, so that it is done once however often it is sent.
    pub keyed: bool,
    /// What it takes.
    pub args: &'static [Arg],
    /// What it does.
    pub step: Step,
    /// How its answer is shown.
    pub show: Show,
}

/// What a command does.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It sends the request that its arguments make, and shows the answer.
    Send,
    /// The same, but the request is completed first, of what the server says.
    Prepare(fn(&Context, &ArgMatches, &mut Call) -> Result<(), Error>),
    /// What no request alone does.
    Own(fn(&Context, &ArgMatches, &Command) -> Result<(), Error>),
}

/// One argument of a command.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// The flag, or the name of the positional argument.
    pub name: &'static str,
    /// The member, the query's name or the part of the path that it becomes.
    pub member: &'static str,
    /// Where it goes.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// What it means, for the help.
    pub help: &'static str,
    /// Whether it stands without a flag.
    pub positional: bool,
    /// Whether the command needs it.
    pub required: bool,
}

/// Where an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into the body, as a member.
    Body,
    /// It is the body.
    Whole,
    /// Nowhere: the command's step reads it.
    Step,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// An id, or a URL of the service, such as the link of a mail.
    Id,
    /// A whole number.
    Number,
    /// Only whether it is there.
    Flag,
    /// `yes` or `no`.
    Bool,
    /// Texts, each an argument of its own.
    Texts,
    /// Whole numbers, each an argument of its own.
    Numbers,
    /// A point in time; without an offset wall time of the zone in which times are told. `none` is null.
    When,
    /// A length of time, such as `30m`, `1h30m`, `01:30:00`.
    Length,
    /// Slots, each `BEGIN LENGTH`.
    Slots,
    /// Times of a calendar, each `DATE FROM-TO [PREFERENCE]`, with the date apart.
    Times,
    /// The same, with the date in both ends.
    Spans,
    /// Hours of a week, each `WEEKDAY FROM-TO [PREFERENCE]`.
    Weekly,
    /// Meetings of a schedule, each `CONTACT DATE FROM-TO`.
    Placed,
    /// A password; where it is not there, it is asked for.
    Password,
    /// The token at the end of a mailed link, or the link.
    Token,
    /// The content of a file of this type; `-` is what is piped in.
    File(&'static str),
}

impl Kind {
    /// Whether there can be several.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Self::Texts
                | Self::Numbers
                | Self::Slots
                | Self::Times
                | Self::Spans
                | Self::Weekly
                | Self::Placed
        )
    }
}

impl Arg {
    const fn new(place: Place, name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, member: name, place, kind, help, positional: false, required: false }
    }

    /// A part of the path.
    pub const fn path(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { positional: true, required: true, ..Self::new(Place::Path, name, kind, help) }
    }

    /// A pair of the query.
    pub const fn query(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(Place::Query, name, kind, help)
    }

    /// A member of the body.
    pub const fn body(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(Place::Body, name, kind, help)
    }

    /// The whole body, from a file.
    pub const fn whole(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { positional: true, required: true, ..Self::new(Place::Whole, name, kind, help) }
    }

    /// What the command's step reads.
    pub const fn step(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(Place::Step, name, kind, help)
    }

    /// The API's name, where it is another.
    pub const fn member(self, member: &'static str) -> Self {
        Self { member, ..self }
    }

    /// It must be there.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// It stands without a flag.
    pub const fn positional(self) -> Self {
        Self { positional: true, ..self }
    }
}

impl Command {
    const fn new(name: &'static str, about: &'static str, method: &'static str, path: &'static str) -> Self {
        Self {
            name,
            about,
            operation: (method, path),
            also: &[],
            keyed: false,
            args: &[],
            step: Step::Send,
            show: Show::Done("Done."),
        }
    }

    const fn args(self, args: &'static [Arg]) -> Self {
        Self { args, ..self }
    }

    const fn show(self, show: Show) -> Self {
        Self { show, ..self }
    }

    const fn prepare(self, step: fn(&Context, &ArgMatches, &mut Call) -> Result<(), Error>) -> Self {
        Self { step: Step::Prepare(step), ..self }
    }

    const fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }

    const fn own(self, step: fn(&Context, &ArgMatches, &Command) -> Result<(), Error>) -> Self {
        Self { step: Step::Own(step), ..self }
    }

    const fn also(self, also: &'static [(&'static str, &'static str)]) -> Self {
        Self { also, ..self }
    }
}

/// All commands, in the order of the help.
pub fn all() -> impl Iterator<Item = &'static Command> {
    [
        proposals::COMMANDS,
        calendars::COMMANDS,
        bookings::COMMANDS,
        staff::COMMANDS,
        busy::COMMANDS,
        meetings::COMMANDS,
        contacts::COMMANDS,
        accounts::COMMANDS,
        service::COMMANDS,
        admin::COMMANDS,
    ]
    .into_iter()
    .flatten()
}

/// What each group of commands is about.
pub const GROUPS: &[(&str, &str)] = &[
    ("parties", "The parties of a proposal"),
    ("calendars", "One-to-ones: ask people when they can meet you, and find the best schedule"),
    ("book", "Book an hour with others; publish what guests can book, and book as a guest"),
    ("book page", "Your booking page"),
    ("book offers", "What guests can book"),
    ("book guest", "What a guest does; needs no account"),
    ("busy", "Your week, blocked and working hours, who is free when"),
    ("busy hours", "When you can be booked"),
    ("busy subscriptions", "Calendars elsewhere whose times count as busy"),
    ("meetings", "Agreed times, whatever they came of"),
    ("contacts", "Your contacts"),
    ("account", "Your account"),
    ("account sessions", "The ways in that your account has open"),
    ("admin", "For who runs a deployment"),
];
