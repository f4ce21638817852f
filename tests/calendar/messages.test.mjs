// Every message that the document lists for calendars, and those of spec part 0, produced and quoted; and bad input of every field,
// which never is a fault of ours.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LONG, start } from "../support/harness.mjs";
import { addContacts, answered, at, calendarLink, chosen, createCalendar, date, finalize, hours, named, respond, slot } from "../support/calendars.mjs";

let service;
let people;
let foreign;
before(async () => {
  service = await start();
  people = await addContacts(service, 4);
  [foreign] = await addContacts(service, 1, { as: "st" });
});
after(() => service.close());

const CREATE = "/schedules/calendars/create/";
const DAY = date(20);
const SLOT_FORM = "Invalid slot data. Must be in the form: 'date','start_time', 'end_time', 'preference_level' ";
const REQUIRED = ["This field is required."];
const NO_CREDENTIALS = { detail: "Authentication credentials were not provided." };
const NOT_FOUND = { detail: "Not found." };

const body = (more = {}) => ({
  name: "Interviews",
  description: "After the submission",
  deadline: hours(48),
  invitees: [people[0].id],
  available_slots: [slot(DAY, 540, 720)],
  ...more,
});
const without = (field) => Object.fromEntries(Object.entries(body()).filter(([key]) => key !== field));
const create = (json, as = "zo") => service.ask("POST", CREATE, { as, json });
const told = ({ status, json }) => [status, json];
const made = async (slots = [slot(DAY, 540, 720)], more) => (await createCalendar(service, people.slice(0, 2).map((one) => one.id), slots, more)).id;
const edit = (id, json, as = "zo") => service.ask("PUT", at(id, "details/"), { as, json });
const owned = (field, value) => [`${field} ${JSON.stringify(value)?.slice(0, 60)}`, { ...slot(DAY, 540, 720), [field]: value }];

/// The messages of the owner's slots, in the order in which they are looked at; `form` has what is wrong with a slot.
const SLOTS = [
  ["no member", {}, SLOT_FORM],
  ["no date", { start_time: "13:00:00", end_time: "15:00:00", preference_level: 3 }, SLOT_FORM],
  ["no preference", { date: DAY, start_time: "13:00:00", end_time: "15:00:00" }, SLOT_FORM],
  [...owned("date", 20300101), "Date must be a string."],
  [...owned("date", null), "Date must be a string."],
  [...owned("start_time", 13), "Start and end times must be strings."],
  [...owned("end_time", [1]), "Start and end times must be strings."],
  ...["2024-13-45", "2030-02-30", "30-01-01", "soon", "", "2030/01/01", "2030-1-1", "２０３０-01-01"].map((value) => [...owned("date", value), "Date must be in a valid date format YYYY-MM-DD."]),
  [...owned("date", "2020-01-01"), "Available date cannot be in the past."],
  ...["1:00", "25:00:00", "13:60:00", "13:00:60", "soon", "", "13:00", "13:00:00Z"].map((value) => [...owned("start_time", value), "Start and end times must be in a valid date format HH:MM:SS."]),
  [...owned("end_time", "08:00:00"), "End time must be after start time."],
  [...owned("end_time", "09:00:00"), "End time must be after start time."],
  ...["3", 1.5, null, [], true].map((value) => [...owned("preference_level", value), "Preference level must be an integer."]),
  ...[0, 4, -1, 1e15].map((value) => [...owned("preference_level", value), "Preference level must be either 1, 2, or 3 (3 being highest preference)."]),
];

