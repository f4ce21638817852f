//! The commands of meetings, whatever they came of.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};
use crate::step;

const ID: Arg = Arg::path("id", Kind::Id, "The meeting: its id, or the link of a mail");

pub const COMMANDS: &[Command] = &[
    Command::new("meetings show", "Show a meeting", "GET", "/meetings/{id}/").args(&[ID]).show(Show::Record),
    Command::new("meetings change", "Move a meeting, or change its details", "PATCH", "/meetings/{id}/")
        .args(&[
            ID,
            Arg::body("begin", Kind::When, "When it begins"),
            Arg::body("length", Kind::Length, "How long it is").member("duration"),
            Arg::body("title", Kind::Text, "What it is called"),
            Arg::body("location", Kind::Text, "Where it is: a place or a link"),
            Arg::body("description", Kind::Text, "What it is for"),
            Arg::body("timezone", Kind::Text, "The zone in which mails and pages tell its time"),
        ])
        .prepare(step::read_first)
        .also(&[("GET", "/meetings/{id}/")])
        .show(Show::Record),
    Command::new("meetings cancel", "Cancel a meeting", "DELETE", "/meetings/{id}/")
        .args(&[ID, Arg::body("message", Kind::Text, "What a guest is told")])
        .show(Show::Done("It is cancelled.")),
    Command::new("meetings accept", "Come, after all", "POST", "/meetings/{id}/accept/")
        .args(&[ID])
        .show(Show::Record),
    Command::new("meetings decline", "Do not come", "POST", "/meetings/{id}/decline/")
        .args(&[ID])
        .show(Show::Record),
    Command::new(
        "meetings confirm",
        "Confirm what you have booked as a guest, by the link of the mail",
        "POST",
        "/meetings/{id}/confirm/",
    )
    .args(&[ID])
    .show(Show::Record),
    Command::new("meetings approve", "Approve of what a guest has booked", "POST", "/meetings/{id}/approve/")
        .args(&[ID])
        .show(Show::Record),
    Command::new(
        "meetings times",
        "To which times a guest's booking can be moved",
        "GET",
        "/meetings/{id}/times/",
    )
    .args(&[
        ID,
        Arg::query("from", Kind::Text, "The first day"),
        Arg::query("days", Kind::Number, "How many days"),
        Arg::query("month", Kind::Text, "A month, such as 2030-03"),
    ])
    .prepare(step::own_zone)
    .show(Show::Rows("starts", &[Column::plain("START", "")])),
    Command::new("meetings ics", "A meeting for a calendar program", "GET", "/meetings/{id}/calendar.ics")
        .args(&[ID])
        .show(Show::Text),
    Command::new("meetings feed", "The address of your calendar feed", "GET", "/feed/").show(Show::Record),
    Command::new(
        "meetings new-feed",
        "Another address of your calendar feed; the old one is void",
        "POST",
        "/feed/",
    )
    .show(Show::Record),
];
