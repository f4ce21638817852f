//! The commands of bookings: *Book*. Events, what guests can book, and what a guest does.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};
use crate::step;

const EVENT: Arg = Arg::path("id", Kind::Id, "The event's id");
const TITLE: Arg = Arg::body("title", Kind::Text, "What it is called");
const DESCRIPTION: Arg = Arg::body("description", Kind::Text, "What it is for");
const BEGIN: Arg = Arg::body("begin", Kind::When, "When the hour begins").member("time_slot");
const PARTICIPANTS: Arg =
    Arg::body("participant", Kind::Texts, "The address of somebody else; can be given several times")
        .member("participants");
const SLUG: Arg = Arg::path("slug", Kind::Text, "The offer's name in its address");
const PAGE: Arg = Arg::path("name", Kind::Text, "The name of the booking page");

const EVENTS: Show = Show::Rows(
    "results",
    &[
        Column::plain("ID", "id"),
        Column::plain("BEGIN", "time_slot"),
        Column::plain("STATUS", "status"),
        Column::plain("TITLE", "title"),
        Column::plain("WITH", "participants"),
    ],
);

const OFFERS: Show = Show::Rows(
    "",
    &[
        Column::plain("SLUG", "slug"),
        Column::plain("TITLE", "title"),
        Column::plain("MINUTES", "minutes"),
        Column::plain("PAUSED", "paused"),
        Column::plain("ADDRESS", "url"),
    ],
);

/// What an offer has, all of which can be changed.
macro_rules! offer {
    ($($first:expr),*) => {
        &[
            $($first,)*
            DESCRIPTION,
            Arg::body("location", Kind::Text, "Where it is: a place or a link"),
            Arg::body("step", Kind::Number, "Minutes between starts"),
            Arg::body("buffer-before", Kind::Number, "Minutes that are free before it").member("buffer_before"),
            Arg::body("buffer-after", Kind::Number, "Minutes that are free after it").member("buffer_after"),
            Arg::body("notice", Kind::Number, "How many minutes ahead it is booked at the latest"),
            Arg::body("horizon-days", Kind::Number, "How many days ahead it is booked at the earliest").member("horizon_days"),
            Arg::body("daily-cap", Kind::Number, "How many there are on a day at most").member("daily_cap"),
            Arg::body("question", Kind::Texts, "What a guest is asked; can be given three times").member("questions"),
            Arg::body("approval", Kind::Bool, "Whether you approve of each booking"),
            Arg::body("paused", Kind::Bool, "Whether nobody can book it now"),
        ]
    };
}

