// `If-Match` (RFC 9110 section 13.1.1): whatever can be changed by somebody who may not know its last state says its version as `ETag`, and refuses
// a change of another version, with what there is. And what a caller is told who asks too often.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { agree, answer, meeting } from "../support/agree.mjs";
import { addContacts, answered, at, chosen, createCalendar, date, finalize, named, slot } from "../support/calendars.mjs";
import { ROOT, SLOTS, propose, start } from "../support/harness.mjs";
import { conditional } from "../support/routes.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const as = "zo";
const PATH = "/api/user/booking_page/";
let count = 0;
/// Something new for each row: what it is read at, and what is at a path below.
async function proposal(more) {
  const { id } = await propose(service, { parties: ["bea@example.org", "cyd@example.org"], ...more }, { as });
  return `/${id}/`;
}
async function agreed() {
  const { id } = await agree(service, {}, { as });
  await meeting(service, id);
  return `/meetings/${id}/`;
}
async function calendar() {
  const ids = (await addContacts(service, 1)).map(({ id }) => id);
  const { id } = await createCalendar(service, ids, [slot(date(12), 780, 900)]);
  return at(id, "details/");
}
async function finalized() {
  const [contact] = await addContacts(service, 1);
  const [day, from] = [date(20), 480 + 60 * ++count];
  const { id } = await createCalendar(service, [contact.id], [slot(day, from, from + 60)]);
  await answered(service, id, 1, [named(day, from, from + 60)]);
  const { status, text } = await finalize(service, id, [chosen(contact.id, day, from, from + 60)]);
  assert.equal(status, 200, text);
  const [{ meeting_id }] = (await service.ask("GET", at(id, "meetings/"), { as })).json;
  return at(id, `meetings/${meeting_id}/`);
}
async function event() {
  const json = { title: "Review", description: "", time_slot: `2030-05-06 ${String(++count).padStart(2, "0")}:00:00`, participants: [] };
  const { status, json: made, text } = await service.ask("POST", "/api/event/", { as, json });
  assert.equal(status, 201, text);
  return `/api/event/${made.response.id}/`;
}
async function offer() {
  const { status, json, text } = await service.ask("POST", "/api/user/offers/", { as, json: { title: `Call ${++count}`, minutes: 30 } });
  assert.equal(status, 201, text);
  return `/api/user/offers/${json.slug}/`;
}
const page = (title) => ({ name: "zo-page", title, description: "", published: true });
async function bookingPage() {
  assert.equal((await service.ask("PUT", PATH, { as, json: page(`Title ${++count}`) })).status, 200);
  return PATH;
}
const hours = (from) => ({ weekly: [{ weekday: "monday", from, to: "17:00" }], exceptions: [] });
const whole = (path, title) => service.ask("GET", path, { as }).then(({ json: { description, time_slot, participants, status } }) => ({ title, description, time_slot, participants, status }));

/// Of each route: what it is of, what somebody else changes first, and the request that was made before that.
const note = (path) => ["PATCH", path, { location: `Room ${++count}` }];
const ROWS = {
  Narrow: { of: proposal, other: note, request: (path) => ["PATCH", path, { description: "Soon" }], status: 202 },
  Close: { of: proposal, other: note, request: (path) => ["DELETE", path], status: 204 },
  Withdraw: { of: proposal, other: note, request: (path) => ["DELETE", `${path}parties/p2/`], status: 204 },
  Replace: { of: proposal, other: note, request: (path) => ["PUT", `${path}parties/p2/`, { email: "dan@example.org" }], status: 202 },
  SetOptional: { of: proposal, other: note, request: (path) => ["PATCH", `${path}parties/p2/`, { optional: true }], status: 202 },
  Fix: {
    of: async () => {
      const path = await proposal();
      for (const party of ["p1", "p2"]) assert.equal((await answer(service, Number(path.slice(1, -1)), party, SLOTS.slice(0, 2))).status, 202);
      return path;
    },
    other: note,
    request: (path) => ["POST", `${path}fix/`, { slot: SLOTS[0] }],
    status: 202,
  },
  Update: { of: agreed, other: note, request: (path) => ["PATCH", path, { description: "Soon" }], status: 202 },
  Cancel: { of: agreed, other: note, request: (path) => ["DELETE", path], status: 204 },
  Edit: { of: calendar, other: (path) => ["PATCH", path, { description: "Another" }], request: (path) => ["PUT", path, { name: "Talks" }], status: 200 },
  CloseCalendar: { of: calendar, other: (path) => ["PATCH", path, { description: "Another" }], request: (path) => ["DELETE", path.replace("details/", "")], status: 204 },
  UpdateCalendarMeeting: { of: finalized, other: note, request: (path) => ["PATCH", path, { description: "Soon" }], status: 202 },
  CancelCalendarMeeting: { of: finalized, other: note, request: (path) => ["DELETE", path], status: 204 },
  PutEvent: { of: event, other: (path) => ["PATCH", path, { description: "Another" }], request: async (path) => ["PUT", path, await whole(path, "Talk")], status: 200 },
  ChangeEvent: { of: event, other: (path) => ["PATCH", path, { description: "Another" }], request: (path) => ["PATCH", path, { title: "Talk" }], status: 200 },
  SetWorkingHours: { of: () => "/api/user/working_hours/", other: (path) => ["PUT", path, hours("08:00")], request: (path) => ["PUT", path, hours("10:00")], status: 200 },
  SetBookingPage: { of: bookingPage, other: (path) => ["PUT", path, page("Another")], request: (path) => ["PUT", path, page("A title")], status: 200 },
  WithdrawBookingPage: { of: bookingPage, other: (path) => ["PUT", path, page("Another")], request: (path) => ["DELETE", path], status: 204 },
  ChangeOffer: { of: offer, other: (path) => ["PATCH", path, { location: "Room 5" }], request: (path) => ["PATCH", path, { title: "Talk" }], status: 200 },
  RemoveOffer: { of: offer, other: (path) => ["PATCH", path, { location: "Room 5" }], request: (path) => ["DELETE", path], status: 204 },
  ChangeMe: { of: () => "/accounts/me/", other: (path) => ["PATCH", path, { first_name: `Zoe ${++count}` }], request: (path) => ["PATCH", path, { last_name: `Orlov ${++count}` }], status: 200 },
};

