//! Reads a calendar elsewhere: the address is judged, and again after each redirect; what comes is bounded while it comes.

use js_sys::Array;
use js_sys::futures::JsFuture;
use wasm_bindgen::prelude::{JsCast as _, JsValue, wasm_bindgen};
use whittle_domain::busy::{
    FeedAddress, FeedFault, MAX_FEED_BYTES, MAX_REDIRECTS, Range, judge_feed, plan_import,
};
use whittle_domain::instant::Instant;
use whittle_domain::order;
use worker::{Env, Url};

use super::store::{Known, Read, Times};
use crate::busy::reader;
use crate::config;
use crate::error::Result;

/// How long one answer may take, redirects not counted.
const MILLISECONDS: u32 = 8_000;
/// The most characters of an ETag that is kept.
const MOST_ETAG: usize = 200;

#[wasm_bindgen(module = "/js/feed.js")]
extern "C" {
    #[wasm_bindgen(js_name = readFeed)]
    fn read_feed(url: &str, etag: Option<&str>, most: u32, milliseconds: u32) -> js_sys::Promise;
}

/// The address as it is asked, where a calendar may be read from it. What calendars call `webcal:` is `https:`.
pub fn parse(text: &str, own: &str) -> std::result::Result<Url, FeedFault> {
    let text = text.trim();
    let rest =
        text.get(..9).filter(|start| start.eq_ignore_ascii_case("webcal://")).and_then(|_| text.get(9..));
    let url = match rest {
        Some(rest) => Url::parse(&format!("https://{rest}")),
        None => Url::parse(text),
    };
    judged(url.map_err(|_| FeedFault::NoUrl)?, own)
}

fn judged(mut url: Url, own: &str) -> std::result::Result<Url, FeedFault> {
    url.set_fragment(None);
    let address = FeedAddress {
        scheme: url.scheme(),
        host: url.host_str().unwrap_or_default(),
        port: url.port(),
        has_credentials: !url.username().is_empty() || url.password().is_some(),
        length: url.as_str().len(),
    };
    judge_feed(&address, own).map(|()| url)
}

/// Our own host.
pub fn own_host(env: &Env) -> Result<String> {
    let url = Url::parse(&config::origin(env)?).ok();
    Ok(url.and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_default())
}

/// What is there now. On another day the same file says other times, so that it is then read even if it has not changed.
pub async fn read(env: &Env, known: &Known, now: Instant) -> Result<std::result::Result<Read, FeedFault>> {
    let range = Range::from(now);
    let etag = known.etag.as_deref().filter(|_| known.day == Some(range.first));
    let (etag, text) = match follow(&known.url, etag, &own_host(env)?).await {
        Ok(Some(answer)) => answer,
        Ok(None) => return Ok(Ok(Read::Same)),
        Err(fault) => return Ok(Err(fault)),
    };
    let import = match plan_import(&reader::read(&text, range)?, &known.timezone, range) {
        Ok(import) => import,
        Err(error) => return Ok(Err(FeedFault::Calendar(error.to_string()))),
    };
    let slots = import.events.iter().flat_map(|event| &event.slots);
    let slots = order::set(slots.map(|slot| [slot.begin().millis(), slot.end().millis()]));
    Ok(Ok(Read::Times(Times { slots: slots.into_iter().collect(), etag, day: range.first })))
}

/// The ETag and the text; none where it is as it was.
async fn follow(
    url: &str,
    etag: Option<&str>,
    own: &str,
) -> std::result::Result<Option<(Option<String>, String)>, FeedFault> {
    let mut url = parse(url, own)?;
    for _ in 0..=MAX_REDIRECTS {
        let most = u32::try_from(MAX_FEED_BYTES).unwrap_or(u32::MAX);
        let answer = JsFuture::from(read_feed(url.as_str(), etag, most, MILLISECONDS)).await;
        let answer: Array = answer.map_err(|error| unread(&error))?.unchecked_into();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a status has three digits"
        )]
        let status = answer.get(0).as_f64().map_or(0, |status| status as u16);
        match status {
            200 => {
                let etag = answer.get(1).as_string().filter(|etag| etag.len() <= MOST_ETAG);
                return answer.get(3).as_string().map(|text| Some((etag, text))).ok_or(FeedFault::Large);
            }
            304 if etag.is_some() => return Ok(None),
            301 | 302 | 303 | 307 | 308 => {
                let to = answer.get(2).as_string().and_then(|to| url.join(&to).ok());
                url = judged(to.ok_or(FeedFault::Status(status))?, own).map_err(|_| FeedFault::Astray)?;
            }
            status => return Err(FeedFault::Status(status)),
        }
    }
    Err(FeedFault::Redirects)
}

