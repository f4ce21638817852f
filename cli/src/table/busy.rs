//! The commands of busy time: the week, blocked and working hours, who is free, and what is imported.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};
use crate::step;

const DATE: Arg = Arg::body("date", Kind::Text, "The day, such as 2030-03-01").positional().required();
const HOURS: Arg = Arg::body("hour", Kind::Numbers, "Hours of the day, 0 to 23, such as 9 or 9,10")
    .member("blocked_slots")
    .positional()
    .required();
const SUBSCRIPTION: Arg = Arg::path("id", Kind::Id, "The subscription's id");
const BUSY: &[Column] = &[
    Column::plain("FROM", "from"),
    Column::plain("TO", "to"),
    Column::plain("", "kind"),
    Column::plain("TITLE", "title"),
];

pub const COMMANDS: &[Command] = &[
    Command::new("busy week", "Your week: meetings, blocks and what is imported", "GET", "/api/user/busy/")
        .args(&[Arg::step("day", Kind::Text, "A day of the week, such as 2030-03-01; today without it").positional()])
        .prepare(step::week)
        .show(Show::Rows("", BUSY)),
    Command::new("busy list", "When you are busy", "GET", "/api/user/busy/")
        .args(&[
            Arg::query("from", Kind::When, "From when on; now without it"),
            Arg::query("to", Kind::When, "Until when; four weeks without it"),
            Arg::query("after", Kind::Text, "The next page"),
        ])
        .show(Show::Rows("", BUSY)),
    Command::new("busy of", "When somebody else is busy", "GET", "/api/user/freebusy/")
        .args(&[
            Arg::query("address", Kind::Text, "Whose; your own without it").member("user").positional(),
            Arg::query("from", Kind::When, "From when on"),
            Arg::query("to", Kind::When, "Until when"),
        ])
        .show(Show::Rows("busy", &[Column::plain("FROM", "from"), Column::plain("TO", "to")])),
    Command::new("busy free", "The hours of a day at which somebody is free", "GET", "/api/user/get_available_slots/")
        .args(&[
            Arg::query("date", Kind::Text, "The day, such as 2030-03-01").positional().required(),
            Arg::query("address", Kind::Text, "Whose; your own without it").member("user").positional(),
        ])
        .show(Show::Record),
    Command::new("busy block", "Block hours of a day", "POST", "/api/user/block_slots/").args(&[DATE, HOURS]).show(Show::Record),
    Command::new("busy unblock", "Unblock hours of a day", "DELETE", "/api/user/block_slots/").args(&[DATE, HOURS]).show(Show::Record),
    Command::new("busy hours show", "When you can be booked", "GET", "/api/user/working_hours/").show(Show::Record),
    Command::new("busy hours set", "Set when you can be booked; other days stay as they are", "PUT", "/api/user/working_hours/")
        .args(&[
            Arg::step("on", Kind::Texts, "Hours of a weekday, \"monday 09:00-17:00\", in place of those that it has; can be given several times"),
            Arg::step("off", Kind::Texts, "A weekday without hours; can be given several times"),
            Arg::step("except", Kind::Texts, "Hours of a date, \"2030-12-24 09:00-12:00\", or a date alone, without any; can be given several times"),
            Arg::body("timezone", Kind::Text, "The zone of the hours"),
        ])
        .prepare(step::hours)
        .also(&[("GET", "/api/user/working_hours/")])
        .show(Show::Record),
    Command::new("busy import", "Import busy times from a calendar file", "POST", "/api/user/busy/import/").keyed()
        .args(&[
            Arg::whole("file", Kind::File("text/calendar"), "The file (iCalendar); - is what is piped in"),
            Arg::query("replace", Kind::Flag, "What is not in the file goes"),
        ])
        .show(Show::Record),
    Command::new("busy forget", "Forget all that was imported", "DELETE", "/api/user/busy/import/").show(Show::Done("It is forgotten.")),
    Command::new("busy subscriptions list", "List the calendars that you subscribe to", "GET", "/api/user/busy/subscriptions/").show(Show::Rows(
        "",
        &[
            Column::plain("ID", "id"),
            Column::plain("ADDRESS", "url"),
            Column::plain("TIMES", "instances"),
            Column::plain("READ", "read_at"),
            Column::plain("ERROR", "error"),
        ],
    )),
    Command::new("busy subscriptions add", "Subscribe to a calendar", "POST", "/api/user/busy/subscriptions/")
        .args(&[Arg::body("url", Kind::Text, "Its address").positional().required()])
        .show(Show::Record),
    Command::new("busy subscriptions read", "Read a subscribed calendar now", "POST", "/api/user/busy/subscriptions/{id}/")
        .args(&[SUBSCRIPTION])
        .show(Show::Record),
    Command::new("busy subscriptions end", "End a subscription", "DELETE", "/api/user/busy/subscriptions/{id}/")
        .args(&[SUBSCRIPTION])
        .show(Show::Done("It is ended.")),
];