describe("create", () => {
  test("a calendar that is made is told as documented, a date alone being midnight", async () => {
    const deadline = date(9);
    const { status, json } = await create(body({ deadline }));
    assert.equal(status, 201);
    const { name, description, invitees, finalized } = json;
    assert.deepEqual({ name, description, deadline: json.deadline, invitees, finalized }, {
      name: "Interviews", description: "After the submission", deadline: `${deadline}T00:00:00Z`, invitees: [people[0].id], finalized: false,
    });
    assert.ok(Number.isSafeInteger(json.id) && json.id > 0);
  });

  test("without credentials it is 401", async () => {
    assert.deepEqual(told(await service.ask("POST", CREATE, { json: body() })), [401, NO_CREDENTIALS]);
    const bad = await service.ask("POST", CREATE, { json: body(), headers: { Authorization: "Bearer nonsense" } });
    assert.deepEqual([bad.status, bad.json.code], [401, "token_not_valid"]);
  });

  test("all fields of the document are required, and all errors are told at once", async () => {
    for (const field of ["name", "description", "deadline", "invitees", "available_slots"]) {
      assert.deepEqual(told(await create(without(field))), [400, { [field]: REQUIRED }], field);
    }
    const { status, json } = await create({});
    assert.deepEqual([status, Object.keys(json).sort()], [400, ["available_slots", "deadline", "description", "invitees", "name"]]);
  });

  test("`availability` and `preference` of its prose are taken, too", async () => {
    const { preference_level, ...rest } = slot(DAY, 540, 720);
    const { status, text } = await create({ ...without("available_slots"), availability: [{ ...rest, preference: preference_level }] });
    assert.equal(status, 201, text);
  });

  for (const [what, fields, expected] of [
    ["a name of 151 characters", () => ({ name: "n".repeat(151) }), { name: ["Ensure this field has no more than 150 characters."] }],
    ["a description of 201 characters", () => ({ description: "n".repeat(201) }), { description: ["Ensure this field has no more than 200 characters."] }],
    ["a deadline that is over", () => ({ deadline: "2020-01-01T00:00:00Z" }), { deadline: ["Deadline cannot be in the past."] }],
    ["no invitees", () => ({ invitees: [] }), { invitees: ["This list may not be empty."] }],
    ["somebody else's contact", () => ({ invitees: [people[0].id, foreign.id] }), { invitees: ["Invalid contact id."] }],
    ["a contact that is none", () => ({ invitees: [987654321] }), { invitees: ["Contact does not exist."] }],
    ["a slot that is no object", () => ({ available_slots: [3] }), { available_slots: { 0: ['Expected a dictionary of items but got type "int".'] } }],
  ]) {
    test(`${what} is refused in its words`, async () => assert.deepEqual(told(await create(body(fields()))), [400, expected]));
  }

  test("a deadline that is no time is refused in its words", async () => {
    for (const deadline of ["soon", "2030-13-01", "2030-02-30T00:00:00", "", "9999999999-01-01"]) {
      const { status, json } = await create(body({ deadline }));
      assert.equal(status, 400);
      assert.match(json.deadline[0], /^Datetime has wrong format\./, deadline);
    }
  });

  test("each message about a slot", async () => {
    for (const [what, wrong, message] of SLOTS) {
      assert.deepEqual(told(await create(body({ available_slots: [wrong] }))), [400, { available_slots: [message] }], what);
    }
    // The first that is wrong is told of.
    const two = [slot(DAY, 540, 600), { ...slot(DAY, 540, 600), date: "x" }, {}];
    assert.deepEqual((await create(body({ available_slots: two }))).json, { available_slots: ["Date must be in a valid date format YYYY-MM-DD."] });
  });

  test("times that clocks leave out, or show twice, are refused with what to do", async () => {
    const one = (day, from, to, more) => create(body({ timezone: "Europe/Berlin", available_slots: [{ ...slot(day, from, to), ...more }] }));
    const gap = await one("2027-03-28", 150, 240);
    assert.equal(gap.status, 400);
    assert.match(gap.json.available_slots[0], /does not exist/i);
    const overlap = await one("2026-10-25", 150, 240);
    const later = overlap.status === 400 && /past/.test(overlap.text) ? await one("2027-10-31", 150, 240) : overlap;
    assert.equal(later.status, 400);
    assert.match(later.json.available_slots[0], /twice|fold/i);
    for (const fold of [0, 1]) assert.equal((await one("2027-10-31", 150, 240, { fold })).status, 201);
    assert.equal((await create(body({ timezone: "Mars/Olympus" }))).status, 400);
  });
});

