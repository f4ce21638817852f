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

    /// The page of these rows; the next one has the same filters.
    pub fn page(&self, rows: &[String], origin: &str, filters: &[(&str, Option<&str>)]) -> Result<Reply> {
        let rows: Vec<(&str, &str)> = rows.iter().filter_map(|row| row.split_once(' ')).collect();
        let items: Vec<&str> = rows.iter().take(PAGE_SIZE).map(|(_, item)| *item).collect();
        let reply = Reply::json(200, format!("[{}]", items.join(",")));
        let last = rows.get(PAGE_SIZE.saturating_sub(1)).filter(|_| rows.len() > PAGE_SIZE);
        let Some((cursor, _)) = last else { return Ok(reply) };
        let next = Url::parse(origin).and_then(|origin| origin.join(self.path));
        let mut next = next.map_err(|e| Error::Internal(e.to_string()))?;
        let filters = filters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        next.query_pairs_mut().extend_pairs(filters).append_pair(self.parameter, cursor);
        Ok(reply.next(next.into()))
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
    fn a_full_page_with_one_more_row_leads_on_from_its_last_item() {
        let list = List { path: "/things/", parameter: "after", start: Cursor { at: -1, id: 0 } };
        let rows = |most: i64| (1..=most).map(|n| format!("{n}.7 {{\"n\":{n}}}")).collect::<Vec<_>>();
        let page =
            |most| list.page(&rows(most), "https://a.example", &[("search", Some("a b&c")), ("group", None)]);
        assert_eq!(page(50).unwrap().next, None);
        let full = page(51).unwrap();
        assert_eq!(full.next.as_deref(), Some("https://a.example/things/?search=a+b%26c&after=50.7"));
        assert!(full.text().ends_with("{\"n\":50}]"), "{}", full.text());
    }
}
