// One-to-ones as tests use them: contacts, calendars, answers by link, and what is suggested.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT, until } from "./harness.mjs";
import { sign } from "./links.mjs";

const CALENDARS = "/schedules/calendars";
/// Where a calendar's own requests go.
export const at = (id, rest = "") => `${CALENDARS}/${id}/${rest}`;

/// The date so many days from today, in UTC: `2026-11-24`.
export const date = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/// An instant so many hours from now.
export const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString();

/// `09:30:00` of 570 minutes.
export const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;

/// A slot of the owner: from and to are minutes of the day.
export const slot = (day, from, to, preference_level = 3) => ({ date: day, start_time: clock(from), end_time: clock(to), preference_level });
/// A slot of an answer.
export const named = (day, from, to, preference_level = 3) => ({
  start_time: `${day.replaceAll("-", "/")} ${clock(from)}`,
  end_time: `${day.replaceAll("-", "/")} ${clock(to)}`,
  preference_level,
});
/// A chosen meeting.
export const chosen = (contact_id, day, from, to) => {
  const { start_time, end_time } = named(day, from, to);
  return { contact_id, start_time, end_time };
};

let contacts = 0;
/// Adds so many contacts; gives them, with their ids.
export async function addContacts(service, count, caller = { as: "zo" }) {
  const added = [];
  for (let n = 0; n < count; n++) {
    const k = ++contacts;
    const contact = { first_Name: `First${k}`, last_Name: `Last${k}`, email: `c${k}-${process.pid}@example.org` };
    const { status, json, text } = await service.ask("POST", "/schedules/contacts/", { ...caller, json: contact });
    assert.equal(status, 201, text);
    added.push(json);
  }
  return added;
}

/// Creates a calendar; gives it. `slots` are the owner's.
export async function createCalendar(service, invitees, slots, more = {}, caller = { as: "zo" }) {
  const body = { name: "Interviews", description: "After the submission", deadline: hours(24 * 5), invitees, available_slots: slots, ...more };
  const { status, json, text } = await service.ask("POST", `${CALENDARS}/create/`, { ...caller, json: body });
  assert.equal(status, 201, text);
  return json;
}

/// The token of the link of an invitee, as it is mailed; invitees are numbered from 1 in the order in which they were invited.
export const calendarLink = (id, party, more = {}) => sign({ purpose: "calendar", code: 3, id, party, ...more });

/// The token of the link in a mail about a calendar.
export const respondToken = (mail) => /\/schedules\/calendars\/\d+\/respond\/([\w-]+)\/$/m.exec(mail.text)?.[1];

/// Answers by a link.
export const respond = (service, id, token, availability, { method = "POST", ...more } = {}) =>
  service.ask(method, at(id, `respond/${token}/`), { json: { availability }, ...more });

/// Answers as the invitee of this number, who must be let.
export async function answered(service, id, number, availability, more) {
  const { status, text } = await respond(service, id, calendarLink(id, number), availability, more);
  assert.equal(status, 200, text);
}

/// What is suggested.
export async function confirm(service, id, { query = "", as = "zo", ...more } = {}) {
  const { status, json, text } = await service.ask("GET", at(id, `confirm/${query}`), { as, ...more });
  assert.equal(status, 200, text);
  return json;
}

/// Finalises; gives the answer.
export const finalize = (service, id, finalized_schedule, { query = "", as = "zo", ...more } = {}) =>
  service.ask("POST", at(id, `confirm/${query}`), { as, json: { finalized_schedule }, ...more });

/// A suggested schedule as finalising takes it.
export const asChosen = (schedule) =>
  schedule.map(({ id, start_time, end_time }) => {
    const written = (time) => time.replaceAll("-", "/").replace("T", " ");
    return { contact_id: id, start_time: written(start_time), end_time: written(end_time) };
  });

/// The mails about a calendar, oldest first; `to` and `subject` choose among them.
export async function calendarMails(service, id, { to, subject } = {}) {
  const all = (await service.outbox()).filter((mail) => mail.text.includes(`/schedules/calendars/${id}/`)).reverse();
  const matches = (mail) => subject === undefined || (subject instanceof RegExp ? subject.test(mail.subject) : mail.subject === subject);
  return all.filter((mail) => (to === undefined || mail.to[0] === to) && matches(mail));
}

/// Waits for so many of these mails; gives them.
export const mailsArrived = (service, id, which, count = 1) =>
  until(`${count} of ${JSON.stringify(which)} about the calendar ${id}`, async () => {
    const found = await calendarMails(service, id, which);
    return found.length >= count && found;
  });

const CHECKER = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/examples/verify_schedule");
/// Builds the program that checks answers. Meanwhile this process goes on: one that stands still for so long does not see that the server has
/// closed its connection, and the next request fails.
export const buildChecker = () => promisify(execFile)("cargo", ["build", "--quiet", "--package", "whittle-domain", "--example", "verify_schedule"], { cwd: ROOT });

/// Has the answer with suggestions checked by a program that is no part of the Worker (domain/examples/verify_schedule.rs); gives
/// whether it holds, and what it says.
export function verified(confirmed) {
  const { status, stdout, stderr } = spawnSync(CHECKER, { input: JSON.stringify(confirmed), encoding: "utf8" });
  return { holds: status === 0, said: status === 0 ? stdout : stderr };
}
