//! Pages of lists: a cursor in the query says where a page begins, and `Link` (RFC 8288) where the next one does.
//!
//! The rows of a list are `{at}.{id} {json}`: the row's cursor, a blank, and the item as it goes out. A page is asked for with
//! one row more than it shows, which tells whether there is a next one.

use serde_json::json;
use whittle_domain::contact::PAGE_SIZE;
use worker::Url;

use crate::error::{Error, Result, bad_request};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::platform::Rows;

/// Rows to ask for.
pub const ROWS: i64 = 51;

/// A list in the order of a time in milliseconds, and then of ids.
pub struct List {
    pub path: &'static str,
    /// The query's member that has the cursor.
    pub parameter: &'static str,
    /// Where the first page begins.
    pub start: Cursor,
}

/// The place in a list at which a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: i64,
    pub id: i64,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<i64>().ok().filter(|n| (0..1 << 53).contains(n));
        let (at, id) = text.split_once('.')?;
        Some(Self { at: number(at)?, id: number(id)? })
    }
}

impl List {
    /// Where the page begins that is asked for.
    pub fn cursor(&self, context: &RequestContext) -> Result<Cursor> {
        let Some(text) = context.query(self.parameter) else { return Ok(self.start) };
        Cursor::parse(text)
            .ok_or_else(|| bad_request(json!({ (self.parameter): ["Not a place in this list."] })))
    }

    /// The page of these rows, which go on unread; the next one has the same filters.
    pub fn page(&self, rows: &Rows, origin: &str, filters: &[(&str, Option<&str>)]) -> Result<Reply> {
        let (items, last) = rows.page(PAGE_SIZE);
        let reply = Reply::json(200, items);
        let Some(cursor) = last else { return Ok(reply) };
        Ok(reply.next(self.next(&cursor, origin, filters)?))
    }

    /// Where the page after this cursor is.
    pub fn next(&self, cursor: &str, origin: &str, filters: &[(&str, Option<&str>)]) -> Result<String> {
        let next = Url::parse(origin).and_then(|origin| origin.join(self.path));
        let mut next = next.map_err(|e| Error::Internal(e.to_string()))?;
        let filters = filters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        next.query_pairs_mut().extend_pairs(filters).append_pair(self.parameter, cursor);
        Ok(next.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_two_numbers() {
        assert_eq!(Cursor::parse("5.7"), Some(Cursor { at: 5, id: 7 }));
        for bad in ["", "5", "5.", "-1.2", "5.x", "5.7.9", "9007199254740992.1"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_next_page_has_the_same_filters() {
        let list = List { path: "/things/", parameter: "after", start: Cursor { at: -1, id: 0 } };
        let next = list.next("50.7", "https://a.example", &[("search", Some("a b&c")), ("group", None)]);
        assert_eq!(next.unwrap(), "https://a.example/things/?search=a+b%26c&after=50.7");
    }
}
