//! The commands of staff.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};

const ID: Arg = Arg::path("id", Kind::Number, "The account's number").positional().required();
const PASSWORD: Arg = Arg::body("password", Kind::Password, "Your own password; without it, it is asked for");
const SEARCH: Arg = Arg::query("search", Kind::Text, "A number, a part of an address, or a name");
const AFTER: Arg = Arg::query("after", Kind::Text, "The next page, as the page before names it");

/// Rows of all lists: what a list does not have is empty.
const ROWS: Show = Show::Rows(
    "",
    &[
        Column::plain("ID", "id"),
        Column::plain("STATE", "state"),
        Column::plain("TITLE", "title"),
        Column::plain("NAME", "username"),
        Column::plain("ADDRESS", "email"),
        Column::plain("TO", "to"),
        Column::plain("REASON", "reason"),
        Column::plain("ERROR", "error"),
        Column::plain("WHERE", "url"),
    ],
);

pub const COMMANDS: &[Command] = &[
    Command::new("admin numbers", "How much was made on each of the last 30 days", "GET", "/admin/").show(
        Show::Rows(
            "days",
            &[
                Column::plain("DAY", "day"),
                Column::plain("PROPOSALS", "proposals"),
                Column::plain("CALENDARS", "calendars"),
                Column::plain("MEETINGS", "meetings"),
                Column::plain("BOOKINGS", "bookings"),
                Column::plain("ACCOUNTS", "accounts"),
            ],
        ),
    ),
    Command::new(
        "admin list",
        "List proposals, calendars, meetings, bookings, accounts, logs, outbox or suppressions",
        "GET",
        "/admin/{list}/",
    )
    .args(&[Arg::path("list", Kind::Text, "Which of them").positional().required(), SEARCH, AFTER])
    .show(ROWS),
    Command::new("admin ledger", "What staff have done", "GET", "/admin/ledger/")
        .args(&[SEARCH, AFTER])
        .show(Show::Rows(
            "",
            &[
                Column::plain("NUMBER", "id"),
                Column::plain("WHEN", "created_at"),
                Column::plain("STAFF", "staff"),
                Column::plain("ACT", "act"),
                Column::plain("ON WHAT", "subject"),
                Column::plain("ABOUT", "about"),
            ],
        )),
    Command::new(
        "admin health",
        "What is wrong with the deployment, and how to mend it",
        "GET",
        "/admin/health/",
    )
    .show(Show::Rows(
        "checks",
        &[
            Column::plain("CHECK", "check"),
            Column::plain("STATUS", "status"),
            Column::plain("WHY", "why"),
            Column::plain("HOW TO MEND IT", "mend"),
        ],
    )),
    Command::new(
        "admin test-mail",
        "Send a mail to yourself, by the way of all mail",
        "POST",
        "/admin/health/mail/",
    )
    .keyed()
    .args(&[PASSWORD])
    .show(Show::Done("It is on its way.")),
    Command::new("admin account", "An account, as staff see it", "GET", "/admin/accounts/{id}/")
        .args(&[ID])
        .show(Show::Record),
    Command::new(
        "admin act",
        "Activate, deactivate, promote, demote or unlock an account",
        "POST",
        "/admin/accounts/{id}/",
    )
    .args(&[
        Arg::body("act", Kind::Text, "activate, deactivate, promote, demote or unlock")
            .positional()
            .required(),
        ID,
        PASSWORD,
    ])
    .show(Show::Record),
    Command::new("admin retry", "Send a mail again that was given up", "POST", "/admin/outbox/retry/")
        .args(&[
            Arg::body("mail", Kind::Text, "Its id, as `admin list outbox` shows it").positional().required(),
            PASSWORD,
        ])
        .show(Show::Done("It is due.")),
    Command::new(
        "admin release",
        "Let an address get mail again that bounced or complained",
        "POST",
        "/admin/suppressions/release/",
    )
    .args(&[Arg::body("email", Kind::Text, "The address").positional().required(), PASSWORD])
    .show(Show::Done("It gets mail again.")),
];
