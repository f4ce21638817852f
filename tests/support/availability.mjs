// One-to-ones as those who are asked see them: Ana asks people when they can, and they answer on their page.
import assert from "node:assert/strict";
import { answered, at, calendarLink, chosen, createCalendar, named } from "./calendars.mjs";
import { until } from "./harness.mjs";
import { BEA, CYD, slot as timeOf } from "./world.mjs";

/// A day of the week after next, from 0 for Monday: `2026-11-30`.
export const day = (n) => timeOf(n, 0).begin.slice(0, 10);
/// A slot of the owner, from and to in hours.
export const own = (n, from, to, preference_level = 3) => ({ date: day(n), start_time: hour(from), end_time: hour(to), preference_level });
/// A slot of an answer.
export const mine = (n, from, to, level = 3) => named(day(n), from * 60, to * 60, level);
const hour = (of) => named(day(0), of * 60, of * 60).start_time.slice(11);

/// Ana's time: Monday morning and afternoon, and Tuesday and Thursday morning.
export const TIMES = [own(0, 9, 11), own(0, 14, 15.5, 2), own(1, 9, 11), own(3, 9, 10)];
/// The rows that the page has of it, as begins in UTC.
export const ROWS = [
  ...[9, 9.5, 10, 10.5, 14, 14.5, 15].map((of) => timeOf(0, of).begin),
  ...[9, 9.5, 10, 10.5].map((of) => timeOf(1, of).begin),
  ...[9, 9.5].map((of) => timeOf(3, of).begin),
];

/// Asks Bea and Cyd, who are Ana's contacts; gives the calendar and the ids of the contacts.
export async function askWhen(service, name, more = {}, slots = TIMES) {
  const { json: contacts } = await service.ask("GET", "/schedules/contacts/", { as: "ana" });
  const { results = contacts } = contacts;
  const ids = [BEA, CYD].map(({ email }) => results.find((one) => one.email === email).id);
  const deadline = timeOf(-3, 16).begin;
  const calendar = await createCalendar(service, ids, slots, { name, description: "About the second phase.", deadline, timezone: "UTC", ...more }, { as: "ana" });
  return { ...calendar, ids };
}

/// The address of a link, as it is mailed: 1 is Bea's, 2 is Cyd's. Where this computer is makes no difference to what is shown.
export const linkTo = ({ id }, number, more) => at(id, `respond/${calendarLink(id, number, more)}/?zone=UTC`);

/// What somebody has answered, as the owner reads it; none where that is nothing yet.
export async function stored(service, { id }, number = 1) {
  const { json } = await service.ask("GET", at(id, "details/"), { as: "ana" });
  const { status, slots } = json.Invitee_availability[number - 1];
  return status ? slots.map(({ date, start_time, end_time, preference_level }) => `${date} ${start_time.slice(0, 5)}-${end_time.slice(0, 5)} ${preference_level}`) : undefined;
}
/// The same, as a test writes it down: a day with hours.
export const as = (n, from, to, level) => `${day(n)} ${hour(from).slice(0, 5)}-${hour(to).slice(0, 5)} ${level}`;

/// Changes Ana's calendar.
export async function edit(service, { id }, json) {
  const { status, text } = await service.ask("PUT", at(id, "details/"), { as: "ana", json });
  assert.equal(status, 200, text);
}

let worlds = 0;
/// Calendars in each of their states.
export async function makeCalendars(service) {
  const some = [mine(0, 9, 10.5), mine(0, 14, 15, 1), mine(1, 9, 10, 2)];
  const open = await askWhen(service, "Interviews");
  const given = await askWhen(service, "Reviews");
  await answered(service, given.id, 1, [...some, mine(0, 10.5, 10.75, 2)]);
  const added = await askWhen(service, "Feedback");
  await answered(service, added.id, 1, some);
  await edit(service, added, { add_availabilities: [own(4, 9, 10)] });
  // Each world has a week of its own for its meetings, since Ana can be in one at a time.
  const week = 14 + 7 * worlds++;
  const finalized = await askWhen(service, "Annual talks", {}, [own(week, 9, 11), own(week + 1, 9, 11)]);
  for (const number of [1, 2]) await answered(service, finalized.id, number, [mine(week, 9, 10.5), mine(week + 1, 9, 10, 2)]);
  const { status, text } = await service.ask("POST", at(finalized.id, "confirm/"), { as: "ana", json: { finalized_schedule: [chosen(finalized.ids[0], day(week), 540, 600)] } });
  assert.equal(status, 200, text);
  const ready = await askWhen(service, "Talks to be settled");
  for (const number of [1, 2]) await answered(service, ready.id, number, some);
  const closed = await askWhen(service, "Old talks");
  await service.ask("DELETE", at(closed.id), { as: "ana" });
  const removed = await askWhen(service, "Smaller round");
  await edit(service, removed, { remove_invitees: [removed.ids[0]] });
  await until("the mails of the calendars", async () => (await service.outbox()).some((mail) => mail.text.includes(`/schedules/calendars/${removed.id}/`)));
  return { open, given, added, finalized, ready, closed, removed };
}
