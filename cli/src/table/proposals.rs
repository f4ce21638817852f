//! The commands of proposals: *Find a time*.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};

const ID: Arg = Arg::path("id", Kind::Id, "The proposal: its id, or the link of a mail");

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

pub const COMMANDS: &[Command] = &[
    Command::new("list", "List your proposals, the newest first", "GET", "/")
        .args(&[Arg::query("before", Kind::Number, "Only those before this id: the next page")])
        .show(LIST),
    Command::new("show", "Show a proposal", "GET", "/{id}/").args(&[ID]).show(Show::Record),
];
