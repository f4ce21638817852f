//! One run of the client: the server, the caller, and how answers are written.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use clap::ArgMatches;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use crate::args::{flag, text};
use crate::call::Call;
use crate::config::{Config, Environment};
use crate::error::Error;
use crate::http::{Answer, Ask, Client};
use crate::show::{self, Look, Show, template::Template};
use crate::table::{Command, Place, Step};

/// What a command needs.
#[derive(Debug)]
pub struct Context {
    /// Sends requests.
    pub client: Client,
    /// The settings.
    pub config: Config,
    /// In which times are told and read.
    pub zone: TimeZone,
    /// How answers are written.
    pub output: Output,
}

/// How answers are written.
#[derive(Debug)]
pub struct Output {
    /// As they are.
    pub json: bool,
    /// By named fields.
    pub format: Option<Template>,
    /// With colour.
    pub color: bool,
}

impl Context {
    /// Reads settings and flags.
    ///
    /// # Errors
    /// [`Error::Usage`] if one of them cannot be read.
    pub fn new(matches: &ArgMatches, environment: &Environment) -> Result<Self, Error> {
        // Global flags stand with the last of the subcommands.
        let mut last = matches;
        while let Some((_, inner)) = last.subcommand() {
            last = inner;
        }
        let config = Config::read(last, environment)?;
        let zone = match &config.zone {
            Some(name) => TimeZone::get(name).map_err(|_| {
                Error::Usage(format!(
                    "`{name}` is not a time zone such as Europe/Berlin that this machine knows."
                ))
            })?,
            None => TimeZone::system(),
        };
        let color = match text(last, "color") {
            Some("always") => true,
            Some("never") => false,
            _ => {
                let quiet = environment.get("NO_COLOR").is_some_and(|value| !value.is_empty())
                    || environment.get("TERM").is_some_and(|term| term == "dumb");
                !quiet && std::io::stdout().is_terminal()
            }
        };
        let output = Output {
            json: flag(last, "json"),
            format: text(last, "format").map(Template::parse).transpose().map_err(Error::Usage)?,
            color,
        };
        Ok(Self {
            client: Client::new(config.origin.clone(), config.credential.clone(), config.timeout),
            config,
            zone,
            output,
        })
    }

    /// Runs a command.
    ///
    /// # Errors
    /// Whatever went wrong.
    pub fn run(&self, command: &Command, matches: &ArgMatches) -> Result<(), Error> {
        match command.step {
            Step::Own(step) => step(self, matches, command),
            Step::Send => {
                let mut call = Call::new(self, command, matches)?;
                if matches!(command.show, Show::Text) {
                    // Files have types of their own.
                    call.ask.accept = "*/*";
                }
                self.send(call, command)
            }
            Step::Prepare(step) => {
                let mut call = Call::new(self, command, matches)?;
                step(self, matches, &mut call)?;
                self.send(call, command)
            }
        }
    }

    /// Sends a request and shows the answer.
    ///
    /// # Errors
    /// Whatever went wrong.
    pub fn send(&self, call: Call, command: &Command) -> Result<(), Error> {
        let (client, ask) = call.finish();
        let answer = self.ask(&client, &ask)?;
        self.show(&answer, &command.show)?;
        if let Some(flags) = answer.header("link").and_then(|link| next_page(link, command, &ask)) {
            self.note(&format!("There is more; the next page: whittle {} {flags}", command.name));
        }
        Ok(())
    }

    /// Shows what the client itself has found.
    ///
    /// # Errors
    /// [`Error::Usage`] if it has no such field, or cannot be written.
    pub fn tell(&self, found: &Value, show: &Show) -> Result<(), Error> {
        let look = Look { zone: &self.zone, color: self.output.color };
        let text = match (self.output.json, &self.output.format) {
            (true, _) => format!("{found}\n"),
            (_, Some(template)) => template.rows(&show::rows(found, show)).map_err(Error::Usage)?,
            _ => show::human(found, show, &look),
        };
        self.write(&text)
    }

