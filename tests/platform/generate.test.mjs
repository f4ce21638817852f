// Load data: as many proposals, calendars and bookings as asked, in all their states, and the same content from the same seed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, generate } from "../../scripts/generate.mjs";
import { plan } from "../../scripts/load_plan.mjs";
import { ROOT, start, until } from "../support/harness.mjs";

const from = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const ASKED = { seed: 7, proposals: 30, calendars: 12, bookings: 40, from };
const sum = (counts) => Object.values(counts).reduce((total, n) => total + n, 0);

let services;
/// What was said to be made on each of two servers.
let made;
before(async () => {
  services = await Promise.all([start({}), start({})]);
  made = await Promise.all(services.map(({ url }) => generate({ origin: url, ...ASKED })));
});
after(() => Promise.all(services.map((service) => service.close())));

/// The rows of the directory, which is some moments behind the objects; `name` is the first column.
async function states({ db }, sql) {
  const { results } = await db.prepare(sql).all();
  return Object.fromEntries(results.map(({ name, n }) => [name, n]));
}

/// What is on a server, as the accounts that own it see it, without what differs by nature: times of making and ids of contacts.
async function content(service) {
  const found = {};
  for (const { username } of plan(ASKED).accounts) {
    const read = async (path) => {
      const { status, json, text } = await service.ask("GET", path, { as: username, password: PASSWORD });
      assert.equal(status, 200, `${path}: ${text}`);
      return json;
    };
    const proposals = (await read("/")).map(({ id, title, parties, slots, state, location, description, timezone, visibility, answers }) =>
      ({ id, title, parties, slots, state, location, description, timezone, visibility, answers: answers?.map(({ party, state }) => [party, state]) }));
    const ids = plan(ASKED).calendars.filter(({ owner, outcome }) => plan(ASKED).accounts[owner].username === username && outcome !== "closed").map(({ id }) => id);
    const calendars = [];
    for (const id of ids) {
      const { Calendar, Owner_availability, Invitee_availability } = await read(`/schedules/calendars/${id}/details/`);
      const { name, deadline, state } = Calendar;
      calendars.push({ id, name, deadline, state, times: Owner_availability.slots, answers: Invitee_availability.map(({ contact, status, slots }) => [contact.email, status, slots]) });
    }
    found[username] = { proposals, calendars, page: await read(`/book/${username}/`) };
  }
  const sql = "select m.id, m.title, m.status, m.starts_at, k.awaits from meetings m join bookings k on k.meeting = m.id order by m.id";
  return { ...found, bookings: (await service.db.prepare(sql).all()).results };
}

test("as much is made as was asked for, in the states that were told", async () => {
  for (const [n, service] of services.entries()) {
    const { proposals, calendars, bookings, accounts } = made[n];
    assert.deepEqual([sum(proposals), sum(calendars), sum(bookings), accounts], [30, 12, 40, 4]);
    const p = (name) => proposals[name] ?? 0;
    const c = (name) => calendars[name] ?? 0;
    const b = (name) => bookings[name] ?? 0;
    const wanted = [
      { open: p("draft") + p("invited") + p("answered"), agreed: p("agreed") + p("fixed"), exhausted: p("exhausted"), closed: p("closed") },
      { open: c("invited") + c("some answered") + c("all answered"), finalized: c("finalised"), closed: c("closed") },
      { confirmed: b("confirmed") + b("approved"), held: b("waiting") + b("unconfirmed"), cancelled: b("cancelled") + b("declined") },
    ];
    for (const kinds of wanted) for (const [name, n] of Object.entries(kinds)) assert.ok(n > 0, `some are ${name}`);
    const tables = [
      "select state as name, count(*) as n from proposals group by state",
      "select state as name, count(*) as n from calendars group by state",
      "select m.status as name, count(*) as n from meetings m join bookings k on k.meeting = m.id group by m.status",
    ];
    const found = await until("the directory", async () => {
      const all = await Promise.all(tables.map((sql) => states(service, sql)));
      return all.every((one, n) => sum(one) === sum(wanted[n])) && all;
    });
    assert.deepEqual(found, wanted);
  }
});

test("the same seed gives the same content on two servers", async () => {
  assert.deepEqual({ ...made[0], seconds: 0 }, { ...made[1], seconds: 0 });
  const differs = async () => {
    const [one, two] = await Promise.all(services.map(content));
    const name = Object.keys(one).find((name) => JSON.stringify(one[name]) !== JSON.stringify(two[name]));
    return name && { name, one: JSON.stringify(one[name]).slice(0, 2_000), two: JSON.stringify(two[name]).slice(0, 2_000) };
  };
  // Directories are some moments behind.
  let difference;
  await until("equal directories", async () => !(difference = await differs())).catch(() => {});
  assert.equal(difference, undefined);
});

test("a seed draws all states, and another seed draws other content", () => {
  const many = { ...ASKED, proposals: 300, calendars: 300, bookings: 300 };
  const outcomes = (items) => [...new Set(items.map(({ outcome }) => outcome))].sort();
  const { proposals, calendars, bookings } = plan(many);
  assert.deepEqual(outcomes(proposals), ["agreed", "answered", "closed", "draft", "exhausted", "fixed", "invited"]);
  assert.deepEqual(outcomes(calendars), ["all answered", "closed", "finalised", "invited", "some answered"]);
  assert.deepEqual(outcomes(bookings), ["approved", "cancelled", "confirmed", "declined", "unconfirmed", "waiting"]);
  // Not deepEqual, which would take gigabytes to show how two plans differ.
  assert.ok(JSON.stringify(plan(many)) === JSON.stringify(plan(many)), "the same plan twice");
  const other = plan({ ...many, seed: 8 });
  const ids = new Set([...proposals, ...calendars, ...bookings].map(({ id }) => id));
  assert.equal(ids.size, 900);
  assert.ok([...other.proposals, ...other.calendars, ...other.bookings].every(({ id }) => !ids.has(id)));
  const places = bookings.map(({ owner, start }) => `${owner} ${start}`);
  assert.equal(new Set(places).size, 300, "no two bookings are in each other's way");
});

/// Runs the command; gives its status and what it said.
const command = (...args) =>
  new Promise((resolve) => {
    execFile("node", [join(ROOT, "scripts/generate.mjs"), ...args], (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });

test("the command says what it made and how fast, and refuses what it cannot do", async () => {
  const origin = services[0].url;
  const { code, stdout, stderr } = await command("--origin", origin, "--seed", "9", "--proposals", "2", "--calendars", "1", "--bookings", "0");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^2 proposals: .*\n1 calendars: .*\n0 bookings\n4 accounts own them: load-9-1 and so on, .*\n[\d.]+ s, [\d.]+ a second\n$/);
  const again = await command("--origin", origin, "--seed", "9", "--proposals", "1");
  assert.deepEqual([again.code, again.stdout], [1, ""]);
  assert.match(again.stderr, /^whittle: load-9-\d is there already: this server has data of this seed\. Choose another seed\.\n$/);
  assert.match((await command("--proposals", "many")).stderr, /^whittle: --proposals takes a whole number/);
  assert.match((await command("--origin", "http://127.0.0.1:9")).stderr, /start the server with `make dev`/);
});
