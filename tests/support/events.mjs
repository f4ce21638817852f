// Events as tests book and read them.
import assert from "node:assert/strict";
import { part } from "./agree.mjs";
import { until } from "./harness.mjs";

/// The account of a name, as it is stored.
export const account = (service, as) => service.db.prepare("select * from accounts where username = ?").bind(as).first();

/// The address of an account.
export const address = async (service, as) => (await account(service, as)).address;

/// What somebody books, with others by name, at a time of the own zone.
export async function body(service, time_slot, names = [], more = {}) {
  const participants = await Promise.all(names.map((name) => address(service, name)));
  return { title: "Review", time_slot, description: "What we have", participants, ...more };
}

/// Books; gives the whole answer.
export const book = async (service, as, time_slot, names, more, options) =>
  service.ask("POST", "/api/event/", { as, json: await body(service, time_slot, names, more), ...options });

/// Books what must be possible; gives the event.
export async function booked(service, ...args) {
  const { status, json, text } = await book(service, ...args);
  assert.equal(status, 201, text);
  return json.response;
}

/// Changes some of an event; gives the whole answer.
export const patch = (service, as, { id }, json, options) => service.ask("PATCH", `/api/event/${id}/`, { as, json, ...options });

/// Status and body of an answer.
export const told = ({ status, json, text }) => [status, json ?? text];

/// All rows of `busy` that are hard and have not ended, by account: each pair that overlaps. There must be none.
export async function overlaps(db, now = Date.now()) {
  const select = `select a.account, a.kind || a.source as one, b.kind || b.source as other from busy a join busy b on a.account = b.account
    and a.id < b.id and a.hard = 1 and b.hard = 1 and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    and not (a.kind = 'block' and b.kind = 'block')
    and coalesce(a.expires_at, ?1 + 1) > ?1 and coalesce(b.expires_at, ?1 + 1) > ?1`;
  return (await db.prepare(select).bind(now).all()).results;
}

/// Waits until there are so many mails about an event; gives by address what their calendar parts say, oldest first:
/// `REQUEST 0 CONFIRMED`. A mail without one is `-`.
export async function parts(service, id, count) {
  const found = await until(`${count} mails about ${id}`, async () => {
    // Who does not belong to it any more gets no link, but the calendar part.
    const about = (mail) => mail.text.includes(`/meetings/${id}/`) || (mail.attachments?.length && part(mail).includes(`event-${id}@`));
    const all = (await service.outbox()).filter(about).reverse();
    return all.length >= count && all;
  });
  const by = {};
  for (const mail of found) (by[mail.to[0]] ??= []).push(mail.attachments?.length ? summary(part(mail)) : "-");
  return by;
}

function summary(ics) {
  const [method, sequence, status] = ["METHOD", "SEQUENCE", "STATUS"].map((name) => new RegExp(`^${name}:(.*)\\r$`, "m").exec(ics)?.[1]);
  return `${method} ${sequence} ${status}`;
}
