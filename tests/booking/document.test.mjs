// The document of the bookings (shared/seeds/003): each of its requests and answers, each of its error texts, by HTTP as it is written
// there. What differs on purpose is the status of a refusal (spec/bookings.md, part 0).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { proof } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const DATE = "2030-04-25";
const NAMES = { test: "test@test.com", xyz: "xyz@test.com", test10: "test10@test.com" };
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

test("the document, from signing up to the update of a meeting", async () => {
  const headers = {};
  const ask = async (method, path, json, wanted) => {
    const { status, json: answer, text } = await service.ask(method, path, { json, headers });
    assert.equal(status, wanted, `${method} ${path} ${text}`);
    return answer;
  };
  // User Sign Up
  const ids = {};
  for (const [username, email] of Object.entries(NAMES)) {
    const { id, ...rest } = await ask("POST", "/api/user/sign_up/", { username, email, password: "Test@123" }, 201);
    assert.deepEqual(rest, { username, email });
    ids[username] = id;
    await ask("POST", `/accounts/verify/${proof(id)}/`, {}, 200);
  }
  assert.deepEqual(
    await ask("POST", "/api/user/sign_up/", { username: "test10", email: "a@b.ca", password: "Test@123" }, 400),
    { username: ["A user with that username already exists."] },
  );
  assert.deepEqual(await ask("POST", "/api/user/sign_up/", { username: "new", email: "", password: "1" }, 400), {
    email: ["This field may not be blank."],
    password: ["This password is too short. It must contain at least 8 characters."],
  });

  // User Login
  const user = { id: ids.test10, username: "test10", email: NAMES.test10 };
  const login = await ask("POST", "/api/user/login/", { username: "test10", password: "Test@123" }, 200);
  const { auth_token, ...signedIn } = login;
  assert.deepEqual(signedIn, { is_authenticated: true, user });
  assert.match(auth_token, /^[0-9a-f]{40}$/);
  assert.deepEqual(await ask("POST", "/api/user/login/", { username: "test10", password: "Test@124" }, 401), {
    err_message: "Credentials were not correct",
  });
  await ask("GET", "/api/event/", undefined, 401);
  headers.Authorization = `Token ${auth_token}`;

  // Define Available Time Slots For a Day
  const blocked = { date: DATE, blocked_slots: [10, 15, 17] };
  const day = (await ask("POST", "/api/user/block_slots/", blocked, 200)).response;
  const { id, created, modified, ...rest } = day;
  const available_time_slots = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 18, 19, 20, 21, 22, 23];
  assert.deepEqual(rest, { user, ...blocked, available_time_slots });
  assert.ok(Number.isSafeInteger(id) && TIME.test(created) && TIME.test(modified));

  // Get Available Time slot
  assert.deepEqual(await ask("GET", `/api/user/get_available_slots/?date=${DATE}`, undefined, 200), { response: day });
  const others = await ask("GET", `/api/user/get_available_slots/?date=${DATE}&user=test@test.com`, undefined, 200);
  assert.deepEqual(others.response.blocked_slots, []);
  assert.equal(others.response.user.email, NAMES.test);

  // Book Meeting
  const wanted = { title: "title", time_slot: `${DATE} 14:00:00`, description: "description", participants: [NAMES.test, NAMES.xyz] };
  const { response: event } = await ask("POST", "/api/event/", wanted, 201);
  const { id: number, created: made, modified: changed, declined, version, ...shown } = event;
  assert.deepEqual(shown, { ...wanted, participants: [NAMES.test, NAMES.xyz, NAMES.test10], organiser: NAMES.test10, status: "active" });
  assert.ok(Number.isSafeInteger(number) && TIME.test(made) && TIME.test(changed));
  assert.deepEqual([declined, version], [[], 1]);
  const refusal = await ask("POST", "/api/event/", { ...wanted, title: "another", participants: [NAMES.test] }, 409);
  assert.deepEqual(refusal.err_message, [NAMES.test, NAMES.test10].map((name) => `Time slot is conflicting with another event for user : ${name}`));
  const blockedThen = await ask("POST", "/api/event/", { ...wanted, time_slot: `${DATE} 15:00:00` }, 409);
  assert.deepEqual(blockedThen.err_message, ["Time slot is not available for user : test10@test.com"]);
  assert.deepEqual(blockedThen.alternatives, [`${DATE} 16:00:00`, `${DATE} 13:00:00`, `${DATE} 18:00:00`]);
  assert.deepEqual(await ask("POST", "/api/user/block_slots/", { date: DATE, blocked_slots: [14] }, 409), {
    err_message: ["There is already an event booked at time slot : 14"],
  });

  // Fetch scheduled Meeting
  assert.deepEqual(await ask("GET", "/api/event/", undefined, 200), { count: 1, next: null, previous: null, results: [event] });

  // Update Meeting
  const update = { ...wanted, participants: [NAMES.test, NAMES.test10], status: "active" };
  const { response: put } = await ask("PUT", `/api/event/${number}/`, update, 200);
  const { modified: later, version: second, ...same } = put;
  assert.deepEqual(same, { id: number, ...update, declined: [], organiser: NAMES.test10, created: made });
  assert.ok(later >= changed && second === 2);
  // All the keys are not mandatory, if the method is PATCH.
  const { response: patched } = await ask("PATCH", `/api/event/${number}/`, { title: "Another title" }, 200);
  assert.deepEqual([patched.title, patched.description], ["Another title", "description"]);
  const missing = ["This field is required."];
  assert.deepEqual(await ask("PUT", `/api/event/${number}/`, {}, 400), {
    title: missing, time_slot: missing, description: missing, participants: missing, status: missing,
  });
  // All validations of the creation hold.
  assert.deepEqual((await ask("PATCH", `/api/event/${number}/`, { time_slot: `${DATE} 17:00:00` }, 409)).err_message, [
    "Time slot is not available for user : test10@test.com",
  ]);
});

