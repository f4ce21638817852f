//! The commands of proposals: *Find a time*.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show, proposal};
use crate::step;

const ID: Arg = Arg::path("id", Kind::Id, "The proposal: its id, or the link of a mail");
const PARTY: Arg = Arg::path("party", Kind::Text, "The party's label, such as p2");
const ANSWER: Show = Show::Own(proposal::show);
const MEETING: Show = Show::Record;

const LIST: Show = Show::Rows(
    "",
    &[
        Column::plain("ID", "id"),
        Column::plain("STATE", "state"),
        Column::plain("TITLE", "title"),
        Column::slot("FIRST SLOT", "slots.0"),
        Column::count("SLOTS", "slots"),
        Column::plain("PARTIES", "parties"),
    ],
);

const LOG: Show = Show::Rows(
    "entries",
    &[
        Column::plain("WHEN", "when"),
        Column::plain("WHO", "effector"),
        Column::plain("", "occurrence"),
        Column::plain("ACT", "data.act"),
        Column::plain("VIA", "data.via"),
        Column::count("SLOTS", "slots"),
    ],
);

const TITLE: Arg = Arg::body("title", Kind::Text, "What it is called");
const LOCATION: Arg = Arg::body("location", Kind::Text, "Where it is: a place or a link");
const DESCRIPTION: Arg = Arg::body("description", Kind::Text, "What it is for");
const TIMEZONE: Arg = Arg::body(
    "timezone",
    Kind::Text,
    "The zone in which mails and pages tell its times, such as Europe/Berlin",
);
const DEADLINE: Arg = Arg::body("deadline", Kind::When, "Until when answers are accepted; none removes it");
const SLOTS: Arg =
    Arg::body("slot", Kind::Slots, "A time, such as \"2030-03-01T10:00 1h\"; can be given several times")
        .member("slots");
const OPTIONAL: Arg =
    Arg::step("optional", Kind::Texts, "A party whose answer is not needed; can be given several times");

