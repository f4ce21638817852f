//! The directory's database: the only place that knows which D1 binding holds what, and that binds parameters.

use std::time::Duration;

use worker::wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env, SqlStorageValue};

use crate::clock;
use crate::error::{Error, Result};

/// How long D1 may take to answer.
const DEADLINE: Duration = Duration::from_secs(8);

/// A parameter, of D1 or of an object's SQLite. Integers go as doubles, for an `i64` would become a BigInt, which D1 refuses; all of ours are below 2^53.
#[derive(Clone, Debug)]
pub enum Param {
    /// Text.
    Text(String),
    /// An integer below 2^53.
    Int(i64),
    /// Nothing.
    Null,
}

impl Param {
    /// An id.
    pub fn id(id: u64) -> Self {
        i64::try_from(id).map_or(Self::Null, Self::Int)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&Param> for SqlStorageValue {
    fn from(param: &Param) -> Self {
        match param {
            Param::Text(text) => Self::String(text.clone()),
            Param::Int(number) => Self::Integer(*number),
            Param::Null => Self::Null,
        }
    }
}

impl From<&Param> for JsValue {
    fn from(param: &Param) -> Self {
        match param {
            Param::Text(text) => Self::from_str(text),
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            Param::Int(number) => Self::from_f64(*number as f64),
            Param::Null => Self::NULL,
        }
    }
}

/// SQL that writes milliseconds as the API writes instants, to the second.
pub fn instant(millis: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%SZ', {millis} / 1000, 'unixepoch')")
}

/// The directory. Reads go to the primary: this binding opens no session with a replica.
pub struct Directory(D1Database);

impl Directory {
    /// The directory of this deployment.
    pub fn of(env: &Env) -> Result<Self> {
        env.d1("DB").map(Self).map_err(failed)
    }

    /// A statement with its parameters bound.
    pub fn statement(&self, sql: &str, params: &[Param]) -> Result<D1PreparedStatement> {
        let params: Vec<JsValue> = params.iter().map(JsValue::from).collect();
        self.0.prepare(sql).bind(&params).map_err(failed)
    }

    /// All statements in one transaction; of each, the texts in the column `json` of its rows.
    pub async fn batch(&self, statements: Vec<D1PreparedStatement>) -> Result<Vec<Vec<String>>> {
        #[derive(serde::Deserialize)]
        struct Row {
            json: Option<String>,
        }
        let results = in_time(self.0.batch(statements)).await?;
        let texts = |result: &worker::D1Result| -> Result<Vec<String>> {
            let rows = result.results::<Row>().map_err(failed)?;
            Ok(rows.into_iter().filter_map(|row| row.json).collect())
        };
        results.iter().map(texts).collect()
    }

    /// One statement by itself: the texts in the column `json` of its rows.
    pub async fn rows(&self, sql: &str, params: &[Param]) -> Result<Vec<String>> {
        Ok(self.batch(vec![self.statement(sql, params)?]).await?.pop().unwrap_or_default())
    }

    /// One statement by itself: the text of its first row.
    pub async fn row(&self, sql: &str, params: &[Param]) -> Result<Option<String>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// One statement by itself, that gives nothing.
    pub async fn run(&self, sql: &str, params: &[Param]) -> Result<()> {
        self.rows(sql, params).await.map(|_| ())
    }
}

/// An answer of D1 within the deadline.
async fn in_time<T>(answer: impl Future<Output = worker::Result<T>>) -> Result<T> {
    let late = || Err(Error::Unavailable("D1 did not answer in time".to_owned()));
    clock::within(DEADLINE, answer).await.map_or_else(late, |answer| answer.map_err(failed))
}

/// Whatever D1 says is for our log. It is ours, and the caller may try again: what is wrong with a request was found out
/// before.
fn failed(error: worker::Error) -> Error {
    Error::Unavailable(format!("D1: {error}"))
}