const ask = ([method, path, json], headers) => service.ask(method, path, { as, json, headers });
/// What there is at a path, without what a look at it changes.
async function look(path) {
  const { status, json, headers, text } = await service.ask("GET", path, { as });
  assert.equal(status, 200, text);
  const tag = headers.get("etag");
  assert.match(tag, /^"\d+"$/, `GET ${path} says its version`);
  return { tag, json };
}

test("each route that takes If-Match is tried here", () => {
  assert.deepEqual(Object.keys(ROWS).sort(), conditional().sort());
});

for (const [name, { of, other, request, status }] of Object.entries(ROWS)) {
  test(`${name}: a change of what is not there any more is refused with what there is, and nothing happens`, async () => {
    const path = await of();
    const before = await look(path);
    const wanted = await request(path);
    assert.ok((await ask(other(path))).status < 300);
    const now = await look(path);
    assert.notEqual(now.tag, before.tag);
    const refused = await ask(wanted, { "If-Match": before.tag });
    assert.equal(refused.status, 412, refused.text);
    assert.equal(refused.headers.get("etag"), now.tag);
    assert.deepEqual(refused.json, now.json);
    assert.deepEqual(await look(path), now);
    // What names it, in whatever way, is done. One's own of two tags counts, too.
    const done = await ask(wanted, { "If-Match": `W/${before.tag}, W/${now.tag}` });
    assert.equal(done.status, status, done.text);
    if (status === 200) assert.notEqual(done.headers.get("etag"), now.tag);
  });
}

test("a star is any version", async () => {
  assert.equal((await ask(["PATCH", "/accounts/me/", { first_name: "Zo" }], { "If-Match": "*" })).status, 200);
  const path = await offer();
  assert.equal((await ask(["DELETE", path], { "If-Match": "*" })).status, 204);
});

test("whoever may not change something does not learn by If-Match what there is", async () => {
  const stranger = (method, path, json) => service.ask(method, path, { as: "st", json, headers: { "If-Match": '"4000000000"' } });
  const path = await proposal();
  for (const [method, where, json] of [["DELETE", path], ["DELETE", `${path}parties/p2/`], ["POST", `${path}fix/`, { slot: SLOTS[0] }], ["DELETE", await agreed()], ["DELETE", (await calendar()).replace("details/", "")], ["DELETE", await offer()]]) {
    const { status, text } = await stranger(method, where, json);
    assert.ok([403, 404].includes(status), `${method} ${where}: ${status} ${text}`);
    assert.doesNotMatch(text, /example\.org|Review|title/);
  }
});

test("of two changes of one version at once, one is done", async () => {
  await bookingPage();
  for (let n = 0; n < 10; n++) {
    for (const [path, method, json] of [["/accounts/me/", "PATCH", (k) => ({ first_name: `Both ${n} ${k}` })], [PATH, "PUT", (k) => page(`Both ${n} ${k}`)]]) {
      const { tag } = await look(path);
      const answers = await Promise.all([1, 2, 3, 4].map((k) => ask([method, path, json(k)], { "If-Match": tag })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412], path);
      const [{ json: won }] = answers.filter(({ status }) => status === 200);
      assert.deepEqual((await look(path)).json, won);
    }
  }
});

test("the description says of these routes, and of no other, that they take If-Match and answer 412", () => {
  const { paths } = parse(readFileSync(join(ROOT, "assets/openapi.yaml"), "utf8"));
  const operations = Object.values(paths).flatMap((item) => Object.values(item).filter(({ operationId }) => operationId));
  const takes = operations.filter((one) => (one.parameters ?? []).some(({ name, $ref }) => name === "If-Match" || $ref?.endsWith("/ifMatch")));
  assert.deepEqual(takes.map((one) => one.operationId), operations.filter(({ responses }) => responses[412]).map((one) => one.operationId));
  // The calendar's details can be changed by two methods.
  assert.equal(takes.length, Object.keys(ROWS).length + 1);
});

test("whoever asks too often is told when to ask again, also as the draft of the rate limits' headers has it", async () => {
  const limited = await start({ env: undefined });
  try {
    let refused;
    for (let n = 0; n < 60 && refused?.status !== 429; n++) {
      refused = await limited.ask("POST", "/accounts/login/", { json: { username: "nobody-here", password: "wrong" } });
    }
    assert.equal(refused.status, 429, refused.text);
    assert.equal(refused.headers.get("retry-after"), "60");
    assert.equal(refused.headers.get("ratelimit"), '"default";r=0;t=60');
  } finally {
    await limited.close();
  }
});
