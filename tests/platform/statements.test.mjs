// What each route takes, exactly, so that none of it grows unseen: calls of D1 and of objects, their statements, and the rows
// that these write. Counted on a deployment, where nothing is there for development.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { SLOTS, propose, start, until } from "../support/harness.mjs";
import { partyLink } from "../support/agree.mjs";
import { at, calendarLink, chosen, createCalendar, date, named, respond, slot } from "../support/calendars.mjs";
import { cookies } from "../support/sessions.mjs";

/// The columns: calls of D1, statements, rows written; requests to objects, runs of their alarms, statements, rows written,
/// alarms set. Below a route, `+` is what the alarm of its object does because of it. If a change is meant, the new table is
/// what the test prints; docs/scale.md reckons with these numbers.
const TABLE = `
GET /{id}/?et=                       0   0   0   1   0   0   0   0
GET /{id}/?et= after eviction        0   0   0   1   0   2   0   0
GET /{id}/?et= first look            1   1   2   1   0   5   4   1
  +                                  0   0   0   0   1   0   0   0
GET /{id}/ by token                  1   1   0   1   0   0   0   0
GET /{id}/ by session                1   1   0   1   0   0   0   0
PATCH /{id}/?et=                     1   1   3   1   0   5   4   1
  +                                  0   0   0   0   1   0   0   1
PATCH /{id}/?et= that agrees         4  10  44   3   0  11   8   3
  +                                  0   0   0   0   1   0   0   0
GET /{id}/log/?et=                   0   0   0   1   0   1   0   0
POST /{id}/notify/ of four           2   3  16   1   0  10   9   1
  +                                  1   1   0   0   1   6   8   1
POST /                               2   3  12   1   0   6   6   1
  +                                  0   0   0   0   1   0   0   0
GET /                                1   2   0   0   0   0   0   0
GET /api/home/                       1   4   0   0   0   0   0   0
GET /new/                            1   7   0   0   0   0   0   0
GET /meetings/{id}/                  2   2   0   0   0   0   0   0
POST /{id}/accept/?et= once more     1   1   0   2   0   0   0   0
GET /feed/{token}.ics                1   3   0   0   0   0   0   0
GET /schedules/contacts/?search=     1   2   0   0   0   0   0   0
GET …/get_available_slots/           1   2   0   0   0   0   0   0
GET /api/user/freebusy/              1   2   0   0   0   0   0   0
POST /api/user/block_slots/          2   5   5   0   0   0   0   0
POST …/block_slots/ once more        1   2   0   0   0   0   0   0
DELETE /api/user/block_slots/        2   6   2   0   0   0   0   0
PUT /api/user/working_hours/         2   3   1   0   0   0   0   0
GET /schedules/home/                 1   3   0   0   0   0   0   0
POST /schedules/calendars/create/    3   7   9   1   0   7   7   1
  +                                  1   1   0   0   1   6   2   2
GET /schedules/…/details/            1   1   0   1   0   0   0   0
GET /schedules/…/respond/            0   0   0   1   0   0   0   0
POST /schedules/…/respond/           1   1   2   2   0   6   6   1
  +                                  1   1   0   0   1   6   2   2
POST /schedules/…/confirm/           5  10  18   4   0  17  13   3
  +                                  0   0   0   0   1   1   0   0
POST /api-token-auth/                2   3   3   0   0   0   0   0
  + mails of meetings                7  12  15   0   2   0   0   4
  + mails of meetings                5  10   6   0   2   0   0   4
cron, two days later                 7  12  14  16   0   0   0  16
`;
const COLUMNS = ["calls", "statements", "written", "hops", "runs", "objectStatements", "objectWritten", "alarmsSet"];
/// Printed, but not held to: how many rows a statement reads depends on where random ids happen to stand.
const READ = ["read", "objectRead"];
const TOKEN = "0123456789".repeat(4);

