// Finalising is a saga: intent, reserve, commit. It happens once, whoever asks at the same time; what is refused is undone as a
// whole; where the directory does not answer it goes on by itself; and whatever of it runs late does no harm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, start, until } from "../support/harness.mjs";
import { addContacts, answered, at, calendarLink, calendarMails, chosen, createCalendar, date, finalize, named, respond, slot } from "../support/calendars.mjs";
import { settled } from "../support/stored.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

/// Each calendar of this file has a day of its own, so that none is in another's way.
let days = 10;
/// A calendar of `zo` with so many invitees, all of whom can from nine to twelve.
async function ready(count = 1, day = date(++days)) {
  const contacts = await addContacts(service, count);
  const { id } = await createCalendar(service, contacts.map((one) => one.id), [slot(day, 540, 720)]);
  for (let n = 1; n <= count; n++) await answered(service, id, n, [named(day, 540, 720)]);
  return { id, day, contacts };
}

const details = async (id) => (await service.ask("GET", at(id, "details/"), { as: "zo" })).json;
const state = async (id) => (await details(id)).Calendar.state;
const sql = async (text, ...values) => (await service.db.prepare(text).bind(...values).all()).results;
const meetingsOf = (id) => sql("select * from meetings where source = 'calendar' and source_id = ? order by id", id);
const busyOf = (id) => sql("select b.* from busy b join meetings m on m.id = b.source where b.kind = 'meeting' and m.source = 'calendar' and m.source_id = ?", id);
const acts = async (id) => (await service.ask("GET", at(id, "log/"), { as: "zo" })).json.entries.map(({ data }) => data.act);
/// The invitations for calendars, by recipient.
const invitations = async (id) => {
  const ids = (await meetingsOf(id)).map((row) => `/meetings/${row.id}/`);
  const mails = (await service.outbox()).filter((mail) => mail.attachments?.length && ids.some((path) => mail.text.includes(path)));
  return mails.map((mail) => mail.to[0]).sort();
};

test("of two who finalise at once one has, and the other hears that it is done", async () => {
  for (let round = 0; round < 5; round++) {
    const { id, day, contacts: [contact] } = await ready();
    const both = await Promise.all([540, 600].map((from) => finalize(service, id, [chosen(contact.id, day, from, from + 60)])));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 404], both.map(({ text }) => text).join("\n"));
    assert.deepEqual(service.rows(id, "select kind from tasks"), [], "a task is complete with the act that follows from it");
    const [won, lost] = both[0].status === 200 ? both : [both[1], both[0]];
    assert.deepEqual(lost.json, { error: "Calendar is already finalized" });
    const meetings = await until("the meeting", async () => {
      const rows = await meetingsOf(id);
      return rows.every((row) => row.status === "confirmed") && rows;
    });
    assert.deepEqual(meetings.map((row) => row.id), won.json.meetings.map((one) => one.meeting_id));
    assert.equal(meetings[0].uid, `calendar-${id}-${meetings[0].id}@whittle`);
    assert.deepEqual((await busyOf(id)).map((row) => [row.account, row.hard]), [[2, 1]], "the owner's time is taken hard, once");
    await until("both invitations", async () => (await invitations(id)).length >= 2);
    await settled(service);
    assert.deepEqual(await invitations(id), [contact.email, "zo@localhost"].sort());
  }
});

test("of six answers by one link at once one is taken", async () => {
  const day = date(++days);
  const [contact] = await addContacts(service, 1);
  const { id } = await createCalendar(service, [contact.id], [slot(day, 540, 720)]);
  const token = calendarLink(id, 1);
  const six = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => respond(service, id, token, [named(day, 540, 540 + 10 * n)])));
  assert.deepEqual(six.map(({ status }) => status).sort(), [200, 400, 400, 400, 400, 400]);
  for (const { json } of six.filter(({ status }) => status === 400)) assert.deepEqual(json, { error: "Already responded" });
  const taken = six.findIndex(({ status }) => status === 200) + 1;
  const [{ slots }] = (await details(id)).Invitee_availability;
  assert.deepEqual(slots.map((one) => one.end_time), [named(day, 540, 540 + 10 * taken).end_time.split(" ")[1]]);
});

test("a schedule whose time is taken is undone as a whole, and another one goes through", async () => {
  const first = await ready();
  assert.equal((await finalize(service, first.id, [chosen(first.contacts[0].id, first.day, 600, 660)])).status, 200);
  const { id, day, contacts } = await ready(2, first.day);
  const clash = [chosen(contacts[0].id, day, 540, 600), chosen(contacts[1].id, day, 630, 690)];
  const refused = await finalize(service, id, clash);
  assert.deepEqual([refused.status, refused.json], [400, { error: "Unresolved availability conflict" }]);
  assert.equal(await state(id), "open");
  await settled(service);
  assert.deepEqual((await meetingsOf(id)).map((row) => [row.status, row.title, row.description]), [["void", "", ""], ["void", "", ""]]);
  assert.deepEqual(await busyOf(id), []);
  assert.deepEqual(await sql("select * from meeting_attendees where meeting in (select id from meetings where status = 'void')"), []);
  assert.deepEqual(await invitations(id), []);
  const told = (await calendarMails(service, id)).map((mail) => mail.subject);
  assert.ok(!told.some((subject) => /scheduled/i.test(subject)), told.join());
  const goes = [chosen(contacts[0].id, day, 540, 600), chosen(contacts[1].id, day, 660, 720)];
  const done = await finalize(service, id, goes);
  assert.equal(done.status, 200, done.text);
  assert.equal((await busyOf(id)).length, 2);
});