describe("details", () => {
  test("a calendar that is not there, or not one's own, is 404", async () => {
    const id = await made();
    for (const [where, as] of [[at(987654321, "details/"), "zo"], [at(id, "details/"), "st"]]) {
      assert.deepEqual(told(await service.ask("GET", where, { as })), [404, NOT_FOUND]);
      assert.deepEqual(told(await service.ask("PUT", where, { as, json: { name: "x" } })), [404, NOT_FOUND]);
    }
    assert.deepEqual(told(await service.ask("GET", at(id, "details/"))), [401, NO_CREDENTIALS]);
    assert.deepEqual(told(await service.ask("PUT", at(id, "details/"), { json: { name: "x" } })), [401, NO_CREDENTIALS]);
  });

  test("each message of an edit", async () => {
    const id = await made();
    for (const [json, expected] of [
      [{}, { non_field_errors: ["No input."] }],
      [{ name: "n".repeat(151) }, { name: ["Ensure this field has no more than 150 characters."] }],
      [{ description: "n".repeat(201) }, { description: ["Ensure this field has no more than 200 characters."] }],
      [{ deadline: "2020-01-01" }, { deadline: ["Deadline cannot be in the past."] }],
      [{ add_invitees: [foreign.id] }, { add_invitees: ["You do not have permission to add this contact."] }],
      [{ add_invitees: [987654321] }, { add_invitees: ["Contact does not exist."] }],
      [{ add_invitees: [people[0].id] }, { add_invitees: ["This contact is already invited."] }],
    ]) {
      assert.deepEqual(told(await edit(id, json)), [400, expected], JSON.stringify(json).slice(0, 60));
    }
    const { json } = await edit(id, { deadline: "soon" });
    assert.match(json.deadline[0], /^Datetime has wrong format\./);
    for (const [what, wrong, message] of SLOTS) {
      assert.deepEqual(told(await edit(id, { add_availabilities: [wrong] })), [400, { add_availabilities: [message] }], what);
    }
    const missing = { remove_invitees: [people[3].id, 987654321], remove_availabilities: [4711] };
    assert.equal((await edit(id, missing)).status, 200, "what is not there is ignored");
  });
});

describe("remind", () => {
  const remind = (id, contact, as) => service.ask("GET", `/schedules/calendars/remind/${id}/${contact}/`, { as });
  test("each message", async () => {
    const id = await made();
    const [{ id: contact, first_Name, last_Name }, other] = people;
    const name = `${first_Name} ${last_Name}`;
    assert.deepEqual(told(await remind(id, contact, "zo")), [200, { message: `Reminder email successfully sent to ${name}` }]);
    assert.deepEqual(told(await remind(id, contact)), [401, NO_CREDENTIALS]);
    assert.equal((await remind(id, contact, "st")).status, 403);
    for (const [calendar, who] of [[987654321, contact], [id, 987654321], [id, people[3].id]]) {
      assert.deepEqual(told(await remind(calendar, who, "zo")), [404, NOT_FOUND], `${calendar} ${who}`);
    }
    await answered(service, id, 2, [named(DAY, 540, 600)]);
    assert.deepEqual(told(await remind(id, other.id, "zo")), [200, { message: `${other.first_Name} ${other.last_Name} has already responded` }]);
  });
});

