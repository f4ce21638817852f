//! `If-Match` (RFC 9110 section 13.1.1) for what is stored without a version: its tag is made of the JSON that the API shows of it.

use crate::error::{Error, Result};
use crate::http::context::RequestContext;

/// The tag of a JSON text, as [`crate::http::reply::Reply::etag`] takes it: FNV-1a in 32 bits. It tells an owner's own versions
/// apart, and keeps no secret.
pub fn tag(json: &str) -> u32 {
    json.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Refuses a request (412) that was made by another version than this one, where it makes that a condition. The statement that
/// writes then has to hold only as long as the version is this one: tells whether there is a condition.
pub fn check(context: &RequestContext, json: &str) -> Result<bool> {
    match context.seen() {
        Some(seen) if !seen.contains(&tag(json)) => Err(stale(json)),
        seen => Ok(seen.is_some()),
    }
}

/// 412, with what there is.
pub fn stale(json: &str) -> Error {
    Error::Stale { body: json.to_owned(), version: tag(json) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_hash_of_its_authors() {
        // Of the test vectors of Fowler, Noll and Vo.
        assert_eq!([tag(""), tag("a"), tag("foobar")], [0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968]);
    }
}