let service;
before(async () => {
  service = await start({
    vars: { DEV: "", MAIL_FROM: "Whittle <whittle@example.org>" },
    more: [{ config: { name: "mailer", main: "tests/support/fixtures/mailer.mjs", compatibility_date: "2026-11-01" } }],
    bindingOverrides: { MAIL: "mailer" },
  });
  await service.db.prepare("update accounts set demo = 0").run();
  const hash = createHash("sha256").update(TOKEN).digest("hex");
  const insert = "insert into tokens (hash, account, epoch, created_at, used_at) select ?1, id, epoch, ?2, ?2 from accounts where username = 'ob'";
  await service.db.prepare(insert).bind(hash, Date.now()).run();
});
after(() => service.close());

const read = async (command = "") => (await service.ask("GET", `/.counted/${command}`)).json;
const quiet = () => until("all alarms to have run", async () => (await read()).quiet, 60);
const minus = (counts, others = {}) => Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count - (others[name] ?? 0)]));
const PARTIES = ["bea@example.org", "cyd@example.org", "dan@example.org", "eve@example.org"];
const proposal = () => propose(service, { parties: PARTIES }, { as: undefined, token: TOKEN });
const look = (id, party) => service.ask("GET", `/${id}/`, { et: partyLink(id, party) });
const evicted = (id, kind = "ProposalObject") => read(`leave/${id}/`).then(() => service.worker.evictDurableObject(kind, { name: String(id) }));
/// The clock of a meeting as one that has promised nothing: what it remembers of other acts it need not write.
const asked = (meeting) => evicted(meeting % 16, "MailClock");
const keep = (id, party, slots) => service.ask("PATCH", `/${id}/`, { et: partyLink(id, party), json: { slots } });

