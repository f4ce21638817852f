//! What development can ask for with a request, by the header `Whittle-Dev`: `offset=86400000; failpoint=after_commit;
//! id=1`. Dead without `DEV=1` on loopback ([`crate::config::is_dev`]).

use serde::{Deserialize, Serialize};
use worker::Env;

use crate::config;

/// What a test or the demo data asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dev {
    /// Milliseconds by which the clock is moved, from now on, for the object that is asked.
    pub offset: Option<i64>,
    /// The place at which the object is to stop for ever, once.
    pub failpoint: Option<String>,
    /// The id a new proposal, or what a guest books, is to have.
    pub id: Option<u64>,
    /// Where the edge takes the browser to be.
    #[serde(skip)]
    pub timezone: Option<String>,
}

/// Reads the header.
pub fn parse_header(header: Option<&str>, env: &Env) -> Dev {
    match header {
        Some(text) if config::is_dev(env) => parse(text),
        _ => Dev::default(),
    }
}

fn parse(text: &str) -> Dev {
    let mut dev = Dev::default();
    for (key, value) in text.split(';').filter_map(|item| item.trim().split_once('=')) {
        match key {
            "offset" => dev.offset = value.parse().ok(),
            "failpoint" => dev.failpoint = Some(value.to_owned()),
            "id" => dev.id = value.parse().ok(),
            "timezone" => dev.timezone = Some(value.to_owned()),
            _ => {}
        }
    }
    dev
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_item_by_item() {
        let dev = parse("offset=-5; failpoint=before_mark; id=7; timezone=Asia/Tokyo; other=1; junk");
        let timezone = Some("Asia/Tokyo".to_owned());
        let failpoint = Some("before_mark".to_owned());
        assert_eq!(dev, Dev { offset: Some(-5), failpoint, id: Some(7), timezone });
    }
}