    /// Says something beside the answer, to people alone. Nobody is left to tell when standard error is closed.
    pub fn note(&self, text: &str) {
        if !self.output.json && self.output.format.is_none() {
            let _ = writeln!(std::io::stderr().lock(), "{}", show::clean(text));
        }
    }

    /// Sends a request, and prints of the exchange what `--print` asks for.
    ///
    /// # Errors
    /// Whatever went wrong.
    pub fn ask(&self, client: &Client, ask: &Ask) -> Result<Answer, Error> {
        let print = &self.config.print;
        let mut text = String::new();
        if print.contains('H') {
            text.push_str(&format!(
                "{} {}{}\n",
                ask.method,
                ask.path,
                if ask.query.is_empty() { "" } else { "?..." }
            ));
            if let Some(version) = &ask.if_match {
                text.push_str(&format!("If-Match: {version}\n"));
            }
        }
        if let (true, Some((body, _))) = (print.contains('B'), &ask.body) {
            text.push_str(&String::from_utf8_lossy(body));
            text.push('\n');
        }
        self.write(&text)?;
        let sent = client.send(ask);
        if let (true, Ok(answer)) = (print.contains('h'), &sent) {
            let headers: String =
                answer.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            self.write(&format!("{}\n{headers}\n", answer.status))?;
        }
        if let (true, Err(Error::Refused(refusal))) = (self.output.json, &sent) {
            self.write_bytes(&refusal.body)?;
        }
        sent
    }

    /// Shows an answer.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if it is not what the command expects.
    pub fn show(&self, answer: &Answer, show: &Show) -> Result<(), Error> {
        if !self.config.print.contains('b') {
            return Ok(());
        }
        let file = answer.header("content-type").is_some_and(is_file);
        if self.output.json && !file && !answer.body.is_empty() && !matches!(show, Show::Text) {
            // What is no JSON did not come from the service.
            answer.json()?;
        }
        if self.output.json || file || matches!(show, Show::Text) {
            return self.write_bytes(&answer.body);
        }
        let look = Look { zone: &self.zone, color: self.output.color };
        if answer.body.is_empty() {
            return match (&self.output.format, show) {
                (Some(_), _) => Ok(()),
                (None, Show::Done(text)) => self.write(&format!("{text}\n")),
                (None, _) => self.write("Done.\n"),
            };
        }
        let value = answer.json()?;
        let text = match &self.output.format {
            Some(template) => template.rows(&show::rows(&value, show)).map_err(Error::Usage)?,
            None => show::human(&value, show, &look),
        };
        self.write(&text)
    }

    /// Writes text to standard output. Nobody reads on when it is closed, and that is no fault.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written.
    pub fn write(&self, text: &str) -> Result<(), Error> {
        write_out(text.as_bytes())
    }

    /// Writes what the server has sent: as it is into a file or a pipe, without control characters on a terminal.
    fn write_bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut bytes = if std::io::stdout().is_terminal() {
            show::clean_lines(&String::from_utf8_lossy(bytes)).into_bytes()
        } else {
            bytes.to_vec()
        };
        if std::io::stdout().is_terminal() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        write_out(&bytes)
    }
}

/// The flags that ask for the next page of a list, of the header `Link`.
fn next_page(link: &str, command: &Command, ask: &Ask) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    let url = Url::parse(rest.split_once('>')?.0).ok()?;
    let new =
        url.query_pairs().filter(|(name, value)| !ask.query.iter().any(|(n, v)| n == name && v == value));
    let flags = new.filter_map(|(name, value)| {
        let arg = command
            .args
            .iter()
            .find(|arg| arg.place == Place::Query && arg.member == name && !arg.positional)?;
        // It stands in a line that is to be copied into a shell.
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c));
        plain.then(|| format!("--{} {value}", arg.name))
    });
    Some(flags.collect::<Vec<_>>().join(" ")).filter(|flags| !flags.is_empty())
}

/// Whether what is answered is a file, which is shown as it is.
fn is_file(kind: &str) -> bool {
    ["text/calendar", "text/csv", "application/jsonl", "image/svg+xml"]
        .iter()
        .any(|file| kind.starts_with(file))
}

fn write_out(bytes: &[u8]) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Usage(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
