//! The commands about the service, and about the client itself.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};
use crate::step;

pub const COMMANDS: &[Command] = &[
    Command::new("verify", "Check a log: an exported file, or that of an id", "GET", "/{id}/log/")
        .args(&[
            Arg::step(
                "log",
                Kind::Text,
                "A file of `log --export`, - for what is piped in, an id, or the link of a mail",
            )
            .positional()
            .required(),
            Arg::step("receipt", Kind::Text, "The head that a mail showed: the hash, or a file with it"),
            Arg::step("calendar", Kind::Flag, "The id is that of a calendar"),
        ])
        .also(&[("GET", "/schedules/calendars/{id}/log/")])
        .own(step::verify::verify)
        .show(Show::Own(step::verify::words)),
    Command::new(
        "doctor",
        "Say what is wrong with settings, server and clock, and how to mend it",
        "GET",
        "/healthz",
    )
    .own(step::doctor::doctor)
    .show(Show::Own(step::doctor::words)),
    Command::new("openapi", "The description of the API", "GET", "/openapi").show(Show::Text),
    Command::new("outbox", "What the server of a developer has mailed", "GET", "/outbox/").show(Show::Rows(
        "",
        &[Column::plain("SENT", "sent_at"), Column::plain("TO", "to"), Column::plain("SUBJECT", "subject")],
    )),
    Command::new("completions", "Completions for a shell", "", "")
        .args(&[Arg::step("shell", Kind::Text, "bash, elvish, fish, powershell or zsh")
            .positional()
            .required()])
        .own(step::shell::completions),
    Command::new("man", "The manual page", "", "").own(step::shell::man),
];
