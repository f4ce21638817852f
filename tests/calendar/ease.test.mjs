// What makes an owner's work easier: weekly hours and groups in place of slots and people, copies, and the answers as a file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { addContacts, answered, at, createCalendar, date, hours, named, slot } from "../support/calendars.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const CREATE = "/schedules/calendars/create/";
const ask = (method, path, more = {}) => service.ask(method, path, { as: "zo", ...more });
const body = (more) => ({ name: "Thesis", description: "Bring your draft.", deadline: hours(24 * 5), timezone: "Europe/Berlin", ...more });
const details = async (id) => (await ask("GET", at(id, "details/"))).json;
const own = async (id) => (await details(id)).Owner_availability.slots.map(({ id, ...slot }) => slot);
/// Adds contacts to groups; gives their ids.
async function grouped(count, groups) {
  const added = await addContacts(service, count);
  for (const { id } of added) assert.equal((await ask("PATCH", "/schedules/contacts/", { json: { contact_id: id, groups } })).status, 200);
  return added.map(({ id }) => id);
}

test("weekly hours are slots of each week, beside others or in their place, and what clocks do is told", async () => {
  const [{ id: contact }] = await addContacts(service, 1);
  // A week that has a change of the clocks, whenever the test runs: they are changed in Berlin on the last Sundays of March and October.
  const change = [2026, 2027, 2028, 2029].flatMap((year) => [2, 9].map((month) => {
    const last = new Date(Date.UTC(year, month + 1, 0));
    return { day: new Date(last - last.getUTCDay() * 86_400_000), spring: month === 2 };
  })).find(({ day }) => day > Date.now() + 20 * 86_400_000);
  const [from, until] = [-13, 1].map((days) => new Date(+change.day + days * 86_400_000).toISOString().slice(0, 10));
  const weekly = [
    { weekday: "monday", start_time: "09:00:00", end_time: "17:00:00", preference_level: 2 },
    { weekday: "sunday", start_time: "01:00", end_time: "04:00" },
  ];
  const made = await ask("POST", CREATE, { json: body({ invitees: [contact], weekly, from, until }) });
  assert.equal(made.status, 201, made.text);
  const word = change.spring ? "shorter" : "longer";
  assert.equal(made.json.notes.length, 1);
  assert.match(made.json.notes[0], new RegExp(`is ${word}: clocks in Europe/Berlin`));
  const slots = await own(made.json.id);
  assert.deepEqual(slots.map(({ start_time, end_time, preference_level }) => [start_time, end_time, preference_level]), [
    ["09:00:00", "17:00:00", 2],
    ["01:00:00", "04:00:00", 3],
    ["09:00:00", "17:00:00", 2],
    ["01:00:00", "04:00:00", 3],
    ["09:00:00", "17:00:00", 2],
  ]);
  const [, before] = slots;
  assert.notEqual(before.date, slots[3].date);
  const both = await createCalendar(service, [contact], [slot(date(20), 600, 660)], { weekly: weekly.slice(0, 1), from: date(1), until: date(14), timezone: "UTC" });
  assert.equal((await own(both.id)).length, 3);
  for (const [more, field] of [
    [{ weekly, from }, "until"],
    [{ weekly: [{ weekday: "someday", start_time: "09:00", end_time: "10:00" }], from, until }, "weekly"],
    [{ weekly: [], from, until }, "weekly"],
    [{ weekly: "x", from, until }, "weekly"],
    [{ weekly, from, until: date(400) }, "until"],
    [{ weekly, from: "2026-02-30", until }, "from"],
    [{ weekly: weekly.slice(0, 1), from: date(-20), until: date(-10) }, "weekly"],
    [{}, "available_slots"],
  ]) {
    const { status, json, text } = await ask("POST", CREATE, { json: body({ invitees: [contact], ...more }) });
    assert.deepEqual([status, Object.keys(json)], [400, [field]], text);
  }
});

