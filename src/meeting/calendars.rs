//! Links that put an entry into a calendar of the web.

use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use worker::Url;

/// Links that open a calendar of the web with a new entry: title, time and place, and nothing that opens anything of ours.
pub fn calendars(title: &str, location: &str, slot: &Slot) -> Vec<(String, String)> {
    let basic = |at: Instant| at.to_string().replace(['-', ':'], "");
    let (begin, end) = (slot.begin(), slot.end());
    let link = |base: &str, query: &[(&str, &str)]| {
        let mut url = Url::parse(base).ok()?;
        url.query_pairs_mut().extend_pairs(query);
        Some(url.to_string())
    };
    let google = link(
        "https://calendar.google.com/calendar/render",
        &[
            ("action", "TEMPLATE"),
            ("text", title),
            ("dates", &format!("{}/{}", basic(begin), basic(end))),
            ("location", location),
        ],
    );
    let outlook = link(
        "https://outlook.live.com/calendar/0/deeplink/compose",
        &[
            ("path", "/calendar/action/compose"),
            ("rru", "addevent"),
            ("subject", title),
            ("startdt", &begin.to_string()),
            ("enddt", &end.to_string()),
            ("location", location),
        ],
    );
    let all = [("Google Calendar", google), ("Outlook", outlook)];
    all.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::duration::Duration;

    #[test]
    fn a_calendar_of_the_web_is_told_title_time_and_place() {
        let begin = Instant::parse("2026-11-24T09:00:00Z").unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(2_700)).unwrap();
        let links = calendars("A & B", "Room 5", &slot);
        let urls: Vec<&str> = links.iter().map(|(_, url)| url.as_str()).collect();
        assert!(
            urls[0].ends_with("text=A+%26+B&dates=20261124T090000Z%2F20261124T094500Z&location=Room+5"),
            "{urls:?}"
        );
        assert!(
            urls[1].contains("startdt=2026-11-24T09%3A00%3A00Z&enddt=2026-11-24T09%3A45%3A00Z"),
            "{urls:?}"
        );
    }
}
