//! The commands of accounts, and of signing in.

use super::{Arg, Command, Kind};
use crate::show::{Column, Show};
use crate::step;

const TOKEN: Arg = Arg::path("link", Kind::Token, "The link of the mail, or its token").member("token");
const PASSWORD: Arg = Arg::body("password", Kind::Password, "The password; without it, it is asked for");

pub const COMMANDS: &[Command] = &[
    Command::new(
        "login",
        "Sign in: a token is kept in a file that you alone can read",
        "POST",
        "/api-token-auth/",
    )
    .args(&[
        Arg::step("name", Kind::Text, "Your user name; else that of --user, or it is asked for").positional(),
        Arg::step("stdin", Kind::Flag, "Read the password from what is piped in"),
    ])
    .own(step::login::login)
    .show(Show::Own(step::login::signed_in)),
    Command::new(
        "logout",
        "Sign out: the token ends and is forgotten",
        "DELETE",
        "/accounts/sessions/{session}/",
    )
    .also(&[("GET", "/accounts/sessions/")])
    .own(step::login::logout),
    Command::new("account show", "Your account", "GET", "/accounts/me/").show(Show::Record),
    Command::new("account whoami", "Who is signed in", "GET", "/api/user/get_detail/").show(Show::Record),
    Command::new(
        "account change",
        "Change names, time zone, who may book you, how much mail you get",
        "PATCH",
        "/accounts/me/",
    )
    .args(&[
        Arg::body("first", Kind::Text, "First name").member("first_name"),
        Arg::body("last", Kind::Text, "Last name").member("last_name"),
        Arg::body("timezone", Kind::Text, "The time zone of new proposals"),
        Arg::body("bookable-by", Kind::Text, "anyone, contacts or nobody").member("bookable_by"),
        Arg::body("mail", Kind::Text, "all, decisions or none"),
    ])
    .show(Show::Record),
    Command::new("account signup", "Make an account", "POST", "/accounts/signup/")
        .keyed()
        .args(&[
            Arg::body("name", Kind::Text, "The user name").member("username").positional().required(),
            Arg::body("email", Kind::Text, "The mail address").positional().required(),
            Arg::body("first", Kind::Text, "First name").member("first_name").required(),
            Arg::body("last", Kind::Text, "Last name").member("last_name").required(),
            PASSWORD,
        ])
        .prepare(step::login::twice)
        .show(Show::Record),
    Command::new(
        "account verify",
        "Verify the address of an account, by the link of a mail",
        "POST",
        "/accounts/verify/{token}/",
    )
    .args(&[TOKEN, Arg::body("password", Kind::Text, "The password, for an address of staff")])
    .show(Show::Done("The address is verified.")),
    Command::new(
        "account verify-again",
        "Have another link mailed to verify your address",
        "POST",
        "/accounts/verify/",
    )
    .keyed()
    .show(Show::Done("A link is on its way.")),
    Command::new("account password", "Choose another password", "POST", "/accounts/password/")
        .args(&[
            Arg::body("old", Kind::Password, "The old password; without it, it is asked for")
                .member("old_password"),
            Arg::body("new", Kind::Password, "The new password; without it, it is asked for")
                .member("new_password"),
        ])
        .show(Show::Done("It is changed; sign in anew.")),
    Command::new(
        "account forgot",
        "Have a link mailed to choose another password",
        "POST",
        "/accounts/password/reset/",
    )
    .keyed()
    .args(&[Arg::body("email", Kind::Text, "The address of the account").positional().required()])
    .show(Show::Done("If there is such an account, a link is on its way.")),
    Command::new(
        "account reset",
        "Choose another password, by the link of a mail",
        "POST",
        "/accounts/password/reset/{token}/",
    )
    .args(&[
        TOKEN,
        Arg::body("new", Kind::Password, "The new password; without it, it is asked for")
            .member("new_password"),
    ])
    .show(Show::Done("It is changed; sign in.")),
    Command::new("account address", "Ask for another address", "POST", "/accounts/address/")
        .keyed()
        .args(&[Arg::body("email", Kind::Text, "The other address").positional().required(), PASSWORD])
        .show(Show::Done("A link is on its way to that address.")),
    Command::new(
        "account address-confirm",
        "Make it the address of the account, by the link of a mail",
        "POST",
        "/accounts/address/{token}/",
    )
    .args(&[TOKEN, Arg::body("password", Kind::Text, "The password, for an address of staff")])
    .show(Show::Done("It is the address now.")),
    Command::new(
        "account address-undo",
        "Keep the old address, by the link of a mail",
        "POST",
        "/accounts/address/undo/{token}/",
    )
    .args(&[TOKEN])
    .show(Show::Done("The old address is back.")),
    Command::new("account sessions list", "The ways in that are open", "GET", "/accounts/sessions/").show(
        Show::Rows(
            "",
            &[
                Column::plain("ID", "id"),
                Column::plain("", "kind"),
                Column::plain("LAST USED", "used_at"),
                Column::plain("THIS ONE", "current"),
                Column::plain("CLIENT", "agent"),
            ],
        ),
    ),
    Command::new("account sessions end", "End one of them", "DELETE", "/accounts/sessions/{session}/")
        .args(&[Arg::path("id", Kind::Text, "Its id").member("session")])
        .show(Show::Done("It is ended.")),
    Command::new("account sessions end-others", "End all but this one", "DELETE", "/accounts/sessions/")
        .show(Show::Record),
    Command::new("account export", "Export everything that the account has", "GET", "/accounts/export/")
        .show(Show::Record),
    Command::new("account delete", "Delete the account, at once and for good", "DELETE", "/accounts/me/")
        .args(&[PASSWORD])
        .show(Show::Done("The account is deleted.")),
    Command::new(
        "account unsubscribe",
        "Get no more mail, by the link of a mail",
        "POST",
        "/unsubscribe/{token}/",
    )
    .args(&[TOKEN, Arg::body("scope", Kind::Text, "proposal, sender, everything, or none, which undoes it")])
    .show(Show::Record),
];
