//! `whittle admin export` and `whittle admin import`: the whole state of one deployment, moved to another. The file has a line of
//! JSON for each thing: first the schema and the tables, then every row and every object, last how many lines there are.
//! What is copied is passed on as it is, so that the lines of two deployments are equal where their states are.

mod export;
mod import;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::context::Context;
use crate::error::Error;
use crate::http::{Ask, Client};

pub use export::export;
pub use import::import;

/// The version of the file's format.
const VERSION: u32 = 1;
/// How many objects are told of at once.
const STEP: usize = 500;

/// A table of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    name: String,
    columns: Vec<String>,
    /// The columns of its primary key.
    key: Vec<String>,
    /// How many rows it has.
    rows: u64,
    /// Whether its ids are those of objects.
    objects: bool,
}

/// What a deployment says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Deployment {
    /// The last migration.
    schema: String,
    /// Empty, or why nothing can be changed.
    read_only: String,
    tables: Vec<Table>,
}

/// The first line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// The format.
    whittle: u32,
    schema: String,
    tables: Vec<Table>,
}

/// The last line of a file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct End {
    /// How many lines stand before it.
    end: u64,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
    more: bool,
}

/// A line between the first and the last.
enum Line<'a> {
    Row { table: String, row: &'a RawValue },
    Object { kind: String, id: u64, content: &'a RawValue },
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Members<'a> {
            table: Option<String>,
            #[serde(borrow)]
            row: Option<&'a RawValue>,
            object: Option<String>,
            id: Option<u64>,
            #[serde(borrow)]
            content: Option<&'a RawValue>,
        }
        match parse(line)? {
            Members { table: Some(table), row: Some(row), object: None, .. } => Ok(Self::Row { table, row }),
            Members { object: Some(kind), id: Some(id), content: Some(content), table: None, .. } => {
                Ok(Self::Object { kind, id, content })
            }
            _ => Err("it is neither a row nor an object".to_owned()),
        }
    }
}

/// What the last line says, where this is it.
fn end(line: &str) -> Option<End> {
    line.strip_prefix("{\"end\":").and_then(|_| parse(line).ok())
}

/// Reads a line; the words are for who has a damaged file.
fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

/// What is done with a row: its text, and its values.
type EachRow<'a> = dyn FnMut(&str, &[Value]) -> Result<(), Error> + 'a;

/// A deployment, asked by its key.
struct Server<'a> {
    context: &'a Context,
    client: Client,
}

impl<'a> Server<'a> {
    fn new(context: &'a Context) -> Result<Self, Error> {
        let key = context.config.transfer_key.clone().ok_or_else(|| {
            Error::Usage(
                "The key of the deployment is missing: put the secret TRANSFER_KEY that it has into WHITTLE_TRANSFER_KEY."
                    .to_owned(),
            )
        })?;
        Ok(Self { context, client: context.client.with(context.config.origin.clone(), key) })
    }

    fn ask(&self, ask: &Ask) -> Result<String, Error> {
        let answer = self.client.send(ask).map_err(|error| match &error {
            Error::Refused(refusal) if refusal.status == 401 => Error::Usage(
                "The deployment has another TRANSFER_KEY than WHITTLE_TRANSFER_KEY.".to_owned(),
            ),
            Error::Refused(refusal) if refusal.status == 404 => Error::Usage(
                "This deployment cannot be moved: it has no secret TRANSFER_KEY of at least 32 characters, or it is older than \
                 this client."
                    .to_owned(),
            ),
            _ => error,
        })?;
        String::from_utf8(answer.body).map_err(|_| unreadable("it is not UTF-8"))
    }

    fn get(&self, path: String) -> Result<String, Error> {
        self.ask(&Ask::new(Method::GET, path))
    }

    fn describe(&self) -> Result<Deployment, Error> {
        parse(&self.get("/transfer/".to_owned())?).map_err(|why| unreadable(&why))
    }

    /// Gives each row of a table, as the deployment writes it, in the order of its key.
    fn rows(&self, table: &Table, each: &mut EachRow<'_>) -> Result<(), Error> {
        let mut after: Option<Value> = None;
        loop {
            let mut ask = Ask::new(Method::GET, format!("/transfer/tables/{}/", table.name));
            ask.query.extend(after.take().map(|key| ("after".to_owned(), key.to_string())));
            let text = self.ask(&ask)?;
            let Page { rows, more } = parse(&text).map_err(|why| unreadable(&why))?;
            for row in &rows {
                let values: Vec<Value> = parse(row.get()).map_err(|why| unreadable(&why))?;
                let part = |column: &String| {
                    let at = table.columns.iter().position(|name| name == column)?;
                    values.get(at).cloned()
                };
                after = Some(table.key.iter().filter_map(part).collect());
                each(row.get(), &values)?;
            }
            if !more || rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Gives the whole deployment, line by line.
    fn lines(&self, each: &mut dyn FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
        let Deployment { schema, tables, .. } = self.describe()?;
        let header = Header { whittle: VERSION, schema, tables };
        let mut count = 0u64;
        let mut tell = |line: &str| {
            count = count.saturating_add(1);
            each(line)
        };
        tell(&json!(header).to_string())?;
        let mut ids: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for table in &header.tables {
            self.context.note(&format!("{}: {}", table.name, table.rows));
            let id = table.columns.iter().position(|name| table.objects && name == "id");
            self.rows(table, &mut |row, values| {
                if let Some(id) = id.and_then(|at| values.get(at)).and_then(Value::as_u64) {
                    ids.entry(&table.name).or_default().push(id);
                }
                tell(&format!("{{\"table\":\"{}\",\"row\":{row}}}", table.name))
            })?;
        }
        for (kind, ids) in &ids {
            for (at, id) in ids.iter().enumerate() {
                if at.is_multiple_of(STEP) {
                    self.context.note(&format!("{kind}: {at} of {}", ids.len()));
                }
                let content = self.get(format!("/transfer/objects/{kind}/{id}/"))?;
                tell(&format!("{{\"object\":\"{kind}\",\"id\":{id},\"content\":{content}}}"))?;
            }
        }
        let end = json!(End { end: count }).to_string();
        each(&end)
    }
}

fn unreadable(why: &str) -> Error {
    Error::Unreadable(format!("The server's answer is not what a deployment says of itself: {why}."))
}