fn unread(error: &JsValue) -> FeedFault {
    let words = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    match words {
        Some(words) if words == "late" => FeedFault::Late,
        _ => FeedFault::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_of_the_public_internet_are_read_by_https_alone() {
        for (text, asked) in [
            (
                "https://calendar.example.com/a/basic.ics?x=1#top",
                "https://calendar.example.com/a/basic.ics?x=1",
            ),
            ("  WEBCAL://Calendar.Example.com/A ", "https://calendar.example.com/A"),
            ("https://calendar.example.com:443/", "https://calendar.example.com/"),
            ("https://xn--bcher-kva.example.com/", "https://xn--bcher-kva.example.com/"),
            ("https://whittle.example.org.evil.net/", "https://whittle.example.org.evil.net/"),
        ] {
            assert_eq!(parse(text, "whittle.example.org").unwrap().as_str(), asked);
        }
        let long = format!("https://calendar.example.com/{}", "a".repeat(2_000));
        for (text, fault) in [
            ("", FeedFault::NoUrl),
            ("calendar.example.com", FeedFault::NoUrl),
            ("/feed", FeedFault::NoUrl),
            ("https://", FeedFault::NoUrl),
            ("https://a b.com/", FeedFault::NoUrl),
            ("https://1.2.3.4.5/", FeedFault::NoUrl),
            // Names that are not ASCII are taken as they travel alone (`xn--`), so that no other letter can stand for a digit or a dot.
            ("https://bücher.example.com/", FeedFault::NoUrl),
            ("https://１２７.0.0.1/", FeedFault::NoUrl),
            ("https://127。0。0。1/", FeedFault::NoUrl),
            ("http://calendar.example.com/", FeedFault::Scheme),
            ("ftp://calendar.example.com/", FeedFault::Scheme),
            ("file:///etc/passwd", FeedFault::Scheme),
            ("data:text/calendar,BEGIN:VCALENDAR", FeedFault::Scheme),
            ("https://me@calendar.example.com/", FeedFault::Credentials),
            ("https://:secret@calendar.example.com/", FeedFault::Credentials),
            ("https://calendar.example.com:8443/", FeedFault::Port),
            ("https://calendar.example.com:80/", FeedFault::Port),
            ("https://whittle.example.org/feed/x/", FeedFault::Own),
            ("https://WHITTLE.example.org./feed/", FeedFault::Own),
            ("https://api.whittle.example.org/", FeedFault::Own),
            (&long, FeedFault::Long),
        ] {
            assert_eq!(parse(text, "whittle.example.org"), Err(fault), "{text}");
        }
    }

    #[test]
    fn no_number_is_asked_in_any_spelling_and_no_name_that_is_not_public() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0177.0.0.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "0",
            "0.0.0.0",
            "10.0.0.1",
            "10.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "8.8.8.8",
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:169.254.169.254]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2606:4700::1111]",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "metadata",
            "intranet",
            "db",
            "nas.lan",
            "router.home",
            "home.arpa",
            "x.home.arpa",
            "a.corp",
            "vm.localdomain",
            "a.test",
            "b.invalid",
            "1.0.0.127.in-addr.arpa",
            "a.onion",
        ] {
            assert_eq!(
                parse(&format!("https://{host}/a.ics"), "whittle.example.org"),
                Err(FeedFault::Host),
                "{host}"
            );
        }
    }
}
