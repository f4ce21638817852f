//! `whittle admin import FILE`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use clap::ArgMatches;
use ureq::http::Method;

use super::{Deployment, End, Header, Line, STEP, Server, VERSION, end, parse};
use crate::args::text;
use crate::context::Context;
use crate::error::Error;
use crate::http::Ask;
use crate::table::Command;

/// The most rows that are sent at once, and the most bytes where they are several.
const MOST_ROWS: usize = 200;
const MOST_BYTES: usize = 500_000;

/// Writes the lines of a file into a deployment that has nothing else, then reads the deployment and compares each line. Run again
/// it goes on with what was begun.
pub fn import(context: &Context, matches: &ArgMatches, _: &Command) -> Result<(), Error> {
    let server = Server::new(context)?;
    let source = Source(text(matches, "file").unwrap_or_default());
    let header = source.check()?;
    check_target(&server, &header, &source)?;
    fill(&server, &source)?;
    verify(&server, &source)?;
    context.write("The deployment is equal to the export.\n")
}

/// The file.
struct Source<'a>(&'a str);

impl Source<'_> {
    fn wrong(&self, why: &str) -> Error {
        Error::Usage(format!("{}: {why}", Path::new(self.0).display()))
    }

    fn damaged(&self, line: u64, why: &str) -> Error {
        self.wrong(&format!("this is no whole export, line {line}: {why}. Nothing was written."))
    }

    fn each(&self, each: &mut dyn FnMut(u64, &str) -> Result<(), Error>) -> Result<(), Error> {
        let file = File::open(self.0).map_err(|error| self.wrong(&error.to_string()))?;
        for (line, at) in BufReader::new(file).lines().zip(1u64..) {
            each(at, &line.map_err(|error| self.wrong(&error.to_string()))?)?;
        }
        Ok(())
    }

    /// Gives what is between the first line and the last.
    fn content(&self, each: &mut dyn FnMut(Line<'_>) -> Result<(), Error>) -> Result<(), Error> {
        self.each(&mut |at, text| match at {
            1 => Ok(()),
            _ if end(text).is_some() => Ok(()),
            _ => each(Line::parse(text).map_err(|why| self.damaged(at, &why))?),
        })
    }

    /// Reads all of it before anything is written: an export that was cut off would leave half a deployment.
    fn check(&self) -> Result<Header, Error> {
        let mut header = None;
        let mut is_whole = false;
        self.each(&mut |at, text| {
            match (at, end(text)) {
                _ if is_whole => return Err(self.damaged(at, "something follows the end")),
                (1, _) => {
                    header = Some(parse::<Header>(text).map_err(|why| self.damaged(at, &why))?);
                }
                (_, Some(End { end: lines })) if lines.saturating_add(1) == at => is_whole = true,
                (_, Some(_)) => return Err(self.damaged(at, "lines are missing")),
                (_, None) => drop(Line::parse(text).map_err(|why| self.damaged(at, &why))?),
            }
            Ok(())
        })?;
        let header = header.ok_or_else(|| self.damaged(1, "it is empty"))?;
        if !is_whole {
            return Err(self.wrong("the end of the export is missing. Nothing was written."));
        }
        match header.whittle {
            VERSION => Ok(header),
            other => Err(self.wrong(&format!("its format is {other}; this client reads {VERSION}."))),
        }
    }
}

