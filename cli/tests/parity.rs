//! Whatever the service can be asked for, the client can ask for: every route has a command, or a reason for having none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};

use whittle_cli::table::{Place, all, without::WITHOUT};

type Operation = (String, String);

/// The operations of the description of the API: methods stand below paths, each at its depth.
fn described() -> BTreeSet<Operation> {
    let text = include_str!("../../assets/openapi.yaml");
    let (_, paths) = text.split_once("\npaths:\n").unwrap();
    let mut found = BTreeSet::new();
    let mut path = "";
    for line in paths.lines().take_while(|line| line.is_empty() || line.starts_with([' ', '#'])) {
        let depth = line.len() - line.trim_start().len();
        let Some(name) = line.trim().strip_suffix(':') else { continue };
        match (depth, name) {
            (2, name) => path = name,
            (4, "get" | "post" | "put" | "patch" | "delete") => {
                found.insert((name.to_uppercase(), path.to_owned()));
            }
            _ => {}
        }
    }
    found
}

/// The operations that take an idempotency key.
fn keyed() -> BTreeSet<Operation> {
    let text = include_str!("../../assets/openapi.yaml");
    let (_, paths) = text.split_once("\npaths:\n").unwrap();
    let (mut path, mut method, mut found) = ("", "", BTreeSet::new());
    for line in paths.lines().take_while(|line| line.is_empty() || line.starts_with([' ', '#'])) {
        let depth = line.len() - line.trim_start().len();
        match (depth, line.trim().strip_suffix(':')) {
            (2, Some(name)) => path = name,
            (4, Some(name)) => method = name,
            _ if line.contains("parameters/idempotencyKey") => {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn what_takes_a_key_is_sent_with_one() {
    let keyed = keyed();
    assert!(keyed.len() > 10, "{}", keyed.len());
    for command in all() {
        let (method, path) = command.operation;
        assert_eq!(command.keyed, keyed.contains(&(method.to_owned(), path.to_owned())), "{}", command.name);
    }
}

/// The routes of the Worker, as the comments of their enums write them: each variant has its operations, the page's name for a part of the path
/// apart.
fn routes() -> BTreeMap<String, Vec<Operation>> {
    let sources = [
        include_str!("../../src/route/proposal.rs"),
        include_str!("../../src/route/meeting.rs"),
        include_str!("../../src/route/mail.rs"),
        include_str!("../../src/route/account.rs"),
        include_str!("../../src/route/contact.rs"),
        include_str!("../../src/route/booking.rs"),
        include_str!("../../src/route/busy.rs"),
        include_str!("../../src/route/calendar.rs"),
        include_str!("../../src/route/service.rs"),
        include_str!("../../src/route/transfer.rs"),
    ];
    let mut found = BTreeMap::new();
    for source in sources {
        let (_, body) = source.split_once("pub enum ").unwrap();
        let (body, _) = body.split_once("\n}").unwrap();
        let mut comment = String::new();
        for line in body.lines().skip(1).map(str::trim) {
            if let Some(text) = line.strip_prefix("///") {
                comment.push_str(text);
            } else if let Some(variant) = line.split(['(', ',']).next().filter(|name| !name.is_empty()) {
                let operations =
                    comment.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(' '));
                let method = |word: &str| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&word);
                let own = operations.filter(|(word, path)| method(word) && path.starts_with('/')).take(1);
                found.insert(
                    variant.to_owned(),
                    own.map(|(word, path)| (word.to_owned(), plain(path))).collect(),
                );
                comment.clear();
            }
        }
    }
    found
}

/// A path whose parts are all called the same.
fn plain(path: &str) -> String {
    let parts = path.split('/').map(|part| match (part.find('{'), part.find('}')) {
        (Some(from), Some(to)) => format!("{}{{}}{}", &part[..from], &part[to + 1..]),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn asked() -> BTreeSet<Operation> {
    let commands =
        all().flat_map(|command| [command.operation].into_iter().chain(command.also.iter().copied()));
    commands
        .filter(|(method, _)| !method.is_empty())
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect()
}

#[test]
fn every_operation_has_a_command_or_a_reason_for_none() {
    let without: BTreeSet<Operation> =
        WITHOUT.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let (described, asked) = (described(), asked());
    assert!(described.len() > 120, "{}", described.len());
    let missing: Vec<_> =
        described.iter().filter(|one| !asked.contains(*one) && !without.contains(*one)).collect();
    assert!(missing.is_empty(), "without a command and without a reason: {missing:?}");
    let needless: Vec<_> =
        without.iter().filter(|one| asked.contains(*one) || !described.contains(*one)).collect();
    assert!(needless.is_empty(), "a reason for nothing: {needless:?}");
    let unknown: Vec<_> = asked.iter().filter(|one| !described.contains(*one)).collect();
    assert!(unknown.is_empty(), "commands for what is not there: {unknown:?}");
    assert!(WITHOUT.iter().all(|(_, _, reason)| reason.len() > 10));
}

#[test]
fn every_route_is_described() {
    let described: BTreeSet<Operation> =
        described().into_iter().map(|(method, path)| (method, plain(&path))).collect();
    let routes = routes();
    assert!(routes.len() > 120, "{}", routes.len());
    for (variant, operations) in routes {
        assert_eq!(operations.len(), 1, "the comment of {variant} begins with its method and path");
        for operation in operations {
            assert!(described.contains(&operation), "{variant}: {operation:?} is not in assets/openapi.yaml");
        }
    }
}

#[test]
fn every_part_of_a_path_has_its_argument() {
    for command in all() {
        let parts = command.operation.1.split('/').filter_map(|part| part.split_once('{')?.1.split_once('}'));
        for (part, _) in parts {
            let named = command.args.iter().any(|arg| arg.place == Place::Path && arg.member == part);
            // The token of a calendar's link comes with the link, and two commands find what they are about by themselves.
            let own = part == "token" && command.name.starts_with("calendars");
            assert!(named || own || ["logout", "verify"].contains(&command.name), "{}: {part}", command.name);
        }
    }
}

#[test]
fn no_two_commands_have_the_same_words() {
    let mut names: Vec<_> = all().map(|command| command.name).collect();
    let before = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), before);
}
