//! The commands of calendars: *One-to-ones*.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show, calendar};
use crate::step;

const ID: Arg = Arg::path("id", Kind::Id, "The calendar's id");
const LINK: Arg = Arg::path("id", Kind::Id, "The link of the mail, or the calendar's id and --et");
const NAME: Arg = Arg::body("name", Kind::Text, "What it is called");
const DESCRIPTION: Arg = Arg::body("description", Kind::Text, "What it is for");
const DEADLINE: Arg =
    Arg::body("deadline", Kind::Text, "Until when answers are accepted, in the calendar's zone");
const TIMES: &str =
    "A time that you offer: \"2030-03-12 13:00-15:00 3\", 3 being the best; can be given several times";
const GROUPS: Arg =
    Arg::body("group", Kind::Texts, "A group of contacts; can be given several times").member("groups");
const INVITEES: Arg =
    Arg::body("invitee", Kind::Numbers, "The id of a contact; can be given several times, or as 1,2")
        .member("invitees");
const ANSWERS: Arg = Arg::body(
    "time",
    Kind::Spans,
    "A time that suits you: \"2030-03-12 13:00-14:00 3\", 3 being the best; can be given several times",
)
.member("availability");

const MEETINGS: Show = Show::Rows(
    "",
    &[
        Column::plain("MEETING", "meeting_id"),
        Column::plain("BEGIN", "start_time"),
        Column::plain("END", "end_time"),
        Column::plain("FIRST NAME", "first_name"),
        Column::plain("LAST NAME", "last_name"),
        Column::plain("ADDRESS", "email"),
        Column::plain("STATUS", "status"),
    ],
);

const LOG: Show = Show::Rows(
    "entries",
    &[
        Column::plain("WHEN", "when"),
        Column::plain("WHO", "effector"),
        Column::plain("", "occurrence"),
        Column::plain("ACT", "data.act"),
        Column::plain("STATE", "state"),
        Column::plain("INVITED", "invited"),
        Column::plain("ANSWERED", "answered"),
    ],
);