test("each route takes what it took", async () => {
  // An object that is evicted would have to load itself again.
  await read("stay/");
  // Each route that writes has an object of its own, so that its alarm is known by the object's name.
  const [seen, first, narrow, last, notify] = [await proposal(), await proposal(), await proposal(), await proposal(), await proposal()].map(({ id }) => id);
  for (const id of [seen, narrow, last]) for (const party of [1, 2, 3, 4]) await look(id, party);
  await service.ask("GET", `/${seen}/`, { token: TOKEN });
  for (const party of [1, 2, 3]) await keep(last, party, SLOTS.slice(0, 1));
  const contact = { first_Name: "Bea", last_Name: "Bee", email: "bea@example.org" };
  const { status: added, json: { id: bea } } = await service.ask("POST", "/schedules/contacts/", { token: TOKEN, json: contact });
  assert.equal(added, 201);
  const day = date(20);
  const calendar = () => createCalendar(service, [bea], [slot(day, 540, 720)], {}, { token: TOKEN });
  const [open, answered, ...more] = [await calendar(), await calendar(), await calendar(), await calendar(), await calendar()].map(({ id }) => id);
  // One clock sends the mails of a shard's meetings: of two shards each is counted by itself.
  const finalized = more.find((id) => id % 16 !== last % 16);
  for (const id of [open, answered]) await service.ask("GET", at(id, "details/"), { token: TOKEN });
  await service.ask("GET", at(answered, `respond/${calendarLink(answered, 1)}/`));
  const { json: feed } = await service.ask("GET", "/feed/", { token: TOKEN });
  const json = { username: "ob", password: "p" };
  const signedIn = cookies(await service.ask("POST", "/api/user/login/", { json }));
  const headers = { Cookie: Object.entries(signedIn).map((pair) => pair.join("=")).join("; ") };
  await service.worker.scheduled();
  await quiet();
  for (const id of [seen, first, narrow, last, notify]) await service.ask("GET", `/${id}/log/`, { token: TOKEN });
  for (const id of [open, answered, finalized]) await service.ask("GET", at(id, "log/"), { token: TOKEN });

  const notice = { parties: PARTIES, slots: SLOTS };
  const blocks = { date: date(30), blocked_slots: [20] };
  const routes = [
    ["GET /{id}/?et=", 200, () => look(seen, 1)],
    ["GET /{id}/?et= after eviction", 200, () => evicted(seen).then(() => look(seen, 1))],
    ["GET /{id}/?et= first look", 200, () => look(first, 1), first],
    ["GET /{id}/ by token", 200, () => service.ask("GET", `/${seen}/`, { token: TOKEN })],
    ["GET /{id}/ by session", 200, () => service.ask("GET", `/${seen}/`, { headers })],
    ["PATCH /{id}/?et=", 202, () => keep(narrow, 1, SLOTS.slice(0, 2)), narrow],
    ["PATCH /{id}/?et= that agrees", 202, () => asked(last).then(() => keep(last, 4, SLOTS.slice(0, 1))), last],
    ["GET /{id}/log/?et=", 200, () => service.ask("GET", `/${seen}/log/`, { et: partyLink(seen, 1) })],
    ["POST /{id}/notify/ of four", 202, () => service.ask("POST", `/${notify}/notify/`, { token: TOKEN, json: notice }), notify],
    ["POST /", 201, proposal],
    ["GET /", 200, () => service.ask("GET", "/", { token: TOKEN })],
    ["GET /api/home/", 200, () => service.ask("GET", "/api/home/", { token: TOKEN })],
    ["GET /new/", 200, () => service.ask("GET", "/new/", { headers: { ...headers, Accept: "text/html" } })],
    ["GET /meetings/{id}/", 200, () => service.ask("GET", `/meetings/${last}/`, { token: TOKEN })],
    ["POST /{id}/accept/?et= once more", 202, () => service.ask("POST", `/${last}/accept/`, { et: partyLink(last, 1) })],
    ["GET /feed/{token}.ics", 200, () => service.ask("GET", new URL(feed.url).pathname)],
    ["GET /schedules/contacts/?search=", 200, () => service.ask("GET", "/schedules/contacts/?search=bea", { token: TOKEN })],
    ["GET …/get_available_slots/", 200, () => service.ask("GET", `/api/user/get_available_slots/?date=${day}`, { token: TOKEN })],
    ["GET /api/user/freebusy/", 200, () => service.ask("GET", "/api/user/freebusy/", { token: TOKEN })],
    ["POST /api/user/block_slots/", 200, () => service.ask("POST", "/api/user/block_slots/", { token: TOKEN, json: blocks })],
    ["POST …/block_slots/ once more", 200, () => service.ask("POST", "/api/user/block_slots/", { token: TOKEN, json: blocks })],
    ["DELETE /api/user/block_slots/", 200, () => service.ask("DELETE", "/api/user/block_slots/", { token: TOKEN, json: blocks })],
    ["PUT /api/user/working_hours/", 200, () => service.ask("PUT", "/api/user/working_hours/", { token: TOKEN, json: { weekly: [{ weekday: "monday", from: "09:00", to: "17:00" }] } })],
    ["GET /schedules/home/", 200, () => service.ask("GET", "/schedules/home/", { token: TOKEN })],
    ["POST /schedules/calendars/create/", 201, calendar],
    ["GET /schedules/…/details/", 200, () => service.ask("GET", at(open, "details/"), { token: TOKEN })],
    ["GET /schedules/…/respond/", 200, () => service.ask("GET", at(answered, `respond/${calendarLink(answered, 1)}/`))],
    ["POST /schedules/…/respond/", 200, () => respond(service, answered, calendarLink(answered, 1), [named(day, 540, 720)]), answered],
    ["POST /schedules/…/confirm/", 200, () => asked(finalized).then(() => service.ask("POST", at(finalized, "confirm/"), { token: TOKEN, json: { finalized_schedule: [chosen(bea, day, 540, 600)] } })), finalized],
    ["POST /api-token-auth/", 200, () => service.ask("POST", "/api-token-auth/", { json })],
  ];
  const taken = [];
  let { counts: counted } = await read("hold/");
  for (const [name, status, request, object] of routes) {
    const answer = await request();
    // `propose` gives the proposal, and has looked at the status.
    assert.equal(answer.status ?? 201, status, `${name}: ${answer.text}`);
    const { counts } = await read();
    taken.push({ name, counts: minus(counts, counted), object: String(object ?? answer.id) });
    counted = counts;
  }
  const { followed: earlier } = await read("release/");
  await quiet();
  const { followed } = await read();
  const since = (object) => minus(followed[object], earlier[object]);
  const lines = taken.flatMap((route) => [route, ...(route.object in followed ? [{ name: "  +", counts: since(route.object) }] : [])]);
  const clocks = Object.keys(followed).filter((object) => !taken.some((route) => route.object === object) && since(object).runs);
  clocks.sort((a, b) => since(b).written - since(a).written);
  for (const clock of clocks) lines.push({ name: "  + mails of meetings", counts: since(clock) });
  // The mails were counted for the budgets of a day.
  await service.db.prepare("update mail_counts set at = at - 3 * 86400000").run();
  const { counts: before } = await read("hold/");
  await service.worker.scheduled();
  lines.push({ name: "cron, two days later", counts: minus((await read("release/")).counts, before) });

  const table = (columns) => lines.map(({ name, counts }) => `${name.padEnd(34)}${columns.map((column) => String(counts[column]).padStart(4)).join("")}`).join("\n");
  console.log(`${table(COLUMNS)}\n\nrows read, of D1 and of objects\n${table(READ)}`);
  assert.deepEqual(table(COLUMNS).split("\n"), TABLE.trim().split("\n"));
});

