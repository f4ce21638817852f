// Who may do what with hours and events. Hours each account has of its own, and whom it may look up is said in
// tests/booking/hours.test.mjs; an event is its participants', and others find none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, LINKS, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";
import { sign } from "../support/links.mjs";

const HOURS = `
                                        yes  nobody  account  cookie
GET    /api/user/working_hours/         200  login   yes      yes
PUT    /api/user/working_hours/         200  login   yes      csrf
POST   /api/user/block_slots/           200  login   yes      csrf
DELETE /api/user/block_slots/           200  login   yes      csrf
GET    /api/user/get_available_slots/   200  login   yes      yes
GET    /api/user/freebusy/              200  login   yes      yes
`;

const BLOCKS = { date: "2040-04-25", blocked_slots: [10] };
const REQUESTS = {
  "GET /api/user/working_hours/": undefined,
  "PUT /api/user/working_hours/": { weekly: [] },
  "POST /api/user/block_slots/": BLOCKS,
  "DELETE /api/user/block_slots/": BLOCKS,
  "GET /api/user/get_available_slots/": undefined,
  "GET /api/user/freebusy/": undefined,
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => 9), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const cells = table(HOURS, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator-unverified", "staff", "creator", "creator-party"],
});

/// An event that `cr` has booked with zo; of "creator-party" and of "creator-unverified" as of any other `cr` alone counts.
const EVENTS = `
                                yes  nobody  unverified  stranger  party  creator  staff  cookie
GET    /api/event/              200  login   yes         yes       yes    yes      yes    yes
POST   /api/event/              201  login   forbidden   yes       yes    yes      yes    csrf
GET    /api/event/suggest/      200  login   forbidden   yes       yes    yes      yes    yes
GET    /api/event/{id}/         200  login   missing     missing   yes    yes      yes    yes
PUT    /api/event/{id}/         200  login   forbidden   missing   yes    yes      yes    csrf
PATCH  /api/event/{id}/         200  login   forbidden   missing   yes    yes      yes    csrf
PATCH  /api/event/{id}/ (off)   200  login   forbidden   missing   yes    yes      yes    csrf
`;
const BOTH = ["zo@localhost", "cr@localhost"];
const EVENT_REQUESTS = {
  "GET /api/event/": undefined,
  "POST /api/event/": { title: "Review", description: "", participants: [] },
  "GET /api/event/suggest/": undefined,
  "GET /api/event/{id}/": undefined,
  "PUT /api/event/{id}/": { title: "Other", description: "x", participants: BOTH, status: "active" },
  "PATCH /api/event/{id}/": { title: "Another" },
  "PATCH /api/event/{id}/ (off)": { status: "cancelled" },
};
const ofEvents = table(EVENTS, CALLERS, {
  nobody: ["nobody", ...LINKS],
  unverified: ["unverified", "creator-unverified"],
  creator: ["creator", "creator-party"],
});

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

test("no cell is missing: every route of hours and events, every kind of caller", () => {
  whole([cells], Object.keys(REQUESTS));
  whole([ofEvents], Object.keys(EVENT_REQUESTS));
});

test("an event is its participants', and nobody else's", async () => {
  let hour = 0;
  const next = () => new Date(Date.parse("2041-04-25T00:00:00Z") + 3_600_000 * ++hour).toISOString();
  const booked = async () => {
    const time_slot = next();
    const json = { title: "Review", time_slot, description: "", participants: ["zo@localhost"] };
    const answer = await service.ask("POST", "/api/event/", { as: "cr", json });
    assert.equal(answer.status, 201, answer.text);
    return { id: answer.json.response.id, time_slot };
  };
  const shared = await booked();
  const answers = await judge(ofEvents, async (cell) => {
    const wants = EVENT_REQUESTS[cell.ask];
    const event = changes(cell) && cell.path.includes("{id}") ? await booked() : shared;
    const time = wants?.participants && { time_slot: cell.method === "POST" ? next() : event.time_slot };
    const members = wants && { ...wants, ...time };
    return send(service, { ...cell, path: cell.path.replace("{id}", event.id), members }, cell.come(event.id, tokens));
  });
  const kept = await service.ask("GET", `/api/event/${shared.id}/`, { as: "cr" });
  assert.deepEqual([kept.json.version, kept.json.title], [1, "Review"], "who may not has changed nothing");
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
});

test("each caller gets the status that it is due, and nobody touches another's hours", async () => {
  const add = ["update accounts set hours = '{\"weekly\":null,\"exceptions\":[]}' where id = 3", "insert into blocked_days (id, account, day, created_at, updated_at) values (77, 3, '2040-04-25', 0, 0)"];
  for (const sql of add) await service.db.prepare(sql).run();
  const row = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (3, ?1, ?1 + 3600000, ?1, ?1 + 3600000, 1, 0, 'block', 77)";
  await service.db.prepare(row).bind(Date.parse("2040-04-25T10:00Z")).run();
  const answers = await judge(cells, (cell) => {
    const query = cell.path.includes("available") ? "?date=2040-04-25" : "";
    return send(service, { ...cell, path: `${cell.path}${query}`, members: REQUESTS[cell.ask] }, cell.come(77, tokens));
  });
  const { results } = await service.db.prepare("select a.hours, b.starts_at, d.updated_at from accounts a join busy b on b.account = a.id join blocked_days d on d.account = a.id where a.id = 3").all();
  assert.deepEqual(results, [{ hours: '{"weekly":null,"exceptions":[]}', starts_at: Date.parse("2040-04-25T10:00Z"), updated_at: 0 }]);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
});
