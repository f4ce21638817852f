//! The line mode, for input from a pipe: the prompts and answers of the original's script.
//!
//! * `n` of a command is the proposal's id.
//! * Answers are the server's JSON, with sorted names and four blanks of indent, and times are those of the API (UTC).
//! * What is read is written after its prompt, so that the output reads like a session on a terminal.
//! * A refusal ends nothing: its body is written like an answer, and what to do about it goes to standard error.

mod prompt;

use std::io::BufRead;

use serde::Serialize as _;
use serde_json::{Map, Value, json};
use ureq::http::Method;

use crate::config::Credential;
use crate::context::Context;
use crate::error::Error;
use crate::http::{Ask, new_key};
use crate::link::id;
use crate::show::clean_lines;
use prompt::Prompt;

const MENU: &str = "  l   c   d[n]  p[n]  n[n]  g[n]  ?   q\n";
const HELP: &str = "l list events
c create with emails, time-spans
d[n] detail - view event number n
p[n] patch time-spans
n[n] notify recipients
g[n] log - view dispatch/update logs
? help - this help
q quit
";

/// Reads commands until `q` or the end of the input. `echo` says that nothing else shows what is read.
///
/// # Errors
/// [`Error::Usage`] if input or output fail; what a command runs into is told, and the next one is read.
pub fn run(context: &Context, input: impl BufRead, echo: bool) -> Result<(), Error> {
    let mut session = Session { context, prompt: Prompt { context, input, echo }, sender: None };
    session.sender = session.own_address();
    context.write(&session.config())?;
    loop {
        context.write(MENU)?;
        let Some(line) = session.prompt.ask("> ")? else { return Ok(()) };
        let line = line.trim();
        if line == "q" {
            return Ok(());
        }
        match session.command(line) {
            Ok(Some(Done::InputEnded)) => return Ok(()),
            Ok(None) => {}
            Err(error) => session.tell(&error)?,
        }
    }
}

/// How a command ends beside its answer.
enum Done {
    /// There was no answer to its prompt.
    InputEnded,
}

struct Session<'a, R> {
    context: &'a Context,
    prompt: Prompt<'a, R>,
    /// The caller's own address, where there is an account and the server says it.
    sender: Option<String>,
}