test("groups stand for their contacts, in a new calendar and in a change of one", async () => {
  const team = await grouped(3, ["Team", "All"]);
  const choir = await grouped(2, ["Choir", "all"]);
  const [{ id: single }] = await addContacts(service, 1);
  const slots = { available_slots: [slot(date(10), 600, 720)] };
  const made = await ask("POST", CREATE, { json: body({ ...slots, groups: ["TEAM"], invitees: [single, team[1]] }) });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json.invitees, [single, team[1], team[0], team[2]]);
  const alone = await ask("POST", CREATE, { json: body({ ...slots, groups: "all" }) });
  assert.deepEqual(alone.json.invitees, [...team, ...choir]);
  // Whoever is invited already is not invited twice.
  const changed = await ask("PUT", at(made.json.id, "details/"), { json: { groups: ["all"] } });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(changed.json.Calendar.invitees, [single, team[1], team[0], team[2], ...choir]);
  for (const [groups, said] of [[["Nobody"], ["You have no group “Nobody”."]], [[""], undefined], [7, undefined], [["a;b"], undefined]]) {
    for (const [method, path, json] of [["POST", CREATE, body({ ...slots, groups, invitees: [single] })], ["PUT", at(made.json.id, "details/"), { groups }]]) {
      const answer = await ask(method, path, { json });
      assert.deepEqual([answer.status, Object.keys(answer.json)], [400, ["groups"]], answer.text);
      if (said) assert.deepEqual(answer.json.groups, said);
    }
  }
  // Nobody reaches another's contacts by the name of a group.
  const other = await service.ask("POST", CREATE, { as: "ob", json: body({ ...slots, groups: ["Team"] }) });
  assert.deepEqual([other.status, other.json], [400, { groups: ["You have no group “Team”."] }]);
});

test("the answers are a file, in the calendar's zone, that no spreadsheet takes for formulas", async () => {
  const [one, two] = await addContacts(service, 2);
  await ask("PATCH", "/schedules/contacts/", { json: { contact_id: one.id, first_Name: "=1+1", last_Name: 'O"Neil, Jr' } });
  const day = date(10);
  const { id } = await createCalendar(service, [one.id, two.id], [slot(day, 600, 720)], { timezone: "Asia/Kathmandu" });
  await answered(service, id, 1, [named(day, 600, 645, 2), named(day, 660, 720, 3)]);
  const file = await ask("GET", at(id, "answers.csv"));
  assert.equal(file.status, 200, file.text);
  assert.match(file.headers.get("content-type"), /^text\/csv/);
  assert.equal(file.headers.get("content-disposition"), `attachment; filename="answers-${id}.csv"`);
  const zone = "Asia/Kathmandu (UTC+05:45)";
  assert.equal(file.text, [
    "first_name,last_name,email,state,date,start_time,end_date,end_time,preference_level,timezone",
    `'=1+1,"O""Neil, Jr",${one.email},answered,${day},10:00:00,${day},10:45:00,2,${zone}`,
    `'=1+1,"O""Neil, Jr",${one.email},answered,${day},11:00:00,${day},12:00:00,3,${zone}`,
    `${two.first_Name},${two.last_Name},${two.email},unanswered,,,,,,`,
    "",
  ].join("\r\n"));
  const statuses = async (as) => (await service.ask("GET", at(id, "answers.csv"), { as })).status;
  assert.deepEqual([await statuses("ob"), await statuses("st"), await statuses(undefined)], [200, 404, 401], "staff reads it, a stranger does not");
});