test("each error of an event is told in the words of the original", async () => {
  const as = "ob";
  const ob = "ob@localhost";
  const good = { title: "title", time_slot: "2030-05-02 09:00:00", description: null, participants: [] };
  const missing = ["This field is required."];
  const unknown = (text) => [`Invalid email "${text}" - object does not exist.`];
  const format = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DD HH:MM:SS, YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
  const hourly = "Only hourly time slots are allowed. e.g DD:MM:YYYY hh:00:00";
  for (const [json, wanted] of [
    [{}, { title: missing, time_slot: missing, description: missing, participants: missing }],
    [{ ...good, title: "" }, { title: ["This field may not be blank."] }],
    [{ ...good, title: null }, { title: ["This field may not be null."] }],
    [{ ...good, title: "x".repeat(61) }, { title: ["Ensure this field has no more than 60 characters."] }],
    [{ ...good, title: [] }, { title: ["Not a valid string."] }],
    [{ ...good, description: "x".repeat(501) }, { description: ["Ensure this field has no more than 500 characters."] }],
    [{ ...good, time_slot: null }, { time_slot: ["This field may not be null."] }],
    ...["", "soon", "2030-05-02", "2030-13-02 09:00:00", "2030-05-02 25:00:00", 7, ["2030-05-02 09:00:00"]].map((time_slot) => [{ ...good, time_slot }, { time_slot: [format] }]),
    ...["2030-05-02 09:30:00", "2030-05-02 09:00:01", "2030-05-02T09:15:00Z", "2030-05-02T09:00:00.5Z", "2030-05-02T09:00:00+05:30"].map((time_slot) => [{ ...good, time_slot }, { time_slot: [hourly] }]),
    [{ ...good, participants: null }, { participants: ["This field may not be null."] }],
    [{ ...good, participants: "a@b.ca" }, { participants: ['Expected a list of items but got type "str".'] }],
    [{ ...good, participants: [ob, "a@b.ca", 7, "zz", null, {}] }, { participants: { 1: unknown("a@b.ca"), 2: unknown("7"), 3: unknown("zz"), 4: ["This field may not be null."], 5: ["Not a valid string."] } }],
    [{ ...good, participants: Array.from({ length: 101 }, () => ob) }, { participants: ["Ensure this field has no more than 100 elements."] }],
    [{ ...good, time_slot: "2020-04-25 14:00:00" }, { err_message: ["Event can not be booked for past datetime : 2020-04-25 14:00:00"] }],
  ]) {
    const { status, json: answer, text } = await service.ask("POST", "/api/event/", { as, json });
    assert.deepEqual([status, answer], [400, wanted], `${JSON.stringify(json)} ${text}`);
  }
  const { status, json: { response: event } } = await service.ask("POST", "/api/event/", { as, json: { ...good, status: "zzz" } });
  assert.deepEqual([status, event.description, event.status, event.participants], [201, "", "active", [ob]]);
  const change = (json) => service.ask("PATCH", `/api/event/${event.id}/`, { as, json });
  for (const [json, wanted] of [
    [{ participants: [] }, { participants: ["This list may not be empty."] }],
    [{ participants: ["zo@localhost"] }, { err_message: ["Event organiser can not be removed"] }],
    [{ status: "zzz" }, { status: ["Value 'zzz' is not a valid choice."] }],
    [{ time_slot: "2020-04-25 14:00:00" }, { err_message: ["Event can not be booked for past datetime : 2020-04-25 14:00:00"] }],
    [{ title: " ", status: 7, time_slot: "x" }, { title: ["This field may not be blank."], status: ["Value '7' is not a valid choice."], time_slot: [format] }],
  ]) {
    const { status, json: answer } = await change(json);
    assert.deepEqual([status, answer], [400, wanted], JSON.stringify(json));
  }
  const none = await change({ description: null });
  assert.deepEqual([none.status, none.json.response.version], [200, 1], "null says nothing of a description");
  for (const [method, path, answer] of [
    ["DELETE", `/api/event/${event.id}/`, [405, { detail: 'Method "DELETE" not allowed.' }]],
    ["GET", "/api/event/?page=2", [404, { detail: "Invalid page." }]],
    ["GET", "/api/event/?page=0", [404, { detail: "Invalid page." }]],
    ["GET", "/api/event/?page=x", [404, { detail: "Invalid page." }]],
    ["GET", "/api/event/?status=zzz", [400, { status: ["Value 'zzz' is not a valid choice."] }]],
    ["GET", "/api/event/?future=x", [400, { future: ["Must be a valid boolean."] }]],
    ["GET", "/api/event/7/", [404, { detail: "Not found." }]],
    ["PATCH", "/api/event/7/", [404, { detail: "Not found." }]],
  ]) {
    const { status, json } = await service.ask(method, path, { as, ...(method === "PATCH" ? { json: {} } : {}) });
    assert.deepEqual([status, json], answer, `${method} ${path}`);
  }
});
