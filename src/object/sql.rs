//! An object's SQLite, without the calls that hang: rows are read through `raw`, best as one JSON text column.

use worker::{SqlStorage, SqlStorageValue};

use crate::error::{Error, Result};

/// Runs a statement for its effect. Integers must be below 2^53.
pub fn run(sql: &SqlStorage, statement: &str, params: Vec<SqlStorageValue>) -> worker::Result<()> {
    sql.exec(statement, params).map(|_| ())
}

/// The first column of all rows, as texts; null is left out.
pub fn texts(sql: &SqlStorage, query: &str, params: Vec<SqlStorageValue>) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for row in sql.exec(query, params).map_err(failed)?.raw() {
        match row.map_err(failed)?.into_iter().next() {
            Some(SqlStorageValue::String(text)) => texts.push(text),
            Some(SqlStorageValue::Integer(number)) => texts.push(number.to_string()),
            Some(SqlStorageValue::Null) | None => {}
            Some(_) => return Err(Error::Internal("object storage: a column that is no text".to_owned())),
        }
    }
    Ok(texts)
}

/// The first column of the first row.
pub fn text(sql: &SqlStorage, query: &str, params: Vec<SqlStorageValue>) -> Result<Option<String>> {
    Ok(texts(sql, query, params)?.into_iter().next())
}

/// The first column of the first row, as a number.
pub fn number(sql: &SqlStorage, query: &str, params: Vec<SqlStorageValue>) -> Result<Option<i64>> {
    Ok(text(sql, query, params)?.and_then(|t| t.parse().ok()))
}

fn failed(error: worker::Error) -> Error {
    Error::Internal(format!("object storage: {error}"))
}
