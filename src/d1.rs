//! The directory's database: the only place that knows which D1 binding holds what, that binds parameters, and that reads
//! what D1 answers when it refuses something.

use std::time::Duration;

use serde::Deserialize;
use worker::wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env};

use crate::clock;
use crate::error::{Error, Refusal, Result};
pub use crate::statement::{Param, Statement};

/// How long D1 may take to answer.
const DEADLINE: Duration = Duration::from_secs(8);

/// SQL that writes milliseconds as the API writes instants, to the second.
pub fn instant(millis: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%SZ', {millis} / 1000, 'unixepoch')")
}

/// What the cause of an error of D1 says, if that is a constraint. A trigger's words stand before the name of the error:
/// `busy:2:meeting:7: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)`.
fn parse_refusal(cause: &str) -> Option<Refusal> {
    let (before, _) = cause.split_once("SQLITE_CONSTRAINT")?;
    let words = before.rsplit_once("D1_ERROR: ").map_or(before, |(_, words)| words);
    let mut words = words.split(':').map(str::trim);
    let refusal = match (words.next(), words.next(), words.next(), words.next()) {
        (Some("budget"), Some(kind), ..) => Some(Refusal::Budget(kind.to_owned())),
        (Some("busy"), Some(account), Some(kind), Some(source)) => account
            .parse()
            .ok()
            .zip(source.parse().ok())
            .map(|(account, source)| Refusal::Busy { account, kind: kind.to_owned(), source }),
        _ => None,
    };
    Some(refusal.unwrap_or_else(|| Refusal::Constraint(before.trim_end_matches([' ', ':']).to_owned())))
}

/// The directory. Reads go to the primary: this binding opens no session with a replica.
pub struct Directory(D1Database);

/// What a transaction consists of. [`Statement`] is the one to use; a statement that is prepared already comes from code that
/// still numbers its parameters.
pub trait Prepare {
    fn prepare(self, directory: &Directory) -> Result<D1PreparedStatement>;
}

impl Prepare for Statement {
    fn prepare(self, directory: &Directory) -> Result<D1PreparedStatement> {
        let (sql, params) = self.compile()?;
        directory.statement(&sql, &params)
    }
}

impl Prepare for D1PreparedStatement {
    fn prepare(self, _: &Directory) -> Result<D1PreparedStatement> {
        Ok(self)
    }
}

impl Directory {
    /// The directory of this deployment.
    pub fn of(env: &Env) -> Result<Self> {
        env.d1("DB").map(Self).map_err(failed)
    }

    /// All statements in one transaction; of each, the texts in the column `json` of its rows.
    pub async fn batch(&self, statements: Vec<impl Prepare>) -> Result<Vec<Vec<String>>> {
        #[derive(Deserialize)]
        struct Row {
            json: Option<String>,
        }
        let statements =
            statements.into_iter().map(|statement| statement.prepare(self)).collect::<Result<_>>()?;
        let results = in_time(self.0.batch(statements)).await?;
        let texts = |result: &worker::D1Result| -> Result<Vec<String>> {
            let rows = result.results::<Row>().map_err(failed)?;
            Ok(rows.into_iter().filter_map(|row| row.json).collect())
        };
        results.iter().map(texts).collect()
    }

    /// One statement by itself: the texts in the column `json` of its rows.
    pub async fn all(&self, statement: Statement) -> Result<Vec<String>> {
        Ok(self.batch(vec![statement]).await?.pop().unwrap_or_default())
    }

    /// One statement by itself: the text of its first row.
    pub async fn first(&self, statement: Statement) -> Result<Option<String>> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// One statement by itself, for its effect.
    pub async fn execute(&self, statement: Statement) -> Result<()> {
        self.batch(vec![statement]).await.map(|_| ())
    }

    /// A statement with numbered parameters. New code uses [`Statement`].
    pub fn statement(&self, sql: &str, params: &[Param]) -> Result<D1PreparedStatement> {
        let params: Vec<JsValue> = params.iter().map(JsValue::from).collect();
        self.0.prepare(sql).bind(&params).map_err(failed)
    }

    /// As [`Self::all`], with numbered parameters. New code uses [`Statement`].
    pub async fn rows(&self, sql: &str, params: &[Param]) -> Result<Vec<String>> {
        Ok(self.batch(vec![self.statement(sql, params)?]).await?.pop().unwrap_or_default())
    }

    /// As [`Self::first`], with numbered parameters. New code uses [`Statement`].
    pub async fn row(&self, sql: &str, params: &[Param]) -> Result<Option<String>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// As [`Self::execute`], with numbered parameters. New code uses [`Statement`].
    pub async fn run(&self, sql: &str, params: &[Param]) -> Result<()> {
        self.rows(sql, params).await.map(|_| ())
    }
}

/// An answer of D1 within the deadline.
async fn in_time<T>(answer: impl Future<Output = worker::Result<T>>) -> Result<T> {
    let late = || Err(Error::Unavailable("D1 did not answer in time".to_owned()));
    clock::within(DEADLINE, answer).await.map_or_else(late, |answer| answer.map_err(failed))
}

/// A guard's refusal is a value that callers may look at. Whatever else D1 says is for our log, and the caller may try again:
/// what is wrong with a request was found out before.
fn failed(error: worker::Error) -> Error {
    let refusal = match &error {
        worker::Error::D1(error) => parse_refusal(&error.cause()),
        _ => None,
    };
    refusal.map_or_else(|| Error::Unavailable(format!("D1: {error}")), Error::Database)
}

#[cfg(test)]
mod tests {
    use super::{Refusal, parse_refusal};

    fn read(words: &str) -> Option<Refusal> {
        let code = "SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)";
        parse_refusal(&format!("{words}: {code}"))
    }

    #[test]
    fn a_triggers_refusal_is_a_value() {
        assert_eq!(read("budget:sender"), Some(Refusal::Budget("sender".to_owned())));
        let busy = Refusal::Busy { account: 2, kind: "meeting".to_owned(), source: 7 };
        assert_eq!(read("busy:2:meeting:7"), Some(busy));
    }

    #[test]
    fn any_other_constraint_is_one_and_any_other_error_is_none() {
        let unique = read("UNIQUE constraint failed: accounts.username");
        assert!(matches!(unique, Some(Refusal::Constraint(text)) if text.contains("accounts.username")));
        assert!(matches!(read("busy:two:meeting:7"), Some(Refusal::Constraint(_))));
        assert_eq!(parse_refusal("D1_ERROR: no such table: budget: SQLITE_ERROR"), None);
        assert_eq!(parse_refusal("D1_ERROR: Network connection lost."), None);
    }
}