describe("respond", () => {
  const answer = [named(DAY, 540, 600, 3)];
  test("each message", async () => {
    const id = await made();
    const token = calendarLink(id, 1);
    const bad = { error: "Invalid token" };
    const other = await made();
    for (const wrong of ["nonsense", calendarLink(other, 1), calendarLink(id, 3), calendarLink(id, 1, { generation: 5 }), calendarLink(id, 1, { code: 1, purpose: "proposal" })]) {
      assert.deepEqual(told(await respond(service, id, wrong, answer)), [401, bad], wrong.slice(0, 20));
      assert.deepEqual(told(await service.ask("GET", at(id, `respond/${wrong}/`))), [401, bad]);
    }
    const nowhere = 987654321;
    assert.deepEqual(told(await service.ask("GET", at(nowhere, `respond/${calendarLink(nowhere, 1)}/`))), [404, NOT_FOUND]);
    assert.deepEqual(told(await respond(service, nowhere, calendarLink(nowhere, 1), answer)), [404, NOT_FOUND]);

    const send = (json) => service.ask("POST", at(id, `respond/${token}/`), { json });
    assert.deepEqual(told(await send({})), [400, { availability: REQUIRED }]);
    const faulty = async (change, expected) => assert.deepEqual(told(await send({ availability: [{ ...answer[0], ...change }] })), [400, { availability: [expected] }], JSON.stringify(change));
    const of = (message) => ({ non_field_errors: [message] });
    for (const start_time of ["soon", "2030/13/01 09:00:00", "2030/01/01", 7, null, ""]) await faulty({ start_time }, of("Invalid start time format."));
    for (const end_time of ["soon", "2030/02/30 09:00:00", "2030/01/01 25:00:00", 7, null, ""]) await faulty({ end_time }, of("Invalid end time format."));
    for (const preference_level of [0, 4, "3", 1.5, null, -1]) await faulty({ preference_level }, of("Invalid preference level."));
    await faulty({ end_time: answer[0].start_time }, of("End time must be after start time."));
    await faulty({ end_time: undefined }, { end_time: REQUIRED });
    assert.deepEqual(told(await send({ availability: answer })), [200, { success_message: "Availability submitted successfully." }]);
    assert.deepEqual(told(await send({ availability: answer })), [400, { error: "Already responded" }]);
    // Before the content is looked at.
    assert.deepEqual(told(await send({})), [400, { error: "Already responded" }]);

    // A removed invitee's link is void for good, and works no more when the contact is invited again.
    assert.equal((await edit(id, { remove_invitees: [people[0].id] })).status, 200);
    assert.deepEqual(told(await respond(service, id, token, answer)), [401, bad]);
    assert.equal((await edit(id, { add_invitees: [people[0].id] })).status, 200);
    assert.deepEqual(told(await respond(service, id, token, answer)), [401, bad]);
    assert.equal((await respond(service, id, calendarLink(id, 3), answer)).status, 200);

    const moved = await service.ask("POST", at(other, `respond/${calendarLink(other, 1)}/`), { json: { availability: answer }, dev: `offset=${6 * 86_400_000}` });
    assert.deepEqual(told(moved), [400, { error: "Deadline has passed" }]);
  });
});

