// What tests of meetings share: ways to an agreement, links of every purpose, a meeting's mail, and calendar parts as two
// parsers read them that share no code.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import ICAL from "ical.js";
import { ROOT, SLOTS, propose, until } from "./harness.mjs";
import { sign } from "./links.mjs";

/// A link of the proposal, as it is mailed to a party.
export const partyLink = (id, party, generation = 0) => sign({ id, party, generation });
/// A link of the meeting, as it is mailed to an attendee; 0 is the organiser.
export const meetingLink = (id, party, generation = 0) => sign({ purpose: "meeting", code: 2, id, party, generation });

/// Proposes one slot and has everybody keep it; gives the proposal as the last answer left it.
export async function agree(service, proposal = {}, options = {}) {
  const p = await propose(service, { slots: SLOTS.slice(0, 1), ...proposal }, options);
  let last = p;
  for (const { party, kept, optional } of p.answers) {
    if (kept !== null || optional) continue;
    const { status, json, text } = await answer(service, p.id, party, p.slots);
    assert.equal(status, 202, text);
    last = json;
  }
  assert.equal(last.state, "agreed");
  await meeting(service, p.id);
  return last;
}

/// A party's answer by its link.
export const answer = (service, id, party, slots) =>
  service.ask("PATCH", `/${id}/`, { et: partyLink(id, Number(party.slice(1))), json: { slots } });

/// The meeting as staff sees it, once it is there.
export const meeting = (service, id) =>
  until(`meeting ${id}`, async () => {
    const { status, json } = await service.ask("GET", `/meetings/${id}/`, { as: "ob" });
    return status === 200 && json;
  });

/// A meeting's mails, oldest first, once nothing more of it is on its way.
export async function mails(service, id) {
  const owed = "select count(*) as n from outbox where json_extract(body, '$.meeting.id') = ?";
  await until(`the mail of ${id}`, async () => {
    if (service.rows(id, "select (select count(*) from outbox) + (select count(*) from tasks) as n")[0].n) return false;
    return (await service.db.prepare(owed).bind(id).first()).n === 0;
  }, 60);
  const sent = "select message from dev_outbox where message like ? order by seq";
  const { results } = await service.db.prepare(sent).bind(`%/meetings/${id}/?et=%`).all();
  return results.map(({ message }) => JSON.parse(message));
}

/// Whom mails went to, in order of the alphabet.
export const recipients = (some) => some.flatMap((mail) => mail.to).sort();
/// Mails with these words in their first line.
export const about = (some, words) => some.filter((mail) => mail.text.split("\n")[0].includes(words));
/// The invitations among them.
export const agreedMails = (some) => about(some, "is agreed");

/// The calendar part of a mail.
export function part(mail) {
  assert.equal(mail.attachments?.length, 1, mail.subject);
  const [{ content, content_type, filename }] = mail.attachments;
  const method = /^text\/calendar; charset=utf-8; method=(REQUEST|CANCEL)$/.exec(content_type)?.[1];
  assert.ok(method, content_type);
  assert.equal(filename, "invite.ics");
  const ics = Buffer.from(content, "base64").toString();
  const [first, ...others] = [...ics.matchAll(/^METHOD:(.*)\r$/gm)].map(([, word]) => word);
  assert.deepEqual([first, others], [method, []], "the part and its label name one method");
  return ics;
}

const person = (property, value) => ({ cn: property.getParameter("cn"), address: value.replace(/^mailto:/i, "") });
const byUid = (a, b) => (a.uid < b.uid ? -1 : 1);

/// A calendar object as ical.js reads it, times in seconds since 1970 by the zones in the file.
function readByJs(ics) {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((event) => {
    const value = (name) => event.getFirstPropertyValue(name);
    const at = (name) => {
      const property = event.getFirstProperty(name);
      const tzid = property.getParameter("tzid");
      if (tzid) assert.equal(property.getFirstValue().zone.tzid, tzid, "the zone is in the file");
      return property.getFirstValue().toUnixTime();
    };
    const organiser = event.getFirstProperty("organizer");
    return {
      uid: value("uid"),
      sequence: value("sequence"),
      status: value("status"),
      begin: at("dtstart"),
      end: at("dtend"),
      summary: value("summary"),
      location: value("location"),
      description: value("description"),
      organiser: person(organiser, organiser.getFirstValue()),
      attendees: event.getAllProperties("attendee").map((p) => ({
        ...person(p, p.getFirstValue()),
        partstat: p.getParameter("partstat"),
        role: p.getParameter("role"),
      })),
    };
  });
  return { method: calendar.getFirstPropertyValue("method"), events: events.sort(byUid) };
}

/// Calendar objects as both parsers read them: they agree on all of it, and so on the instants, which the Python one
/// takes from its own zones as well as from those in the file.
export function read(...parts) {
  const { status, stdout, stderr } = spawnSync("python3", ["tests/support/ical_read.py"], {
    cwd: ROOT,
    encoding: "utf8",
    input: parts.map((ics) => `${JSON.stringify(ics)}\n`).join(""),
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, stderr);
  const byPython = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return parts.map((ics, n) => {
    assert.ok(ics.split("\r\n").every((line) => Buffer.byteLength(line) <= 75), "lines are folded");
    const one = readByJs(ics);
    const other = { ...byPython[n], events: byPython[n].events.sort(byUid) };
    assert.deepEqual(other, one, "two parsers read the same");
    return one;
  });
}

/// Begin and end of what the API shows, in seconds since 1970.
export function span({ begin, duration }) {
  const [, days, hours, minutes, seconds] = /^(?:(\d+) )?(\d\d):(\d\d):(\d\d)$/.exec(duration);
  const from = Date.parse(begin) / 1000;
  return { begin: from, end: from + ((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds) };
}

/// The log's acts, without looks.
export const acts = (entries) => entries.map(({ act }) => act).filter((act) => act !== "view");