test("an invitee's time, who has an account, is taken softly: shown, and in nobody's way", async () => {
  const day = date(++days);
  const { json: st } = await service.ask("POST", "/schedules/contacts/", { as: "zo", json: { first_Name: "St", last_Name: "Ranger", email: "st@localhost" } });
  const { id: asked } = await createCalendar(service, [st.id], [slot(day, 540, 720)]);
  assert.equal((await finalize(service, asked, [chosen(st.id, day, 540, 600)])).status, 200);
  assert.deepEqual((await busyOf(asked)).map((row) => [row.account, row.hard]).sort(), [[11, 0], [2, 1]]);
  // st's own time is not hard: st can give it to others.
  const [contact] = await addContacts(service, 1, { as: "st" });
  const { id } = await createCalendar(service, [contact.id], [slot(day, 540, 720)], {}, { as: "st" });
  const done = await finalize(service, id, [chosen(contact.id, day, 540, 600)], { as: "st" });
  assert.equal(done.status, 200, done.text);
});

test("a meeting is moved within its own time, and never into another engagement", async () => {
  const { id, day, contacts } = await ready(2);
  const done = await finalize(service, id, contacts.map((one, n) => chosen(one.id, day, 540 + 60 * n, 600 + 60 * n)));
  const [first, second] = done.json.meetings.map((one) => one.meeting_id);
  const move = (meeting, minute) => service.ask("PATCH", at(id, `meetings/${meeting}/`), { as: "zo", json: { begin: `${day}T${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00Z` } });
  // Half an hour later it would overlap itself as it was, and the second.
  const clash = await move(first, 570);
  const { alternatives, ...said } = clash.json;
  assert.deepEqual([clash.status, said], [409, { err_message: ["Time slot is conflicting with another event for user : zo@localhost"] }]);
  assert.deepEqual(alternatives, [`${day}T09:00:00+00:00`, `${day}T11:00:00+00:00`, `${day}T08:00:00+00:00`]);
  const later = await move(second, 630);
  assert.equal(later.status, 202, later.text);
  assert.equal((await move(first, 570)).status, 202, "now there is room");
  const { json: listed } = await service.ask("GET", at(id, "meetings/"), { as: "zo" });
  assert.deepEqual(listed.map((one) => [one.id, one.start_time.slice(11), one.status]), [[contacts[0].id, "09:30:00", "confirmed"], [contacts[1].id, "10:30:00", "confirmed"]]);
  assert.equal((await service.ask("DELETE", at(id, `meetings/${first}/`), { as: "zo" })).status, 204);
  assert.deepEqual((await busyOf(id)).map((row) => row.source), [second], "a meeting that is cancelled takes no time");
  // One of another calendar is none of this one's.
  const other = await ready();
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const { status } = await service.ask(method, at(other.id, `meetings/${second}/`), { as: "zo", ...(method === "PATCH" && { json: { title: "x" } }) });
    assert.equal(status, 404, method);
  }
});

test("where the directory does not take the reservation the intent stays, and goes through by itself", async () => {
  const { id, day, contacts: [contact] } = await ready();
  const schedule = [chosen(contact.id, day, 540, 600)];
  await service.db.prepare("alter table meetings rename to gone").run();
  try {
    const held = await finalize(service, id, schedule);
    assert.deepEqual([held.status, Boolean(held.headers.get("retry-after"))], [503, true], held.text);
    assert.equal(await state(id), "finalizing");
    // Nothing else is changed meanwhile, and another finalise tries the same again.
    for (const [method, rest, json] of [["PUT", "details/", { name: "x" }], ["DELETE", "", undefined], ["POST", "confirm/", { finalized_schedule: schedule }]]) {
      const { status, headers } = await service.ask(method, at(id, rest), { as: "zo", json });
      assert.deepEqual([status, Boolean(headers.get("retry-after"))], [503, true], `${method} ${rest}`);
    }
    const { status } = await respond(service, id, calendarLink(id, 1), [named(day, 600, 660)], { method: "PUT" });
    assert.equal(status, 503);
  } finally {
    await service.db.prepare("alter table gone rename to meetings").run();
  }
  // Nobody touches it any more: the alarm alone carries it through.
  await until("the calendar to be finalised", async () => (await state(id)) === "finalized", 60);
  await until("both invitations", async () => (await invitations(id)).length === 2);
  assert.deepEqual((await busyOf(id)).map((row) => [row.account, row.hard]), [[2, 1]]);
  const done = (await acts(id)).filter((act) => ["choose", "finalize", "undo"].includes(act));
  assert.deepEqual(done, ["choose", "finalize"], "one intent, which ended once");
});