describe("finalise", () => {
  test("each message, in the documented order", async () => {
    const id = await made();
    const [one, two] = people.map((person) => person.id);
    await answered(service, id, 1, [named(DAY, 540, 660)]);
    const send = (json, as = "zo") => service.ask("POST", at(id, "confirm/"), { as, json });
    const good = chosen(one, DAY, 540, 600);
    assert.deepEqual(told(await service.ask("POST", at(id, "confirm/"), { json: { finalized_schedule: [good] } })), [401, NO_CREDENTIALS]);
    assert.deepEqual(told(await service.ask("GET", at(id, "confirm/"))), [401, NO_CREDENTIALS]);
    for (const method of ["GET", "POST"]) {
      const json = method === "POST" ? { finalized_schedule: [good] } : undefined;
      assert.equal((await service.ask(method, at(id, "confirm/"), { as: "st", json })).status, 403, method);
      assert.deepEqual(told(await service.ask(method, at(987654321, "confirm/"), { as: "zo", json })), [404, NOT_FOUND], method);
    }
    assert.deepEqual(told(await send({})), [400, { error: "Missing Fields" }]);
    assert.deepEqual(told(await send({ finalized_schedule: null })), [400, { error: "Missing Fields" }]);
    assert.equal((await send({ finalized_schedule: [] })).status, 400);
    const item = async (change, expected) => assert.deepEqual(told(await send({ finalized_schedule: [{ ...good, ...change }] })), [400, expected], JSON.stringify(change));
    for (const field of ["contact_id", "start_time", "end_time"]) await item({ [field]: undefined }, { [field]: REQUIRED });
    for (const field of ["start_time", "end_time"]) for (const blank of [null, "", " "]) await item({ [field]: blank }, { error: "Availability not selected for a user" });
    await item({ start_time: "soon" }, { non_field_errors: ["Invalid start time format."] });
    await item({ end_time: "2030-01-01" }, { non_field_errors: ["Invalid end time format."] });
    await item({ end_time: good.start_time }, { non_field_errors: ["End time must be after start time."] });
    for (const contact_id of [987654321, foreign.id]) await item({ contact_id }, { error: "Invalid contact id" });
    await item({ contact_id: people[3].id }, { error: "Contact not invited to calendar" });
    const both = (second) => finalize(service, id, [good, second]);
    assert.deepEqual(told(await both(chosen(two, DAY, 570, 630))), [400, { error: "Meeting times overlap" }]);
    assert.deepEqual(told(await finalize(service, id, [chosen(one, DAY, 630, 690)])), [400, { error: `Invalid meeting time for contact: ${one}` }]);

    // The owner's time is taken by another calendar.
    const other = await made([slot(DAY, 540, 600)], { name: "Another" });
    assert.equal((await finalize(service, other, [chosen(two, DAY, 600, 620)])).status, 200);
    const taken = chosen(two, DAY, 610, 650);
    assert.deepEqual(told(await both(taken)), [400, { error: "Unresolved availability conflict" }]);
    const dry = await finalize(service, id, [good, taken], { query: "?dry_run=true" });
    assert.deepEqual([dry.json.valid, dry.json.problems.map(({ error }) => error)], [false, ["Unresolved availability conflict"]]);

    assert.equal((await finalize(service, id, [good])).status, 200);
    const over = [404, { error: "Calendar is already finalized" }];
    assert.deepEqual(told(await finalize(service, id, [good])), over);
    assert.deepEqual(told(await finalize(service, id, [good], { query: "?dry_run=true" })), over);
    assert.deepEqual(told(await service.ask("GET", at(id, "confirm/"), { as: "zo" })), over);
    assert.equal((await edit(id, { name: "x" })).status, 409);
    assert.deepEqual(told(await respond(service, id, calendarLink(id, 2), [named(DAY, 540, 600)])), [400, { error: "Calendar is already finalized" }]);
  });

  test("a calendar that is closed is gone for its owner", async () => {
    const id = await made();
    assert.equal((await service.ask("DELETE", at(id), { as: "zo" })).status, 204);
    const closed = [410, { detail: "This calendar is closed." }];
    const json = { finalized_schedule: [chosen(people[0].id, DAY, 540, 600)] };
    assert.deepEqual(told(await service.ask("GET", at(id, "confirm/"), { as: "zo" })), closed);
    for (const query of ["", "?dry_run=true"]) assert.deepEqual(told(await service.ask("POST", at(id, `confirm/${query}`), { as: "zo", json })), closed, query);
  });
});

// What nobody means, but anybody can send.

const deep = (depth, inner = 1) => {
  let value = inner;
  for (let n = 0; n < depth; n++) value = n % 2 ? [value] : { a: value };
  return value;
};
const ABSURD = [
  null, true, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 63), "", " ", "\u0000", "\ud800", "💥".repeat(1000), "x".repeat(20_000),
  "2024-02-30", "0000-00-00", "99999-01-01", "2030-01-01T24:00:00", "24:00:00", "-1", "NaN",
  [], {}, [[]], [null], [{}], [[[[[]]]]], { a: 1 }, { length: 5 }, { __proto__: null, constructor: 1 }, Array.from({ length: 1_100 }, (_, n) => n), deep(60),
];

/// The names of the fields of a body, of its items too.
async function attack(method, where, whole, options = {}) {
  const seen = [];
  const send = async (json) => {
    const { status, text } = await service.ask(method, where, { ...options, json });
    seen.push(status);
    assert.ok(status < 500, `${method} ${where} ${JSON.stringify(json).slice(0, 200)}: ${status} ${text}`);
    assert.ok(status >= 400 || status === 200, `${status} ${JSON.stringify(json).slice(0, 200)}`);
  };
  const values = LONG ? ABSURD : ABSURD.filter((_, n) => n % 3 === 0 || typeof ABSURD[n] === "object");
  for (const [field, value] of Object.entries(whole)) {
    for (const wrong of values) await send({ ...whole, [field]: wrong });
    if (!Array.isArray(value) || typeof value[0] !== "object") continue;
    for (const member of Object.keys(value[0])) for (const wrong of values) await send({ ...whole, [field]: [{ ...value[0], [member]: wrong }] });
  }
  assert.ok(seen.filter((status) => status === 400).length > seen.length / 2, `${method} ${where}: ${seen.length} requests`);
}