/// Refuses a deployment that is not there to be filled, that has another schema, or that has anything which is not in the file.
fn check_target(server: &Server<'_>, header: &Header, source: &Source<'_>) -> Result<(), Error> {
    let Deployment { schema, read_only, tables } = server.describe()?;
    if read_only != "import" {
        return Err(Error::Usage(
            "This deployment is not there to be filled: deploy it with READ_ONLY=import first. Nothing was written."
                .to_owned(),
        ));
    }
    let shape = |tables: &[super::Table]| -> BTreeSet<(String, Vec<String>)> {
        tables.iter().map(|table| (table.name.clone(), table.columns.clone())).collect()
    };
    if schema != header.schema || shape(&tables) != shape(&header.tables) {
        return Err(Error::Usage(format!(
            "The deployment has the schema {schema}, and the export {}: deploy the same release as the one that was exported. \
             Nothing was written.",
            header.schema
        )));
    }
    let mut there: BTreeSet<(String, String)> = BTreeSet::new();
    for table in tables.iter().filter(|table| table.rows > 0) {
        server.rows(table, &mut |row, _| {
            there.insert((table.name.clone(), row.to_owned()));
            Ok(())
        })?;
    }
    source.content(&mut |line| {
        if let (false, Line::Row { table, row }) = (there.is_empty(), line) {
            there.remove(&(table, row.get().to_owned()));
        }
        Ok(())
    })?;
    match there.first() {
        None => Ok(()),
        Some((table, _)) => Err(Error::Usage(format!(
            "The deployment has data of its own, in the table {table}: only an empty one can be filled, or one into which this \
             same file was begun to be imported. Nothing was written."
        ))),
    }
}

/// Rows of one table that are to be sent.
#[derive(Default)]
struct Rows {
    table: String,
    rows: Vec<String>,
    bytes: usize,
}

impl Rows {
    fn send(&mut self, server: &Server<'_>) -> Result<(), Error> {
        if !self.rows.is_empty() {
            let body = format!("[{}]", self.rows.join(","));
            write(server, Method::POST, format!("/transfer/tables/{}/", self.table), body)?;
        }
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }

    fn add(&mut self, server: &Server<'_>, table: String, row: &str) -> Result<(), Error> {
        let is_full = self.rows.len() >= MOST_ROWS || self.bytes.saturating_add(row.len()) > MOST_BYTES;
        if is_full || self.table != table {
            self.send(server)?;
        }
        if self.table != table {
            server.context.note(&format!("{table}: writing"));
            self.table = table;
        }
        self.bytes = self.bytes.saturating_add(row.len());
        self.rows.push(row.to_owned());
        Ok(())
    }
}

/// Sends what is to be written. Sending it again does no harm, so that a connection that is lost is no fault.
fn write(server: &Server<'_>, method: Method, path: String, body: String) -> Result<(), Error> {
    let mut ask = Ask::new(method, path);
    ask.body = Some((body.into_bytes(), "application/json"));
    match server.ask(&ask) {
        Ok(_) => Ok(()),
        Err(Error::Unreachable(_)) => server.ask(&ask).map(|_| ()).map_err(|error| match error {
            Error::Unreachable(text) => {
                Error::Unreachable(format!("{text} Run the same import again: it goes on."))
            }
            error => error,
        }),
        Err(error) => Err(error),
    }
}

fn fill(server: &Server<'_>, source: &Source<'_>) -> Result<(), Error> {
    let mut rows = Rows::default();
    let mut objects = 0usize;
    source.content(&mut |line| match line {
        Line::Row { table, row } => rows.add(server, table, row.get()),
        Line::Object { kind, id, content } => {
            rows.send(server)?;
            if objects.is_multiple_of(STEP) {
                server.context.note(&format!("objects: {objects} written"));
            }
            objects = objects.saturating_add(1);
            let path = format!("/transfer/objects/{kind}/{id}/");
            write(server, Method::PUT, path, content.get().to_owned())
        }
    })?;
    rows.send(server)
}

/// Reads the deployment and compares each line with the file's.
fn verify(server: &Server<'_>, source: &Source<'_>) -> Result<(), Error> {
    let file = File::open(source.0).map_err(|error| source.wrong(&error.to_string()))?;
    let mut wanted = BufReader::new(file).lines();
    let mut at = 0u64;
    let differs = |at: u64| {
        Error::Found(format!(
            "The deployment differs from the export, first in line {at} of the file. Somebody has used it meanwhile, or it was filled \
             by something else: begin with an empty one."
        ))
    };
    server.lines(&mut |found| {
        at = at.saturating_add(1);
        match wanted.next() {
            Some(Ok(line)) if line == found => Ok(()),
            _ => Err(differs(at)),
        }
    })?;
    if wanted.next().is_some() { Err(differs(at.saturating_add(1))) } else { Ok(()) }
}