impl<R: BufRead> Session<'_, R> {
    /// Name, password, other credential, port and sender; `_` stands for what is not there, and nothing secret is shown.
    fn config(&self) -> String {
        let credential = &self.context.client.credential;
        let none = || "_".to_owned();
        let (user, pass) = match credential {
            Credential::Basic { user, .. } => (clean_lines(user), "***".to_owned()),
            _ => (none(), none()),
        };
        let other = match credential {
            Credential::Nobody | Credential::Basic { .. } => "_",
            Credential::Link(_) => "et",
            Credential::Token(_) => "token",
            Credential::Session(_) => "session",
            Credential::Key(_) => "key",
        };
        let port =
            self.context.client.origin.port_or_known_default().map_or_else(none, |port| port.to_string());
        let sender = self.sender.as_deref().map_or_else(none, clean_lines);
        format!("config: {user} {pass} {other} {port} {sender}\n")
    }

    /// The address of the account; a session without one, or without a server as yet, goes on without.
    fn own_address(&self) -> Option<String> {
        if matches!(self.context.client.credential, Credential::Nobody | Credential::Link(_)) {
            return None;
        }
        let account = self.context.client.send(&Ask::new(Method::GET, "/accounts/me/")).ok()?.json().ok()?;
        account.get("email").and_then(Value::as_str).map(str::to_owned)
    }

    fn command(&mut self, line: &str) -> Result<Option<Done>, Error> {
        let mut letters = line.chars();
        let letter = letters.next();
        let rest = letters.as_str().trim();
        match (letter, rest, id(rest)) {
            (Some('l'), "", _) => self.send(&Ask::new(Method::GET, "/")),
            (Some('c'), "", _) => self.create(),
            (Some('?'), "", _) => self.context.write(HELP).map(|()| None),
            (Some('d'), _, Some(id)) => self.send(&Ask::new(Method::GET, format!("/{id}/"))),
            (Some('g'), _, Some(id)) => self.send(&Ask::new(Method::GET, format!("/{id}/log/"))),
            (Some('p'), _, Some(id)) => self.patch(id),
            (Some('n'), _, Some(id)) => self.notify(id),
            _ => self.context.write(&format!("huh? {}\n", clean_lines(line))).map(|()| None),
        }
    }

    fn create(&mut self) -> Result<Option<Done>, Error> {
        let title = self.prompt.ask("create: enter event title or blank to generate> ")?;
        let Some(title) = title else { return Ok(Some(Done::InputEnded)) };
        let Some(emails) = self.prompt.ask("enter party emails> ")? else {
            return Ok(Some(Done::InputEnded));
        };
        self.context.write("enter slots as YYYY-MM-DDThh:mm:ss[+-hh:mm/Z] hh:mm:ss, followed by blank>\n")?;
        let mut slots = Vec::new();
        loop {
            let Some(line) = self.prompt.ask("")? else { return Ok(Some(Done::InputEnded)) };
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => break,
                [begin, duration] => slots.push(json!({ "begin": begin, "duration": duration })),
                // A duration of a day and more has a blank in it.
                [begin, days, clock] => {
                    slots.push(json!({ "begin": begin, "duration": format!("{days} {clock}") }))
                }
                _ => self.context.write("That is not a begin and a duration; enter the slot again.\n")?,
            }
        }
        let mut body = Map::new();
        if !title.trim().is_empty() {
            body.insert("title".to_owned(), Value::from(title.trim()));
        }
        body.insert("parties".to_owned(), emails.split_whitespace().collect());
        body.insert("slots".to_owned(), Value::Array(slots));
        self.send(&once(Ask::new(Method::POST, "/").json(&Value::Object(body))))
    }

    fn patch(&mut self, id: u64) -> Result<Option<Done>, Error> {
        let (proposal, version) = self.read(id)?;
        let slots = list(&proposal, "slots");
        let text =
            |slot: &Value, name: &str| slot.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        let lines = slots.iter().map(|slot| format!("{} {}", text(slot, "begin"), text(slot, "duration")));
        self.context.write(&numbered(lines))?;
        let Some(line) = self.prompt.ask("patch: enter slots by number> ")? else {
            return Ok(Some(Done::InputEnded));
        };
        // An answer that keeps nothing ends the proposal for everybody, so a blank line is not one.
        let kept = match line.trim() {
            "" => {
                return self.nothing(
                    "Nothing is changed. Enter the numbers of the slots to keep, or 0 to keep none.",
                );
            }
            "0" => Vec::new(),
            numbers => match chosen(&slots, numbers) {
                Ok(kept) => kept,
                Err(wrong) => return self.nothing(&wrong),
            },
        };
        let mut ask = Ask::new(Method::PATCH, format!("/{id}/")).json(&json!({ "slots": kept }));
        // The numbers are those of the version that was shown.
        ask.if_match = version;
        self.send(&ask)
    }

    fn notify(&mut self, id: u64) -> Result<Option<Done>, Error> {
        let (proposal, _) = self.read(id)?;
        let parties = list(&proposal, "parties");
        let name = |party: &Value| party.as_str().unwrap_or("-").to_owned();
        self.context.write(&numbered(parties.iter().map(name)))?;
        let Some(line) = self.prompt.ask("notify: enter parties by number> ")? else {
            return Ok(Some(Done::InputEnded));
        };
        let recipients = match chosen(&parties, &line) {
            Ok(recipients) if !recipients.is_empty() => recipients,
            Ok(_) => {
                return self.nothing("Nobody is notified. Enter the numbers of those who are to get mail.");
            }
            Err(wrong) => return self.nothing(&wrong),
        };
        let own = self.sender.as_ref().and_then(|own| {
            let own = own.to_lowercase();
            parties.iter().position(|party| name(party).to_lowercase() == own)
        });
        // By a link nobody but its party sends, and the service knows who that is.
        let by_link = matches!(self.context.client.credential, Credential::Link(_));
        let question = match (own, by_link || self.sender.is_some()) {
            (Some(at), _) => format!("enter sender by number or blank for [{}]> ", at.saturating_add(1)),
            (None, true) => "enter sender by number or blank for yourself> ".to_owned(),
            (None, false) => "enter sender by number or blank for [1]> ".to_owned(),
        };
        let Some(line) = self.prompt.ask(&question)? else { return Ok(Some(Done::InputEnded)) };
        let mut body = json!({ "parties": recipients, "slots": proposal.get("slots") });
        let sender = match chosen(&parties, &line) {
            Ok(all) if all.len() <= 1 => all.first().map(name),
            Ok(_) => return self.nothing("There is one sender. Nothing is sent."),
            Err(wrong) => return self.nothing(&wrong),
        };
        if let (Some(sender), Some(members)) = (&sender, body.as_object_mut()) {
            members.insert("sender".to_owned(), Value::from(sender.as_str()));
        }
        let told = sender.or_else(|| self.sender.clone()).unwrap_or_else(|| "yourself".to_owned());
        self.context.write(&format!("Sender {}\n", clean_lines(&told)))?;
        self.send(&once(Ask::new(Method::POST, format!("/{id}/notify/")).json(&body)))
    }

    /// A proposal and its version.
    fn read(&self, id: u64) -> Result<(Value, Option<String>), Error> {
        let answer = self.context.ask(&self.context.client, &Ask::new(Method::GET, format!("/{id}/")))?;
        Ok((answer.json()?, answer.header("etag").map(str::to_owned)))
    }

    fn send(&self, ask: &Ask) -> Result<Option<Done>, Error> {
        let answer = self.context.ask(&self.context.client, ask)?;
        self.show(&answer.json()?)?;
        Ok(None)
    }

    fn nothing(&self, why: &str) -> Result<Option<Done>, Error> {
        self.context.write(&format!("{why}\n"))?;
        Ok(None)
    }

    fn show(&self, value: &Value) -> Result<(), Error> {
        if !self.context.config.print.contains('b') {
            return Ok(());
        }
        self.context.write(&format!("{}\n\n\n", clean_lines(&pretty(value))))
    }

    fn tell(&self, error: &Error) -> Result<(), Error> {
        if let Error::Refused(refusal) = error
            && let Ok(body) = serde_json::from_slice(&refusal.body)
        {
            self.show(&body)?;
        }
        error.tell();
        Ok(())
    }
}