describe("bad input", () => {
  test("of a new calendar is refused, and no fault of ours", async () => {
    // Of a name or a description, some of these are good.
    const { name, description, ...rest } = { ...body(), timezone: "UTC", meeting_minutes: 60, step_minutes: 15 };
    await attackCreate({ name, description, ...rest });
  });
  const attackCreate = async (whole) => {
    const values = LONG ? ABSURD : ABSURD.filter((_, n) => n % 3 === 0 || typeof ABSURD[n] === "object");
    for (const field of Object.keys(whole)) {
      for (const wrong of values) {
        const { status, text } = await create({ ...whole, [field]: wrong });
        assert.ok([201, 400].includes(status), `${field} ${JSON.stringify(wrong).slice(0, 80)}: ${status} ${text}`);
      }
    }
    for (const member of Object.keys(whole.available_slots[0])) {
      for (const wrong of values) {
        const { status, text } = await create({ ...whole, available_slots: [{ ...whole.available_slots[0], [member]: wrong }] });
        assert.ok([201, 400].includes(status), `${member} ${JSON.stringify(wrong).slice(0, 80)}: ${status} ${text}`);
      }
    }
  };

  test("of an edit, an answer and a schedule is refused, and no fault of ours", async () => {
    const id = await made();
    await attack("POST", at(id, `respond/${calendarLink(id, 2)}/`), { availability: [named(DAY, 540, 600)] });
    await attack("POST", at(id, "confirm/?dry_run=true"), { finalized_schedule: [chosen(people[0].id, DAY, 540, 600)] }, { as: "zo" });
    const dated = { add_availabilities: [slot(DAY, 780, 840)], add_invitees: [people[2].id], remove_invitees: [people[1].id], remove_availabilities: [9], deadline: hours(50), reminders: true };
    const values = LONG ? ABSURD : ABSURD.filter((_, n) => n % 3 === 0 || typeof ABSURD[n] === "object");
    for (const field of Object.keys(dated)) {
      for (const wrong of values) {
        const { status, text } = await edit(id, { [field]: wrong });
        assert.ok([200, 400].includes(status), `${field} ${JSON.stringify(wrong).slice(0, 80)}: ${status} ${text}`);
      }
    }
  });

  test("bodies that are no JSON, too deep, too large, or of another type are refused", async () => {
    const id = await made();
    const token = calendarLink(id, 1);
    for (const [method, where, options] of [
      ["POST", CREATE, { as: "zo" }],
      ["PUT", at(id, "details/"), { as: "zo" }],
      ["POST", at(id, "confirm/"), { as: "zo" }],
      ["POST", at(id, "confirm/?dry_run=true"), { as: "zo" }],
      ["POST", at(id, `respond/${token}/`), {}],
    ]) {
      const raw = (text, type = "application/json") => service.ask(method, where, { ...options, body: text, headers: { "Content-Type": type } });
      assert.equal((await raw("{")).status, 400, where);
      assert.match((await raw("nonsense")).json.detail, /^JSON parse error/);
      for (const text of ["null", "[]", "3", '"x"', `${"[".repeat(5_000)}${"]".repeat(5_000)}`, `{"a":${"[".repeat(500)}${"]".repeat(500)}}`]) {
        const { status } = await raw(text);
        assert.equal(status, 400, `${where} ${text.slice(0, 20)}`);
      }
      assert.equal((await raw(JSON.stringify({ name: "x".repeat(3_000_000) }))).status, 413, where);
      assert.equal((await raw("<a/>", "application/xml")).status, 415, where);
    }
  });

  test("ids that are none are 404", async () => {
    for (const wrong of ["0", "-1", "x", "1e3", "99999999999999999999", "9007199254740993", "%00", "1.0"]) {
      for (const where of [at(wrong, "details/"), at(wrong, "confirm/"), at(wrong, "meetings/"), `/schedules/calendars/remind/${wrong}/1/`]) {
        const { status } = await service.ask("GET", where, { as: "zo" });
        assert.equal(status, 404, where);
      }
    }
  });
});