/// Of bookings: calls of D1 and statements. Reading takes one call, booking and changing two, and a refusal one more: everything that
/// is judged is read at once, and everything that follows is written at once.
const BOOKINGS = `
GET /api/event/                      1   2
GET /api/event/{id}/                 1   2
GET /api/event/suggest/              1   2
POST /api/event/                     2   9
POST /api/event/ once more           2   4
POST /api/event/ refused             2   4
PATCH /api/event/{id}/ (time)        2  13
PATCH /api/event/{id}/ refused       2   4
PATCH /api/event/{id}/ (off)         2  11
`;

test("an event is listed in one trip, booked and changed in two, and a refusal takes one more at most", async () => {
  const slot = (hour) => `2031-05-05 ${String(hour).padStart(2, "0")}:00:00`;
  const event = (hour, title = "Review") => ({ title, time_slot: slot(hour), description: "", participants: ["zo@localhost"] });
  const send = (method, path, json) => service.ask(method, `/api/event/${path}`, { token: TOKEN, json });
  const first = await send("POST", "", event(8));
  assert.equal(first.status, 201, first.text);
  const { id } = first.json.response;
  await quiet();
  const routes = [
    ["GET /api/event/", 200, () => send("GET", "")],
    ["GET /api/event/{id}/", 200, () => send("GET", `${id}/`)],
    ["GET /api/event/suggest/", 200, () => send("GET", "suggest/?participants=zo@localhost&from=2031-05-05")],
    ["POST /api/event/", 201, () => send("POST", "", event(10))],
    ["POST /api/event/ once more", 200, () => send("POST", "", event(10))],
    ["POST /api/event/ refused", 409, () => send("POST", "", event(10, "Another"))],
    ["PATCH /api/event/{id}/ (time)", 200, () => send("PATCH", `${id}/`, { time_slot: slot(9) })],
    ["PATCH /api/event/{id}/ refused", 409, () => send("PATCH", `${id}/`, { time_slot: slot(10) })],
    ["PATCH /api/event/{id}/ (off)", 200, () => send("PATCH", `${id}/`, { status: "cancelled" })],
  ];
  const lines = [];
  let { counts: counted } = await read("hold/");
  for (const [name, status, request] of routes) {
    const answer = await request();
    assert.equal(answer.status, status, `${name}: ${answer.text}`);
    const { counts } = await read();
    const taken = minus(counts, counted);
    lines.push(`${name.padEnd(34)}${["calls", "statements"].map((column) => String(taken[column]).padStart(4)).join("")}`);
    counted = counts;
  }
  await read("release/");
  console.log(lines.join("\n"));
  assert.deepEqual(lines, BOOKINGS.trim().split("\n"));
});
