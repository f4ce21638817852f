// A small world for pages: accounts with names, contacts, and proposals in each of their states, with times that lie ahead.
import assert from "node:assert/strict";
import { meetingLink, partyLink } from "./agree.mjs";
import { DAY, HOUR } from "./post.mjs";
import { propose, until } from "./harness.mjs";

/// Monday of the week after next, at midnight UTC.
const monday = (() => {
  const today = new Date();
  today.setUTCHours(0, 0, 0, 0);
  return today.getTime() + ((8 - today.getUTCDay()) % 7 || 7) * DAY + 7 * DAY;
})();
/// A time of that week: its day from 0 for Monday, its hour in UTC, its length in minutes.
export const slot = (day, hour, minutes = 45) => ({
  begin: `${new Date(monday + day * DAY + hour * HOUR).toISOString().slice(0, 19)}Z`,
  duration: new Date(minutes * 60_000).toISOString().slice(11, 19),
});
export const WEEK = [slot(0, 9), slot(0, 13), slot(1, 8), slot(1, 13), slot(2, 9.5), slot(3, 7), slot(3, 14)];

/// Accounts beside those of the harness, with the password `p`.
const PEOPLE = [
  { id: 21, username: "ana", first: "Ana", last: "Lee", zone: "Europe/Berlin", verified: 1 },
  { id: 22, username: "ben", first: "Ben", last: "Okafor", zone: "America/New_York", verified: 1 },
  { id: 23, username: "nia", first: "Nia", last: "Novak", zone: "UTC", verified: 1 },
  { id: 24, username: "uma", first: "Uma", last: "Rossi", zone: "Europe/Rome", verified: 0 },
];
const CONTACTS = [
  ["Bea", "Marini", "bea@example.org", ["Board", "Friends"]],
  ["Cyd", "Park", "cyd@example.org", ["Board"]],
  ["Dan", "Sørensen", "dan@example.org", []],
  ["Eli", "Fischer", "eli@example.org", ["Friends"]],
];
export const BEA = { email: "bea@example.org", name: "Bea Marini" };
export const CYD = { email: "cyd@example.org", name: "Cyd Park" };
export const DAN = { email: "dan@example.org", name: "Dan Sørensen", optional: true };

/// Makes the people.
export async function settle(service) {
  const sql = `insert or ignore into accounts
    (id, username, address, address_key, verified, active, staff, demo, password, created_at, timezone, first_name, last_name)
    select ?1, ?2, ?2 || '@localhost', ?2 || '@localhost', ?3, 1, 0, 1, password, 0, ?4, ?5, ?6 from accounts where id = 1`;
  await service.db.batch(PEOPLE.map(({ id, username, verified, zone, first, last }) => service.db.prepare(sql).bind(id, username, verified, zone, first, last)));
  for (const [first_Name, last_Name, email, groups] of CONTACTS) {
    const { status, text } = await service.ask("POST", "/schedules/contacts/", { as: "ana", json: { first_Name, last_Name, email, groups } });
    assert.ok(status === 201 || /already/.test(text), text);
  }
}

/// Invites everybody of a proposal.
export async function invite(service, p, as = "ana") {
  const parties = p.answers.map(({ party }) => party);
  const { status, text } = await service.ask("POST", `/${p.id}/notify/`, { as, json: { parties, slots: p.slots } });
  assert.equal(status, 202, text);
}

/// A proposal of Ana's that Bea and Cyd are asked about by mail: the times of the week.
export async function askForWeek(service, title, more = {}) {
  const p = await propose(service, { title, parties: [BEA, CYD], slots: WEEK, timezone: "Europe/Berlin", ...more }, { as: "ana" });
  await invite(service, p);
  return p;
}

/// The path of a party's link, as it is mailed.
export const linkTo = ({ id }, party, more = "") => `/${id}/${more}?et=${partyLink(id, party)}`;
export const meetingTo = ({ id }, party) => `/meetings/${id}/?et=${meetingLink(id, party)}`;

/// Makes the world; gives its proposals by the state that they are in.
export async function makeWorld(service) {
  await settle(service);
  const ask = (title, more = {}) => propose(service, { title, timezone: "Europe/Berlin", parties: [BEA, CYD, DAN], slots: WEEK, ...more }, { as: "ana" });
  const answers = async (p, party, slots, more = {}) => {
    const { status, text, json } = await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, party), json: { slots, ...more } });
    assert.equal(status, 202, text);
    return json;
  };
  const details = { location: "Room 5, 2nd floor", description: "We plan the summer.\nPlease bring your calendars." };

  const open = await ask("Kick-off", { ...details, deadline: slot(-3, 16).begin, min_duration: "00:30:00" });
  await invite(service, open);
  await answers(open, 1, WEEK.filter((_, n) => ![1, 3, 5].includes(n)), { note: "Afternoons at the start of the week are full." });
  await service.ask("GET", `/${open.id}/`, { et: partyLink(open.id, 2) });

  const fresh = await ask("Budget review", { parties: [{ email: "ben@localhost", name: "Ben Okafor" }, BEA] });
  await invite(service, fresh);
  const ready = await ask("Interview", { parties: [BEA, CYD] });
  await invite(service, ready);
  await answers(ready, 1, WEEK.slice(0, 4));
  await answers(ready, 2, WEEK.slice(1, 4));
  const exhausted = await ask("Board dinner", { parties: [BEA, CYD] });
  await invite(service, exhausted);
  await answers(exhausted, 1, WEEK.slice(0, 2));
  await answers(exhausted, 2, []);
  const closed = await ask("Old plan", { parties: [BEA] });
  await invite(service, closed);
  await service.ask("DELETE", `/${closed.id}/`, { as: "ana" });
  const agree = async (title, more) => {
    const p = await ask(title, { ...more, slots: [slot(2, 10, 60)] });
    for (const { party } of p.answers) await answers(p, Number(party.slice(1)), p.slots);
    await until(`the meeting of ${title}`, async () => (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).status === 200);
    return p;
  };
  const agreed = await agree("Team lunch", { parties: [BEA, { email: "ben@localhost", name: "Ben Okafor" }], ...details });
  const cancelled = await agree("Demo day", { parties: [BEA] });
  await service.ask("DELETE", `/meetings/${cancelled.id}/`, { as: "ana" });
  await until("the mails of the world", async () => (await service.outbox()).some((mail) => mail.text.includes(`/${fresh.id}/`)));
  return { open, fresh, ready, exhausted, closed, agreed, cancelled };
}