/// The request with a key: sent again, it is done once.
fn once(mut ask: Ask) -> Ask {
    ask.key = new_key();
    ask
}

fn list(value: &Value, member: &str) -> Vec<Value> {
    value.get(member).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The lines with their numbers, 1 the first.
fn numbered(lines: impl Iterator<Item = String>) -> String {
    lines
        .enumerate()
        .map(|(at, line)| format!("{:>2} {}\n", at.saturating_add(1), clean_lines(&line)))
        .collect()
}

/// The items with these numbers, 1 the first, in their order and each once.
fn chosen(items: &[Value], numbers: &str) -> Result<Vec<Value>, String> {
    let mut wanted = Vec::new();
    for word in numbers.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
        let at = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match at.filter(|at| *at < items.len()) {
            Some(at) => wanted.push(at),
            None => {
                let word = clean_lines(word);
                return Err(format!(
                    "There is no number {word}; there are 1 to {}. Nothing is sent.",
                    items.len()
                ));
            }
        }
    }
    Ok(items.iter().enumerate().filter(|(at, _)| wanted.contains(at)).map(|(_, item)| item.clone()).collect())
}

/// JSON as the original's script has it: four blanks of indent.
fn pretty(value: &Value) -> String {
    let mut bytes = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, indent);
    // A value in memory can always be written.
    let _ = value.serialize(&mut writer);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_chosen_by_number_in_their_order_and_each_once() {
        let items = [json!("a"), json!("b"), json!("c")];
        assert_eq!(chosen(&items, " 3 1,3 "), Ok(vec![json!("a"), json!("c")]));
        assert_eq!(chosen(&items, ""), Ok(Vec::new()));
        for wrong in ["0", "4", "-1", "x", "1 99999999999999999999999"] {
            assert!(chosen(&items, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn json_has_sorted_names_and_four_blanks() {
        let value: Value = serde_json::from_str(r#"{"b": [], "a": {"d": 1, "c": "x"}}"#).unwrap();
        assert_eq!(
            pretty(&value),
            "{\n    \"a\": {\n        \"c\": \"x\",\n        \"d\": 1\n    },\n    \"b\": []\n}"
        );
    }
}
