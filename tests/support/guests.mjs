// What accounts publish, and what guests do with it.
import assert from "node:assert/strict";
import { until } from "./harness.mjs";
import { sign } from "./links.mjs";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/// The date so many days from now, as it is in UTC.
export const date = (days, from = Date.now()) => new Date(from + days * DAY).toISOString().slice(0, 10);

let number = 0;
/// Publishes the page of an account with one offer of an hour; gives its path, the account's `as`, and the offer.
export async function publish(service, as, offer = {}, page = {}) {
  const name = page.name ?? `page-${++number}-${process.pid}`;
  const set = await service.ask("PUT", "/api/user/booking_page/", { as, json: { title: "The office", ...page, name } });
  assert.equal(set.status, 200, set.text);
  const added = await service.ask("POST", "/api/user/offers/", { as, json: { title: "Call", minutes: 60, notice: 0, ...offer } });
  assert.equal(added.status, 201, added.text);
  return { name, as, path: `/book/${name}/${added.json.slug}/`, offer: added.json };
}

/// The free times of an offer; gives the whole answer.
export const free = (service, { path }, query = {}, options) => service.ask("GET", `${path}?${new URLSearchParams(query)}`, options);

/// The starts of these days.
export async function starts(service, published, query, options) {
  const { status, json, text } = await free(service, published, query, options);
  assert.equal(status, 200, text);
  return json.starts;
}

let guests = 0;
/// A guest that nobody has heard of.
export const guest = (more = {}) => ({ name: "Gus Guest", email: `guest${++guests}@guests.example`, ...more });

/// A caller from a place of its own: brakes count by it.
let places = 0;
export const elsewhere = () => ({ headers: { "CF-Connecting-IP": `198.51.${100 + (++places >> 8)}.${places & 255}` } });

/// Books a start as a guest, each from a place of its own; gives the whole answer.
export const hold = (service, { path }, start, who = guest(), options) =>
  service.ask("POST", path, { json: { start, ...who }, ...elsewhere(), ...options });

/// Books what must be possible; gives what it became, with the guest's link.
export async function held(service, published, start, who = guest(), options) {
  const { status, json, text } = await hold(service, published, start, who, options);
  assert.equal(status, 201, text);
  return { ...json, et: link(json.meeting), email: who.email };
}

/// The guest's link to a meeting, as it is mailed.
export const link = (id, party = 1) => sign({ purpose: "meeting", code: 2, id, party });

/// Confirms a booking by its link; gives the whole answer.
export const confirm = (service, { meeting, et = link(meeting) }, options) =>
  service.ask("POST", `/meetings/${meeting}/confirm/`, { et, ...options });

/// Books and confirms.
export async function confirmed(service, published, start, who, options) {
  const booking = await held(service, published, start, who, options);
  const { status, text, json } = await confirm(service, booking, options);
  assert.equal(status, 200, text);
  return { ...booking, view: json };
}

/// The mails about a meeting to an address, oldest first: their first lines.
export async function mailed(service, { meeting }, to, count = 0) {
  const all = async () => (await service.outbox()).filter((mail) => mail.to[0] === to && mail.text.includes(`/meetings/${meeting}/`)).reverse();
  const found = await until(`${count} mails about ${meeting} to ${to}`, async () => {
    const mails = await all();
    return mails.length >= count && mails;
  });
  return found;
}

/// What a meeting is by now, and its booking, as they are stored.
export const stored = (service, { meeting }) =>
  service.db
    .prepare("select m.status, m.version, m.starts_at, k.awaits, k.expires_at, k.ended, k.day from meetings m left join bookings k on k.meeting = m.id where m.id = ?")
    .bind(meeting)
    .first();

/// The rows of `busy` of a meeting.
export const rows = async (service, { meeting }) =>
  (await service.db.prepare("select * from busy where kind = 'meeting' and source = ? order by account").bind(meeting).all()).results;
