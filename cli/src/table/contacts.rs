//! The commands of contacts.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};

const FIRST: Arg = Arg::body("first", Kind::Text, "First name").member("first_Name");
const LAST: Arg = Arg::body("last", Kind::Text, "Last name").member("last_Name");
const EMAIL: Arg = Arg::body("email", Kind::Text, "Mail address");
const GROUPS: Arg = Arg::body("group", Kind::Texts, "A group; can be given several times").member("groups");
const ID: Arg =
    Arg::body("id", Kind::Number, "The contact's id").member("contact_id").positional().required();

const LIST: Show = Show::Rows(
    "",
    &[
        Column::plain("ID", "id"),
        Column::plain("FIRST NAME", "first_Name"),
        Column::plain("LAST NAME", "last_Name"),
        Column::plain("ADDRESS", "email"),
        Column::plain("GROUPS", "groups"),
    ],
);

pub const COMMANDS: &[Command] = &[
    Command::new("contacts list", "List your contacts", "GET", "/schedules/contacts/")
        .args(&[
            Arg::query("search", Kind::Text, "Words of a name or an address").positional(),
            Arg::query("group", Kind::Text, "Only those of a group"),
            Arg::query("after", Kind::Text, "The next page, as the page before names it"),
        ])
        .show(LIST),
    Command::new("contacts add", "Add a contact", "POST", "/schedules/contacts/")
        .keyed()
        .args(&[
            FIRST.positional().required(),
            LAST.positional().required(),
            EMAIL.positional().required(),
            GROUPS,
        ])
        .show(Show::Record),
    Command::new("contacts edit", "Change a contact", "PATCH", "/schedules/contacts/")
        .args(&[ID, FIRST, LAST, EMAIL, GROUPS])
        .show(Show::Record),
    Command::new("contacts remove", "Remove a contact", "DELETE", "/schedules/contacts/")
        .args(&[ID])
        .show(Show::Done("It is removed.")),
    Command::new("contacts groups", "Count the contacts of each group", "GET", "/schedules/contacts/groups/")
        .show(Show::Rows("", &[Column::plain("GROUP", "name"), Column::plain("CONTACTS", "contacts")])),
    Command::new("contacts import", "Import contacts from CSV", "POST", "/schedules/contacts/import/")
        .keyed()
        .args(&[
            Arg::whole("file", Kind::File("text/csv"), "The file; - is what is piped in"),
            Arg::query("preview", Kind::Flag, "Only say what would become of each row"),
        ])
        .show(Show::Record),
    Command::new("contacts export", "Export contacts as CSV", "GET", "/schedules/contacts/export/")
        .show(Show::Text),
];
