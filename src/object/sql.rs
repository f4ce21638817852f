//! An object's SQLite: rows are read through one column, best as JSON text.

use wasm_bindgen::JsValue;
use worker::SqlStorage;

use crate::error::{Error, Result};
use crate::platform;
use crate::statement::Param;

/// Runs a statement for its effect. Integers must be below 2^53.
pub fn run(sql: &SqlStorage, statement: &str, params: &[Param]) -> Result<()> {
    platform::first(sql, statement, params).map(|_| ())
}

/// The first column of all rows, as texts; null is left out.
pub fn texts(sql: &SqlStorage, query: &str, params: &[Param]) -> Result<Vec<String>> {
    let values = platform::column(sql, query, params)?;
    values.iter().filter(|value| !value.is_null()).map(|value| as_text(&value)).collect()
}

/// The first column of the first row.
pub fn text(sql: &SqlStorage, query: &str, params: &[Param]) -> Result<Option<String>> {
    let value = platform::first(sql, query, params)?;
    if value.is_null() || value.is_undefined() { Ok(None) } else { as_text(&value).map(Some) }
}

/// The first column of the first row, as a number.
pub fn number(sql: &SqlStorage, query: &str, params: &[Param]) -> Result<Option<i64>> {
    Ok(text(sql, query, params)?.and_then(|t| t.parse().ok()))
}

fn as_text(value: &JsValue) -> Result<String> {
    let text = value.as_string().or_else(|| value.as_f64().map(|number| number.to_string()));
    text.ok_or_else(|| Error::Internal("object storage: a column that is no text".to_owned()))
}