pub const COMMANDS: &[Command] = &[
    Command::new("book events", "List your events", "GET", "/api/event/")
        .args(&[
            Arg::query("all", Kind::Flag, "Those that have begun, too").member("all"),
            Arg::query("status", Kind::Text, "active, cancelled or declined"),
            Arg::query("page", Kind::Number, "The page"),
        ])
        .prepare(step::all_events)
        .show(EVENTS),
    Command::new("book show", "Show an event", "GET", "/api/event/{id}/").args(&[EVENT]).show(Show::Record),
    Command::new("book create", "Book an hour with others", "POST", "/api/event/")
        .keyed()
        .args(&[
            TITLE.positional().required(),
            BEGIN.positional().required(),
            Arg::body("participant", Kind::Texts, "The addresses of others")
                .member("participants")
                .positional(),
            DESCRIPTION,
        ])
        .prepare(step::new_event)
        .show(Show::Record),
    Command::new(
        "book change",
        "Change some of an event: move it, cancel it, decline it",
        "PATCH",
        "/api/event/{id}/",
    )
    .args(&[
        EVENT,
        TITLE,
        BEGIN,
        DESCRIPTION,
        PARTICIPANTS,
        Arg::body("status", Kind::Text, "active, cancelled or declined"),
    ])
    .prepare(step::read_first)
    .also(&[("GET", "/api/event/{id}/")])
    .show(Show::Record),
    Command::new("book replace", "Change all of an event", "PUT", "/api/event/{id}/")
        .args(&[
            EVENT,
            TITLE.required(),
            BEGIN.required(),
            DESCRIPTION.required(),
            PARTICIPANTS.required(),
            Arg::body("status", Kind::Text, "active, cancelled or declined").required(),
        ])
        .prepare(step::read_first)
        .also(&[("GET", "/api/event/{id}/")])
        .show(Show::Record),
    Command::new("book suggest", "Suggest hours at which people could meet", "GET", "/api/event/suggest/")
        .args(&[
            Arg::query("participant", Kind::Texts, "The addresses of the others")
                .member("participants")
                .positional(),
            Arg::query("from", Kind::Text, "The first day"),
            Arg::query("days", Kind::Number, "How many days"),
        ])
        .show(Show::Rows(
            "suggestions",
            &[Column::plain("BEGIN", "time_slot"), Column::plain("BUSY, SOFTLY", "soft")],
        )),
    Command::new("book page show", "Show your booking page", "GET", "/api/user/booking_page/")
        .show(Show::Record),
    Command::new(
        "book page set",
        "Publish your booking page, or change it",
        "PUT",
        "/api/user/booking_page/",
    )
    .args(&[
        Arg::body("name", Kind::Text, "Its name in its address, which is yours for good")
            .positional()
            .required(),
        TITLE.required(),
        DESCRIPTION,
        Arg::body("published", Kind::Bool, "Whether it is published"),
    ])
    .show(Show::Record),
    Command::new("book page withdraw", "Withdraw your booking page", "DELETE", "/api/user/booking_page/")
        .show(Show::Done("It is withdrawn; its name stays yours.")),
    Command::new("book offers list", "List what guests can book", "GET", "/api/user/offers/").show(OFFERS),
    Command::new("book offers show", "Show an offer", "GET", "/api/user/offers/{slug}/")
        .args(&[SLUG])
        .show(Show::Record),
    Command::new("book offers add", "Add an offer", "POST", "/api/user/offers/")
        .args(offer![
            TITLE.positional().required(),
            Arg::body("minutes", Kind::Number, "How long it is").positional().required(),
            Arg::body("slug", Kind::Text, "Its name in its address")
        ])
        .show(Show::Record),
    Command::new(
        "book offers change",
        "Change an offer, pause it, or go on with it",
        "PATCH",
        "/api/user/offers/{slug}/",
    )
    .args(offer![
        SLUG,
        TITLE,
        Arg::body("minutes", Kind::Number, "How long it is"),
        Arg::body("rename", Kind::Text, "Its other name in its address").member("slug")
    ])
    .prepare(step::read_first)
    .also(&[("GET", "/api/user/offers/{slug}/")])
    .show(Show::Record),
    Command::new("book offers remove", "Remove an offer", "DELETE", "/api/user/offers/{slug}/")
        .args(&[SLUG])
        .show(Show::Done("It is removed.")),
    Command::new(
        "book offers qr",
        "The address of an offer as a QR code (SVG)",
        "GET",
        "/api/user/offers/{slug}/qr.svg",
    )
    .args(&[SLUG])
    .show(Show::Text),
    Command::new("book guest offers", "What somebody publishes", "GET", "/book/{name}/").args(&[PAGE]).show(
        Show::Rows(
            "offers",
            &[
                Column::plain("SLUG", "slug"),
                Column::plain("TITLE", "title"),
                Column::plain("MINUTES", "minutes"),
            ],
        ),
    ),
    Command::new("book guest times", "The free times of an offer", "GET", "/book/{name}/{slug}/")
        .args(&[
            PAGE,
            SLUG,
            Arg::query("from", Kind::Text, "The first day"),
            Arg::query("days", Kind::Number, "How many days"),
            Arg::query("month", Kind::Text, "A month, such as 2030-03"),
        ])
        .prepare(step::own_zone)
        .show(Show::Rows("starts", &[Column::plain("START", "")])),
    Command::new(
        "book guest hold",
        "Book a time of an offer; as a guest it is held until the mailed link is confirmed",
        "POST",
        "/book/{name}/{slug}/",
    )
    .args(&[
        PAGE,
        SLUG,
        Arg::body("start", Kind::When, "The start").positional().required(),
        Arg::body("name-of-guest", Kind::Text, "Your name").member("name"),
        Arg::body("email", Kind::Text, "Your mail address"),
        Arg::body(
            "answer",
            Kind::Texts,
            "The answer to a question, in their order; can be given several times",
        )
        .member("answers"),
    ])
    .prepare(step::own_zone_in_body)
    .show(Show::Record),
];
