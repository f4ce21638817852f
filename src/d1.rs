//! The directory's database: the only place that knows which D1 binding holds what, and that binds parameters.

use worker::wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env};

use crate::error::{Error, Result};

/// A parameter. Integers go as doubles, for an `i64` would become a BigInt, which D1 refuses; all of ours are below 2^53.
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

    /// The text in the column `json` of the first row.
    pub async fn text(&self, sql: &str, params: &[Param]) -> Result<Option<String>> {
        let value: Option<Option<String>> =
            self.statement(sql, params)?.first(Some("json")).await.map_err(failed)?;
        Ok(value.flatten())
    }

    /// All statements in one transaction; of each, the text in the column `json` of its first row.
    pub async fn batch(&self, statements: Vec<D1PreparedStatement>) -> Result<Vec<Option<String>>> {
        #[derive(serde::Deserialize)]
        struct Row {
            json: Option<String>,
        }
        let results = self.0.batch(statements).await.map_err(failed)?;
        let first = |result: &worker::D1Result| -> Option<String> {
            result.results::<Row>().ok()?.into_iter().next()?.json
        };
        Ok(results.iter().map(first).collect())
    }
}

/// Whatever D1 says, it is ours and likely to pass: its rules of ours are checked before they are met.
fn failed(error: worker::Error) -> Error {
    Error::Unavailable(format!("D1: {error}"))
}