test("a copy asks the same people about the same hours, weeks later, and whoever is gone is told", async () => {
  const [one, two, gone] = await addContacts(service, 3);
  const day = date(8);
  const more = { timezone: "Europe/Berlin", deadline: `${date(4)}T18:00:00`, meeting_minutes: 30, step_minutes: 10, reminders: false };
  const { id } = await createCalendar(service, [one.id, two.id, gone.id], [slot(day, 540, 660, 3), slot(day, 780, 840, 1)], more);
  assert.equal((await ask("DELETE", "/schedules/contacts/", { json: { contact_id: gone.id } })).status, 204);
  const key = { headers: { "Idempotency-Key": `copy-${id}` } };
  const copy = await ask("POST", at(id, "copy/"), { json: { name: "Again", shift_weeks: 2 }, ...key });
  assert.equal(copy.status, 201, copy.text);
  assert.notEqual(copy.json.id, id);
  assert.deepEqual(copy.json.left_out, [{ id: gone.id, first_name: gone.first_Name, last_name: gone.last_Name }]);
  assert.match(copy.headers.get("location"), new RegExp(`/schedules/calendars/${copy.json.id}/details/$`));
  const { Calendar } = await details(copy.json.id);
  const told = ["name", "description", "invitees", "timezone", "meeting_minutes", "step_minutes", "reminders"].map((key) => Calendar[key]);
  assert.deepEqual(told, ["Again", "After the submission", [one.id, two.id], "Europe/Berlin", 30, 10, false]);
  const later = (days, weeks) => new Date(Date.parse(days) + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual(await own(copy.json.id), [
    { date: later(day, 2), start_time: "09:00:00", end_time: "11:00:00", preference_level: 3 },
    { date: later(day, 2), start_time: "13:00:00", end_time: "14:00:00", preference_level: 1 },
  ]);
  const clock = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
  assert.equal(clock.format(new Date(Calendar.deadline)), `${later(date(4), 2)}, 18:00`);
  // Sent again it is the same copy.
  assert.equal((await ask("POST", at(id, "copy/"), { json: { name: "Again", shift_weeks: 2 }, ...key })).json.id, copy.json.id);
  // Where all of it is still to come, nothing is shifted; given times and people stand in place of the calendar's.
  const same = await ask("POST", at(id, "copy/"), { json: {} });
  assert.deepEqual((await own(same.json.id)).map(({ date }) => date), [day, day]);
  const other = await ask("POST", at(id, "copy/"), { json: { invitees: [two.id], available_slots: [slot(date(30), 600, 660)] } });
  assert.deepEqual([other.json.invitees, (await own(other.json.id)).length, other.json.left_out], [[two.id], 1, undefined]);
});

test("a copy of what has passed lies in the future, and one that cannot be made is refused", async () => {
  const [one] = await addContacts(service, 1);
  const day = date(3);
  const { id } = await createCalendar(service, [one.id], [slot(day, 540, 600)], { deadline: hours(24), timezone: "UTC" });
  const dev = { dev: `offset=${24 * 20 * 3_600_000}` };
  const copy = await ask("POST", at(id, "copy/"), { json: {}, ...dev });
  assert.equal(copy.status, 201, copy.text);
  const slots = (await ask("GET", at(copy.json.id, "details/"), dev)).json.Owner_availability.slots;
  const weeks = (Date.parse(slots[0].date) - Date.parse(day)) / (7 * 86_400_000);
  assert.equal(weeks, 3, "19 days after the deadline it is three weeks");
  for (const [json, field] of [
    [{ shift_weeks: -1 }, "shift_weeks"],
    [{ shift_weeks: 105 }, "shift_weeks"],
    [{ shift_weeks: "x" }, "shift_weeks"],
    [{ name: "" }, "name"],
    [{ name: "x".repeat(151) }, "name"],
    [{ deadline: "2020-01-01" }, "deadline"],
    [{ invitees: [] }, "invitees"],
    [{ invitees: [999_999_999] }, "invitees"],
    [{ weekly: [] }, "weekly"],
  ]) {
    const { status, json: said, text } = await ask("POST", at(id, "copy/"), { json });
    assert.equal(status, 400, `${JSON.stringify(json)}: ${text}`);
    assert.ok(field in said, `${JSON.stringify(json)}: ${text}`);
  }
  const past = await ask("POST", at(id, "copy/"), { json: { shift_weeks: 0 }, ...dev });
  assert.deepEqual([past.status, Object.keys(past.json).sort()], [400, ["available_slots", "deadline"]], past.text);
  await ask("DELETE", "/schedules/contacts/", { json: { contact_id: one.id } });
  const nobody = await ask("POST", at(id, "copy/"), { json: {} });
  assert.deepEqual([nobody.status, nobody.json], [400, { invitees: ["This list may not be empty."] }]);
  const statuses = async (as, path = at(id, "copy/")) => (await service.ask("POST", path, { as, json: {} })).status;
  assert.deepEqual([await statuses("ob"), await statuses("st"), await statuses(undefined), await statuses("zo", at(1, "copy/"))], [403, 404, 401, 404]);
});