// The batches of the Worker itself, with the parameters that it gives them: run at a time of the test's choosing.
const SOURCE = readFileSync(join(ROOT, "src/meeting/reserve.rs"), "utf8");
const constant = (name) => new RegExp(`const ${name}: &str =\\s*"([\\s\\S]*?)";`).exec(SOURCE)[1];
function bound(text, values) {
  const names = [...new Set([...text.matchAll(/:(\w+)/g)].map(([, name]) => name))];
  const numbered = text.replace(/:(\w+)/g, (_, name) => `?${names.indexOf(name) + 1}`);
  return service.db.prepare(numbered).bind(...names.map((name) => values[name]));
}
const rowsOf = (meetings, contact) =>
  JSON.stringify(
    meetings.map((row) => ({
      ...row, begin: row.starts_at, end: row.ends_at, title: row.title || "late",
      attendees: [{ number: 1, address: contact.email, key: contact.email, name: null, optional: 0, partstat: "accepted", generation: 0, opted_out: 0, asked: 1, over_budget: 0 }],
    })),
  );
const late = {
  reserve: (meetings, contact) => {
    const values = { meetings: rowsOf(meetings, contact), now: Date.now(), status: "reserved", seed: "late" };
    return service.db.batch([`${constant("ADD")} on conflict (id) do nothing`, ...["ADD_ATTENDEES", "TAKE_ORGANISER", "TAKE_ATTENDEES"].map(constant)].map((text) => bound(text, values)));
  },
  void: (meetings, contact) => {
    const values = { meetings: rowsOf(meetings, contact), now: Date.now(), status: "void", seed: "late" };
    return service.db.batch([`${constant("ADD")}${constant("MAKE_VOID")}`, constant("FREE"), constant("FORGET_ATTENDEES")].map((text) => bound(text, values)));
  },
  confirm: (meetings, contact) => bound(constant("CONFIRM"), { meetings: rowsOf(meetings, contact) }).run(),
};

test("a reservation that comes after its own undo takes no time, and neither does its confirmation", async () => {
  const first = await ready();
  assert.equal((await finalize(service, first.id, [chosen(first.contacts[0].id, first.day, 540, 600)])).status, 200);
  const { id, day, contacts: [contact] } = await ready(1, first.day);
  assert.equal((await finalize(service, id, [chosen(contact.id, day, 540, 600)])).status, 400);
  await settled(service);
  const [fence] = await meetingsOf(id);
  assert.equal(fence.status, "void");
  // The time is free by now, so that nothing but the fence is in the way.
  const [taken] = await meetingsOf(first.id);
  assert.equal((await service.ask("DELETE", at(first.id, `meetings/${taken.id}/`), { as: "zo" })).status, 204);
  await late.reserve([fence], contact);
  await late.confirm([fence], contact);
  assert.deepEqual((await meetingsOf(id)).map((row) => row.status), ["void"]);
  assert.deepEqual(await busyOf(id), []);
  assert.deepEqual(await sql("select * from meeting_attendees where meeting = ?", fence.id), []);
  assert.equal((await service.ask("GET", `/meetings/${fence.id}/`, { as: "zo" })).status, 404, "nobody is shown it");
  // Another intent has other meetings, and goes through.
  assert.equal((await finalize(service, id, [chosen(contact.id, day, 540, 600)])).status, 200);
});

test("a reservation that comes twice takes time once, and an undo that comes after the commit undoes nothing", async () => {
  const { id, day, contacts: [contact] } = await ready();
  assert.equal((await finalize(service, id, [chosen(contact.id, day, 540, 600)])).status, 200);
  await until("both invitations", async () => (await invitations(id)).length === 2);
  await settled(service);
  const meetings = await meetingsOf(id);
  const before = [await busyOf(id), meetings, await sql("select * from meeting_attendees where meeting = ?", meetings[0].id)];
  await late.reserve(meetings, contact);
  await late.void(meetings, contact);
  await late.confirm(meetings, contact);
  assert.deepEqual([await busyOf(id), await meetingsOf(id), await sql("select * from meeting_attendees where meeting = ?", meetings[0].id)], before);
  await settled(service);
  assert.equal((await invitations(id)).length, 2);
});

test("a reservation that overtakes the undo is taken back by it", async () => {
  const { id, day, contacts: [contact] } = await ready();
  assert.equal((await finalize(service, id, [chosen(contact.id, day, 540, 600)])).status, 200);
  await settled(service);
  const [made] = await meetingsOf(id);
  // A meeting of an intent that never was committed, made as the Worker makes it.
  const reserved = { ...made, id: made.id - 1, uid: `${made.uid}-2`, starts_at: made.starts_at + 7_200_000, ends_at: made.ends_at + 7_200_000 };
  await late.reserve([reserved], contact);
  assert.deepEqual((await busyOf(id)).map((row) => row.source).sort(), [made.id, reserved.id].sort());
  await late.void([reserved], contact);
  assert.deepEqual((await busyOf(id)).map((row) => row.source), [made.id]);
  await late.reserve([reserved], contact);
  assert.deepEqual((await busyOf(id)).map((row) => row.source), [made.id]);
});
