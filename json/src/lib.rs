//! Reads JSON into types of serde, in little code for each type (docs/decisions/0018-own-reader-of-json.md).
//!
//! `serde_json` compiles its parser anew into what reads each type: 2.3 KB of WebAssembly for a structure, of which there are 170.
//! Here the parser is compiled once. What is left for each type is what serde derives, and less of that, too: a structure is read from
//! an object or a list by the same code, and its members are found in the list of their names, for which serde's own code compares no text.
//!
//! It reads what `serde_json` reads, but no number from the name of a member. Texts with escapes and numbers with fractions it gives to
//! `serde_json`.

mod reader;
mod serde_impl;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Error;

use reader::Reader;

/// Reads a value from JSON. `#[serde(alias)]` must not be used in what is read: members and variants are known by their place in
/// serde's list of names, where an alias would move all that follow.
///
/// # Errors
/// If the text is not JSON, or not JSON of this type. Where it is, the error is of the kind that `serde_json` makes of a text.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads a value from JSON in UTF-8.
///
/// # Errors
/// As [`from_str`].
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    from_str(std::str::from_utf8(text).map_err(|_| Error::custom("the text is not UTF-8"))?)
}
