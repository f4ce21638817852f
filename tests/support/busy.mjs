// Calendar files that people import, and what a service says of them.

const DAY = 86_400_000;

/// A calendar file of these components, each a list of lines.
export const calendar = (...components) =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", ...components.flat(Infinity), "END:VCALENDAR", ""].join("\r\n");

/// An event of these lines.
export const event = (uid, ...lines) => ["BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20260101T000000Z", ...lines, "END:VEVENT"];

/// A date that is so many days after today in UTC, as calendars write it.
export const day = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10).replaceAll("-", "");

/// The same as the API writes instants: at that time of that day, in UTC.
export const at = (days, time = "00:00:00") => `${new Date(Date.now() + days * DAY).toISOString().slice(0, 10)}T${time}Z`;

/// An event every week from tomorrow on.
export const CALENDAR = calendar(event("weekly", `DTSTART:${day(1)}T090000Z`, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"));

/// Imports a file as it is.
export const upload = (service, text, { as = "zo", query = "", headers = {} } = {}) =>
  service.ask("POST", `/api/user/busy/import/${query}`, { as, body: text, headers: { "Content-Type": "text/calendar", ...headers } });

/// All engagements between two instants, page by page.
export async function engagements(service, { as = "zo", from = at(0), to = at(366) } = {}) {
  const all = [];
  let path = `/api/user/busy/?${new URLSearchParams({ from, to })}`;
  while (path) {
    const { json, headers, status, text } = await service.ask("GET", path, { as });
    if (status !== 200) throw new Error(text);
    all.push(...json);
    const next = /<([^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    path = next && new URL(next).pathname + new URL(next).search;
  }
  return all;
}

/// The times of these as `from/to`.
export const times = (list) => list.map(({ from, to }) => `${from}/${to}`);