pub const COMMANDS: &[Command] = &[
    Command::new("list", "List your proposals, the newest first", "GET", "/")
        .args(&[Arg::query("before", Kind::Text, "The next page, as the page before names it")])
        .show(LIST),
    Command::new("home", "What needs you, what waits for others, what is agreed", "GET", "/api/home/")
        .args(&[
            Arg::query(
                "needs-you-before",
                Kind::Text,
                "The next page of what needs you: what stands in its `next`",
            )
            .member("needs_you_before"),
            Arg::query("waiting-before", Kind::Text, "The next page of what waits").member("waiting_before"),
            Arg::query("agreed-after", Kind::Text, "The next page of what is agreed").member("agreed_after"),
        ])
        .show(Show::Own(proposal::home)),
    Command::new("create", "Propose times to people", "POST", "/")
        .keyed()
        .args(&[
            Arg::body("party", Kind::Texts, "The address of a party whose answer is needed")
                .member("parties")
                .positional(),
            SLOTS.required(),
            OPTIONAL,
            TITLE,
            LOCATION,
            DESCRIPTION,
            TIMEZONE,
            DEADLINE,
            Arg::body("min-length", Kind::Length, "The shortest part of a time that can be kept")
                .member("min_duration"),
            Arg::body("visibility", Kind::Text, "open, or names: parties do not see addresses of others"),
        ])
        .prepare(step::parties)
        .show(ANSWER),
    Command::new("show", "Show a proposal", "GET", "/{id}/").args(&[ID]).show(ANSWER),
    Command::new(
        "patch",
        "Keep the times that suit you, or change title, place and so on",
        "PATCH",
        "/{id}/",
    )
    .args(&[
        ID,
        Arg::step(
            "keep",
            Kind::Numbers,
            "Keep the slot with this number of `show`; can be given several times, or as 1,3",
        ),
        Arg::step("none", Kind::Flag, "Keep no slot"),
        SLOTS,
        Arg::body("note", Kind::Text, "A note with the answer"),
        TITLE,
        LOCATION,
        DESCRIPTION,
        TIMEZONE,
        DEADLINE,
    ])
    .prepare(step::keep)
    .also(&[("GET", "/{id}/")])
    .show(ANSWER),
    Command::new("notify", "Mail parties their links", "POST", "/{id}/notify/")
        .keyed()
        .args(&[
            ID,
            Arg::body("party", Kind::Texts, "Addresses, names or labels; all parties without one")
                .member("parties")
                .positional(),
            Arg::body("sender", Kind::Text, "An address that you have verified"),
        ])
        .prepare(step::notify)
        .also(&[("GET", "/{id}/")])
        .show(Show::Record),
    Command::new("fix", "Settle on one of the times that are left", "POST", "/{id}/fix/")
        .keyed()
        .args(&[
            ID,
            Arg::step("slot", Kind::Text, "Its number in `show`, or \"BEGIN LENGTH\"")
                .positional()
                .required(),
        ])
        .prepare(step::fix)
        .also(&[("GET", "/{id}/")])
        .show(ANSWER),
    Command::new("round", "Ask the same people again, with other times", "POST", "/{id}/round/")
        .keyed()
        .args(&[
            ID,
            SLOTS.required(),
            Arg::body("party", Kind::Texts, "Other parties than before").member("parties"),
            OPTIONAL,
            TITLE,
            LOCATION,
            DESCRIPTION,
            TIMEZONE,
            DEADLINE,
        ])
        .prepare(step::parties)
        .show(ANSWER),
    Command::new("close", "Close a proposal", "DELETE", "/{id}/")
        .args(&[ID])
        .show(Show::Done("It is closed.")),
    Command::new("log", "Show the log of a proposal", "GET", "/{id}/log/")
        .args(&[ID, Arg::step("export", Kind::Flag, "The log as JSON Lines, which `whittle verify` checks")])
        .prepare(step::export)
        .show(LOG),
    Command::new("ics", "What was agreed, for a calendar program", "GET", "/{id}/calendar.ics")
        .args(&[ID])
        .show(Show::Text),
    Command::new("accept", "Come to what was agreed, after all", "POST", "/{id}/accept/")
        .args(&[ID])
        .show(MEETING),
    Command::new("decline", "Do not come to what was agreed", "POST", "/{id}/decline/")
        .args(&[ID])
        .show(MEETING),
    Command::new(
        "resend",
        "Have a new link mailed; an expired one is enough to ask with",
        "POST",
        "/{id}/resend/",
    )
    .keyed()
    .args(&[ID])
    .show(Show::Done("A new link is on its way.")),
    Command::new("revoke", "Void your links, or those of a party", "POST", "/{id}/revoke/")
        .args(&[
            ID,
            Arg::body("party", Kind::Text, "The party's label, such as p2; creator for the organiser's"),
        ])
        .show(ANSWER),
    Command::new(
        "parties replace",
        "Give a party that has not opened its link another address",
        "PUT",
        "/{id}/parties/{party}/",
    )
    .args(&[ID, PARTY, Arg::body("email", Kind::Text, "The other address").positional().required()])
    .show(ANSWER),
    Command::new(
        "parties optional",
        "Make the answer of a party optional, or needed",
        "PATCH",
        "/{id}/parties/{party}/",
    )
    .args(&[ID, PARTY, Arg::body("optional", Kind::Bool, "Whether it is optional").positional().required()])
    .show(ANSWER),
    Command::new("parties withdraw", "Withdraw a party; its cuts remain", "DELETE", "/{id}/parties/{party}/")
        .args(&[ID, PARTY])
        .show(Show::Done("It is withdrawn.")),
    Command::new(
        "parties link",
        "Make a link of a party, to pass it on",
        "POST",
        "/{id}/parties/{party}/link/",
    )
    .args(&[ID, PARTY])
    .show(Show::Record),
];