pub const COMMANDS: &[Command] = &[
    Command::new(
        "calendars list",
        "List your calendars and the meetings that came of them",
        "GET",
        "/schedules/home/",
    )
    .args(&[
        Arg::query("finalized-after", Kind::Text, "The next page of meetings").member("finalized_after"),
        Arg::query("unfinalized-before", Kind::Text, "The next page of calendars")
            .member("unfinalized_before"),
    ])
    .show(Show::Own(calendar::home)),
    Command::new(
        "calendars create",
        "Ask contacts when they can meet you",
        "POST",
        "/schedules/calendars/create/",
    )
    .keyed()
    .args(&[
        NAME.positional().required(),
        DESCRIPTION,
        DEADLINE.required(),
        INVITEES,
        GROUPS,
        Arg::body("time", Kind::Times, TIMES).member("available_slots"),
        Arg::body(
            "weekly",
            Kind::Weekly,
            "Hours of a week: \"tuesday 09:00-17:00 3\"; can be given several times",
        ),
        Arg::body("from", Kind::Text, "The first day of the weekly hours"),
        Arg::body("until", Kind::Text, "The last day of the weekly hours"),
        Arg::body("timezone", Kind::Text, "The calendar's zone; the account's without it"),
        Arg::body("minutes", Kind::Number, "How long a meeting is").member("meeting_minutes"),
        Arg::body("step", Kind::Number, "Minutes between starts").member("step_minutes"),
        Arg::body("reminders", Kind::Bool, "Whether who has not answered is reminded"),
    ])
    .prepare(step::described)
    .show(Show::Record),
    Command::new("calendars show", "Show all of a calendar", "GET", "/schedules/calendars/{id}/details/")
        .args(&[ID])
        .show(Show::Record),
    Command::new("calendars edit", "Change a calendar", "PUT", "/schedules/calendars/{id}/details/")
        .args(&[
            ID,
            NAME,
            DESCRIPTION,
            DEADLINE,
            Arg::body("reminders", Kind::Bool, "Whether who has not answered is reminded"),
            Arg::body("invitee", Kind::Numbers, "The id of a contact to ask as well").member("add_invitees"),
            GROUPS,
            Arg::body("remove-invitee", Kind::Numbers, "The id of a contact not to ask any more")
                .member("remove_invitees"),
            Arg::body("time", Kind::Times, TIMES).member("add_availabilities"),
            Arg::body("remove-time", Kind::Numbers, "The id of a time in `calendars show`")
                .member("remove_availabilities"),
        ])
        .prepare(step::read_first)
        .also(&[("GET", "/schedules/calendars/{id}/details/")])
        .show(Show::Record),
    Command::new(
        "calendars close",
        "Close a calendar without meetings",
        "DELETE",
        "/schedules/calendars/{id}/",
    )
    .args(&[ID])
    .show(Show::Done("It is closed.")),
    Command::new(
        "calendars copy",
        "Make a calendar like this one, later",
        "POST",
        "/schedules/calendars/{id}/copy/",
    )
    .keyed()
    .args(&[ID, NAME, Arg::body("shift-weeks", Kind::Number, "How many weeks later").member("shift_weeks")])
    .show(Show::Record),
    Command::new(
        "calendars remind",
        "Mail a contact that has not answered",
        "POST",
        "/schedules/calendars/remind/{id}/{contact}/",
    )
    .keyed()
    .args(&[ID, Arg::path("contact", Kind::Id, "The contact's id")])
    .show(Show::Done("A reminder is on its way.")),
    Command::new(
        "calendars suggest",
        "Suggest schedules, the best first",
        "GET",
        "/schedules/calendars/{id}/confirm/",
    )
    .args(&[ID, Arg::query("alternatives", Kind::Number, "How many at most, 1 to 20")])
    .show(Show::Own(calendar::suggestions)),
    Command::new(
        "calendars finalize",
        "Settle on a schedule and invite everybody",
        "POST",
        "/schedules/calendars/{id}/confirm/",
    )
    .keyed()
    .args(&[
        ID,
        Arg::step("take", Kind::Number, "Take the schedule with this number of `calendars suggest`"),
        Arg::body(
            "meeting",
            Kind::Placed,
            "A meeting: \"CONTACT 2030-03-12 13:00-13:30\"; can be given several times",
        )
        .member("finalized_schedule"),
        Arg::query("dry-run", Kind::Flag, "Only say what is wrong with it").member("dry_run"),
    ])
    .prepare(step::finalize)
    .also(&[("GET", "/schedules/calendars/{id}/confirm/")])
    .show(Show::Record),
    Command::new(
        "calendars invitation",
        "Show what you are asked, by the link of a mail",
        "GET",
        "/schedules/calendars/{id}/respond/{token}/",
    )
    .args(&[LINK])
    .show(Show::Record),
    Command::new(
        "calendars answer",
        "Say when you can, by the link of a mail",
        "POST",
        "/schedules/calendars/{id}/respond/{token}/",
    )
    .args(&[LINK, ANSWERS])
    .prepare(step::availability)
    .show(Show::Done("Your answer is there.")),
    Command::new(
        "calendars change",
        "Say anew when you can, by the link of a mail",
        "PUT",
        "/schedules/calendars/{id}/respond/{token}/",
    )
    .args(&[LINK, ANSWERS])
    .prepare(step::availability)
    .show(Show::Done("Your answer is there.")),
    Command::new(
        "calendars resend",
        "Have a new link mailed; an expired one is enough to ask with",
        "POST",
        "/schedules/calendars/{id}/resend/",
    )
    .args(&[LINK])
    .prepare(step::send_token)
    .show(Show::Done("A new link is on its way.")),
    Command::new("calendars answers", "All answers as CSV", "GET", "/schedules/calendars/{id}/answers.csv")
        .args(&[ID])
        .show(Show::Text),
    Command::new(
        "calendars meetings",
        "The meetings that came of a calendar",
        "GET",
        "/schedules/calendars/{id}/meetings/",
    )
    .args(&[ID])
    .show(MEETINGS),
    Command::new(
        "calendars ics",
        "The meetings for a calendar program",
        "GET",
        "/schedules/calendars/{id}/calendar.ics",
    )
    .args(&[ID])
    .show(Show::Text),
    Command::new("calendars log", "Show the log of a calendar", "GET", "/schedules/calendars/{id}/log/")
        .args(&[ID, Arg::step("export", Kind::Flag, "The log as JSON Lines, which `whittle verify` checks")])
        .prepare(step::export)
        .show(LOG),
];
