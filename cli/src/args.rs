//! What the command line accepts, made of the table.

use clap::{ArgAction, ArgMatches, Command as Clap};

use crate::table::{self, Arg, Command, GROUPS, Kind};

const ABOUT: &str = "Agrees on a time, from the terminal";
const AFTER: &str = "Without a command it is a full screen, or with input from a pipe a session of lines; `whittle LINK` opens the link of a mail so. Settings are taken from flags, then from the environment (WHITTLE_HOST and so on, or host, port, user, pass, session, \
token, print), then from ~/.config/whittle/config.toml. The link of a mail stands in place of an id, and needs no account.

Exit codes: 0 done, 1 a verification failed, 2 wrong usage, 3 not signed in or not allowed, 4 not there, 5 refused, 6 later, \
7 the server cannot be reached or understood.";

/// The client's command line.
#[must_use]
pub fn program() -> Clap {
    let mut program = Clap::new("whittle")
        .about(ABOUT)
        .after_help(AFTER)
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(false)
        .arg_required_else_help(false)
        .args(globals());
    for (words, about) in GROUPS {
        let group = |name| {
            let clap = Clap::new(name).about(*about).subcommand_required(true).arg_required_else_help(true);
            let clap = clap.disable_help_subcommand(true);
            // What is by itself comes first.
            clap.display_order(usize::MAX)
        };
        program = within(program, words, &group);
    }
    for command in table::all() {
        program = within(program, command.name, &|name| of(command, name));
    }
    program
}

/// The same command line with one more command, at the end of these words.
fn within(clap: Clap, words: &'static str, make: &dyn Fn(&'static str) -> Clap) -> Clap {
    match words.split_once(' ') {
        None => clap.subcommand(make(words)),
        Some((group, rest)) => clap.mut_subcommand(group, |inner| within(inner, rest, make)),
    }
}

/// Which command was chosen, and its arguments. `None` where there was none.
#[must_use]
pub fn chosen(matches: &ArgMatches) -> Option<(&'static Command, &ArgMatches)> {
    let (mut name, mut matches) = matches.subcommand().map(|(word, inner)| (word.to_owned(), inner))?;
    while let Some((word, inner)) = matches.subcommand() {
        name = format!("{name} {word}");
        matches = inner;
    }
    table::all().find(|command| command.name == name).map(|command| (command, matches))
}

fn of(command: &'static Command, name: &'static str) -> Clap {
    let takes_body = !matches!(command.operation.0, "" | "GET");
    let mut clap = Clap::new(name).about(command.about).args(command.args.iter().map(arg));
    if takes_body {
        clap = clap.arg(
            clap::Arg::new("body")
                .long("body")
                .value_name("JSON")
                .help("Members of the request as the API has them; @FILE reads a file, - what is piped in"),
        );
    }
    clap
}

fn arg(arg: &'static Arg) -> clap::Arg {
    let clap = clap::Arg::new(arg.name).help(arg.help).required(arg.required);
    let clap = if arg.positional { clap } else { clap.long(arg.name) };
    match arg.kind {
        Kind::Flag => clap.action(ArgAction::SetTrue),
        kind if kind.is_list() && arg.positional => clap.num_args(1..).action(ArgAction::Append),
        kind if kind.is_list() => clap.action(ArgAction::Append),
        Kind::Bool => clap.value_parser(["yes", "no"]),
        _ => clap,
    }
    .value_name(value_name(arg))
}

fn value_name(arg: &Arg) -> String {
    match arg.kind {
        Kind::When => "WHEN".to_owned(),
        Kind::Length => "LENGTH".to_owned(),
        Kind::Slots => "\"BEGIN LENGTH\"".to_owned(),
        Kind::Times | Kind::Spans => "\"DATE FROM-TO\"".to_owned(),
        Kind::Weekly => "\"WEEKDAY FROM-TO\"".to_owned(),
        Kind::Placed => "\"CONTACT DATE FROM-TO\"".to_owned(),
        Kind::Number | Kind::Numbers if !arg.positional => "N".to_owned(),
        Kind::File(_) => "FILE".to_owned(),
        _ => arg.name.to_uppercase(),
    }
}

/// The flags of every command.
fn globals() -> Vec<clap::Arg> {
    let value = |name: &'static str, value: &'static str, help: &'static str| {
        clap::Arg::new(name).long(name).value_name(value).help(help).global(true).help_heading("Settings")
    };
    let flag = |name: &'static str, help: &'static str| {
        clap::Arg::new(name)
            .long(name)
            .help(help)
            .global(true)
            .action(ArgAction::SetTrue)
            .help_heading("Output")
    };
    vec![
        value("host", "HOST", "The server: a name, or a URL such as https://whittle.example.org"),
        value("port", "PORT", "Its port"),
        value("user", "NAME", "Sign in by name and password"),
        value("pass", "PASSWORD", "The password; without it, it is asked for"),
        value("token", "TOKEN", "Sign in by a token"),
        value(
            "session",
            "COOKIE",
            "Sign in by the session of a browser: its id, or `sessionid=...; csrftoken=...`",
        ),
        value("et", "TOKEN", "Act by the token of a mailed link"),
        value("config", "FILE", "The file of settings"),
        value("zone", "ZONE", "The time zone in which times are told and read; the machine's without it"),
        value("timeout", "SECONDS", "For how long an answer is waited for; 30 without it"),
        value("if-match", "VERSION", "Do it only if this is the version that is there"),
        value(
            "idempotency-key",
            "KEY",
            "The name of the request: sent again with the same one, it is done once",
        ),
        value(
            "print",
            "HBhb",
            "What is printed of the exchange: H and B the request's headers and body, h and b the answer's",
        ),
        flag("json", "Print the server's answer as it is"),
        value(
            "format",
            "TEMPLATE",
            "Print named fields, such as '{id} {title}'; a line for each row of a list",
        )
        .help_heading("Output"),
        value("color", "WHEN", "auto, always or never; auto is colour on a terminal, unless NO_COLOR is set")
            .value_parser(["auto", "always", "never"])
            .help_heading("Output"),
    ]
}

/// The text of an argument.
#[must_use]
pub fn text<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a str> {
    matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
}

/// The texts of an argument that can be there several times.
#[must_use]
pub fn texts<'a>(matches: &'a ArgMatches, name: &str) -> Vec<&'a str> {
    matches
        .try_get_many::<String>(name)
        .ok()
        .flatten()
        .map(|all| all.map(String::as_str).collect())
        .unwrap_or_default()
}

/// Whether a flag is there.
#[must_use]
pub fn flag(matches: &ArgMatches, name: &str) -> bool {
    matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_whole() {
        program().debug_assert();
    }

    #[test]
    fn no_argument_is_taken_for_a_setting() {
        let settings: Vec<_> = globals().iter().map(|arg| arg.get_id().to_string()).collect();
        for command in table::all() {
            for arg in command.args {
                assert!(
                    !settings.contains(&arg.name.to_owned()) && arg.name != "body",
                    "{}: {}",
                    command.name,
                    arg.name
                );
            }
        }
    }

    #[test]
    fn every_command_of_the_table_is_found_by_its_words() {
        for command in table::all() {
            let mut found = program();
            for word in command.name.split(' ') {
                found = found.find_subcommand(word).unwrap_or_else(|| panic!("{}", command.name)).clone();
            }
        }
    }
}
