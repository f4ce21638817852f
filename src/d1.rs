//! The directory's database: the only place that knows which D1 binding holds what, that binds parameters, and that reads
//! what D1 answers when it refuses something.

use worker::Env;

use crate::error::{Error, Refusal, Result};
use crate::platform::{self, Rows};
pub use crate::statement::{Compiled, Param, Statement};

/// The binding of the database.
const BINDING: &str = "DB";
/// How many milliseconds D1 may take to answer.
const DEADLINE: u32 = 8_000;

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
#[derive(Clone)]
pub struct Directory {
    env: Env,
    milliseconds: u32,
}

/// What a transaction consists of. [`Statement`] is the one to use; one that is compiled already comes from code that still
/// numbers its parameters.
pub trait Compile {
    fn compile(self) -> Result<Compiled>;
}

impl Compile for Statement {
    fn compile(self) -> Result<Compiled> {
        Self::compile(&self)
    }
}

impl Compile for Compiled {
    fn compile(self) -> Result<Compiled> {
        Ok(self)
    }
}

impl Directory {
    /// The directory of this deployment.
    pub fn of(env: &Env) -> Self {
        Self { env: env.clone(), milliseconds: DEADLINE }
    }

    /// The directory, where its answer is waited for only so long.
    pub fn within(self, milliseconds: u32) -> Self {
        Self { milliseconds, ..self }
    }

    /// All statements in one transaction; of each, the texts in the column `json` of its rows.
    pub async fn batch(&self, statements: Vec<impl Compile>) -> Result<Vec<Vec<String>>> {
        Ok(self.unread(statements).await?.iter().map(Rows::texts).collect())
    }

    /// As [`Self::batch`], for rows that go on as they are.
    pub async fn unread(&self, statements: Vec<impl Compile>) -> Result<Vec<Rows>> {
        let statements: Vec<Compiled> =
            statements.into_iter().map(Compile::compile).collect::<Result<_>>()?;
        platform::batch(&self.env, BINDING, &statements, self.milliseconds)
            .await
            .map_err(|words| failed(&words))
    }

    /// One statement by itself: the texts in the column `json` of its rows.
    pub async fn all(&self, statement: impl Compile) -> Result<Vec<String>> {
        Ok(self.batch(vec![statement]).await?.pop().unwrap_or_default())
    }

    /// One statement by itself: the text of its first row.
    pub async fn first(&self, statement: impl Compile) -> Result<Option<String>> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// One statement by itself, for its effect.
    pub async fn execute(&self, statement: impl Compile) -> Result<()> {
        self.unread(vec![statement]).await.map(|_| ())
    }

    /// A statement with numbered parameters. New code uses [`Statement`].
    pub fn statement(sql: &str, params: &[Param]) -> Compiled {
        Compiled::new(sql.to_owned(), params.to_vec())
    }

    /// As [`Self::all`], with numbered parameters. New code uses [`Statement`].
    pub async fn rows(&self, sql: &str, params: &[Param]) -> Result<Vec<String>> {
        self.all(Self::statement(sql, params)).await
    }

    /// As [`Self::first`], with numbered parameters. New code uses [`Statement`].
    pub async fn row(&self, sql: &str, params: &[Param]) -> Result<Option<String>> {
        self.first(Self::statement(sql, params)).await
    }

    /// As [`Self::execute`], with numbered parameters. New code uses [`Statement`].
    pub async fn run(&self, sql: &str, params: &[Param]) -> Result<()> {
        self.execute(Self::statement(sql, params)).await
    }
}

/// A guard's refusal is a value that callers may look at. Whatever else D1 says is for our log, and the caller may try again:
/// what is wrong with a request was found out before.
fn failed(words: &str) -> Error {
    parse_refusal(words).map_or_else(|| Error::Unavailable(format!("D1: {words}")), Error::Database)
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
