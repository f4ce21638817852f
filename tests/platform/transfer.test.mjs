// A whole deployment is moved to another: all three systems, with what waits to be sent. What it shows is the same there, its logs verify,
// its links lead on, its rules still hold, and nothing is sent twice. A move that is refused changes nothing, one that is cut off goes on.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { addContacts, at, createCalendar, date, named, respond, respondToken, slot } from "../support/calendars.mjs";
import { WHITTLE, home, run } from "../support/cli.mjs";
import { PASSWORD, generate } from "../../scripts/generate.mjs";
import { publish, starts } from "../support/guests.mjs";
import { LONG, ROOT, SLOTS, devServer, files, propose, query, tokenOf, until } from "../support/harness.mjs";
import { python } from "../support/verifiers.mjs";

const KEY = "the key of a deployment, 32 characters or more".replaceAll(" ", "-");
const LOAD = LONG ? { proposals: 1_000, calendars: 20, bookings: 60 } : { proposals: 60, calendars: 4, bookings: 10 };
const HOUR = 3_600_000;
/// As many as one can have: with some more their rows are more than a page has, and so are the characters of their mails.
const PARTIES = Array.from({ length: 40 }, (_, n) => `party${n}@example.org`);
/// Nobody listens there: mail stays where it is.
const NOWHERE = "MAIL_API_URL:http://127.0.0.1:9/\nMAIL_API_KEY:none";

const old = await devServer("transfer-old");
const young = await devServer("transfer-new");
after(async () => {
  await Promise.all([old.kill(), young.kill()]);
  // wrangler writes down the paths of requests, and those that verify the addresses of generated accounts have tokens.
  for (const { log } of [old, young]) rmSync(log, { force: true });
});
const folder = home();
const file = join(folder, "whittle.jsonl");

const again = (server, ...vars) => server.start(["scripts/dev.sh", "again"], { DEV_VARS: [`TRANSFER_KEY:${KEY}`, ...vars].join("\n") });
async function restart(server, ...vars) {
  await server.kill();
  await again(server, ...vars);
}
const env = (server, key = KEY) => ({ PATH: process.env.PATH, HOME: folder, TZ: "UTC", WHITTLE_HOST: server.origin, WHITTLE_TRANSFER_KEY: key, WHITTLE_TIMEOUT: "60" });
const move = (what, server, path = file, key) => run(["admin", what, path], env(server, key), "", 600);
const keyed = (server, path, { key = KEY, method = "GET", ...more } = {}) => server.ask(method, `/transfer${path}`, { headers: { Authorization: `Bearer ${key}` }, ...more });
const database = (server) => files(server.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
const sql = (server, text) => query(database(server), text).map((row) => ({ ...row }));
const sent = (server, words) => sql(server, "select message from dev_outbox order by seq").map(({ message }) => JSON.parse(message)).filter(({ subject, text }) => `${subject}\n${text}`.includes(words));

/// What the old deployment has that is looked at later.
const made = {};
const ids = { proposals: [], calendars: [] };
/// Everybody with an account and their passwords.
let people;
let logs;
let shown;

/// What accounts see of it, wherever it is.
async function look(server) {
  const seen = {};
  const pages = ["/?limit=50", "/api/home/", "/schedules/home/", "/schedules/contacts/", "/api/event/?future=false", `/api/user/busy/?from=${date(0)}T00:00:00Z&to=${date(40)}T00:00:00Z`, "/api/user/offers/", "/api/user/booking_page/", "/accounts/me/"];
  for (const { as, password } of people) {
    for (let next of password === "p" ? pages : pages.slice(0, 3)) {
      // All pages of a list: each leads to the next.
      while (next) {
        const { status, text, headers } = await server.ask("GET", next, { as, password });
        assert.equal(status, 200, `${as} ${next} ${text}`);
        seen[`${as} ${next}`] = text.replaceAll(server.origin, "ORIGIN");
        next = /<([^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1].replace(server.origin, "");
      }
    }
  }
  seen.calendar = (await server.ask("GET", at(made.calendar, "details/"), { as: "zo" })).text.replaceAll(server.origin, "ORIGIN");
  return seen;
}

/// The logs of staff, and of all proposals and calendars, as staff sees them.
async function exported(server) {
  const paths = ["/admin/ledger/?format=jsonl", ...ids.proposals.map((id) => `/${id}/log/?format=jsonl`), ...ids.calendars.map((id) => at(id, "log/?format=jsonl"))];
  const texts = [];
  for (const path of paths) {
    const { status, text } = await server.ask("GET", path, { as: "ob" });
    assert.equal(status, 200, `${path} ${text}`);
    texts.push(text);
  }
  return texts;
}

const mail = (server, to, words) => until(`a mail to ${to}`, async () => (await server.outbox()).find((one) => one.to.includes(to) && one.text.includes(words)));

/// Fills the old deployment: proposals in every state, a calendar with an answer, a booking page with bookings, meetings and events.
async function fill() {
  const slots = [0, 1].map((n) => ({ begin: `${date(n + 20)}T09:00:00Z`, duration: "01:00:00" }));
  const { seconds } = await generate({ origin: old.origin, seed: 17, ...LOAD });
  console.log(`generated in ${Math.round(seconds)} s`);
  const own = [];
  for (let n = 0; n < 4; n++) own.push((await propose(old, { title: `Number ${n} “Ünïcode” 'quoted'`, parties: PARTIES, slots }, { as: "ob" })).id);
  [made.closed, made.asked] = own;
  assert.equal((await old.ask("DELETE", `/${made.closed}/`, { as: "ob" })).status, 204);
  for (let n = 0; n < 2; n++) {
    const done = await old.ask("POST", "/admin/accounts/2/", { as: "ob", json: { act: "unlock", password: "p" } });
    assert.equal(done.status, 200, done.text);
  }
  const before = sql(old, "select count(*) as n from dev_outbox")[0].n;
  for (const id of own.slice(1)) {
    assert.equal((await old.ask("POST", `/${id}/notify/`, { as: "ob", json: { parties: PARTIES, slots } })).status, 202);
  }
  await until("the invitations", () => sql(old, "select count(*) as n from dev_outbox")[0].n >= before + 3 * PARTIES.length, 120);
  made.link = tokenOf(await mail(old, PARTIES[0], `/${made.asked}/?et=`));

  const [contact] = await addContacts(old, 1);
  const day = date(10);
  made.calendar = (await createCalendar(old, [contact.id], [slot(day, 540, 720)])).id;
  const token = respondToken(await mail(old, contact.email, `/schedules/calendars/${made.calendar}/`));
  assert.equal((await respond(old, made.calendar, token, [named(day, 540, 660)])).status, 200);
  made.invitation = token;

  made.page = await publish(old, "zo");
  const [first, , third] = await starts(old, made.page, { from: date(12), to: date(13) });
  [made.booked, made.held] = [first, third];
  for (const [start, name] of [[first, "gil"], [third, "gus"]]) {
    const { status, text, json } = await old.ask("POST", made.page.path, { json: { start, name, email: `${name}@example.org` }, headers: { "CF-Connecting-IP": "198.51.100.7" } });
    assert.equal(status, 201, text);
    made[name] = json.meeting;
  }
  made.confirm = tokenOf(await mail(old, "gil@example.org", `/meetings/${made.gil}/`));
  made.wait = tokenOf(await mail(old, "gus@example.org", `/meetings/${made.gus}/`));
  assert.equal((await old.ask("POST", `/meetings/${made.gil}/confirm/`, { et: made.confirm })).status, 200);

  const event = await old.ask("POST", "/api/event/", { as: "ob", json: { title: "Review", time_slot: `${date(14)} 10:00:00`, description: "", participants: ["zo@localhost"] } });
  assert.equal(event.status, 201, event.text);
  made.event = event.json.response.id;
  // Its reminders are sent: the clock of its mail is moved to some hours before it begins.
  const offset = Date.parse(`${date(14)}T10:00:00Z`) - Date.now() - 3 * HOUR;
  made.offset = `offset=${offset}`;
  const remind = await old.ask("PATCH", `/api/event/${made.event}/`, { as: "ob", json: { description: "Bring the figures." }, dev: made.offset });
  assert.equal(remind.status, 200, remind.text);
  await until("the reminders", () => sent(old, "Coming up on").length >= 2, 60);
}

before(async () => {
  await old.start();
  await fill();
  // Mail that is due and cannot be sent just now is moved, and sent there.
  await restart(old, NOWHERE);
  const slots = SLOTS.slice(0, 1);
  made.unsent = (await propose(old, { title: "Unsent", parties: ["ida@example.org"], slots }, { as: "ob" })).id;
  assert.equal((await old.ask("POST", `/${made.unsent}/notify/`, { as: "ob", json: { parties: ["ida@example.org"], slots } })).status, 202);
  const waits = await old.ask("PATCH", `/api/event/${made.event}/`, { as: "ob", json: { title: "Unsent review" }, dev: made.offset });
  assert.equal(waits.status, 200, waits.text);
  for (const kind of ["proposals", "calendars"]) ids[kind] = sql(old, `select id from ${kind} order by id`).map(({ id }) => id);
  assert.ok(ids.proposals.length > LOAD.proposals && ids.calendars.length > LOAD.calendars);
  people = sql(old, "select username as [as] from accounts where active = 1 order by id").map(({ as }) => ({ as, password: ["ob", "zo", "mia", "kai"].includes(as) ? "p" : PASSWORD }));
  await restart(old, "READ_ONLY:1");
  const wrangler = join(ROOT, "node_modules/.bin/wrangler");
  const migrated = spawnSync(wrangler, ["d1", "migrations", "apply", "DB", "--env", "dev", "--local", "--persist-to", young.state], { cwd: ROOT, env: { ...process.env, CI: "1" }, encoding: "utf8" });
  assert.equal(migrated.status, 0, migrated.stderr);
  await again(young, "READ_ONLY:import");
}, { timeout: LONG ? 1_800_000 : 600_000 });

test("every trigger that judges or completes a new row rests while rows come in", () => {
  const triggers = [...readFileSync(join(ROOT, "schema.sql"), "utf8").matchAll(/create trigger (\w+) (?:before|after) insert on [^]*?\bbegin\b/g)];
  assert.ok(triggers.length > 5);
  for (const [text, name] of triggers) assert.match(text, /not exists \(select 1 from importing where one = 1\)/, name);
});

test("a read-only deployment can be read, changes nothing, and says so", { timeout: 300_000 }, async () => {
  assert.ok(sql(old, "select count(*) as n from outbox")[0].n > 0, "mail of the directory waits, too");
  logs = await exported(old);
  shown = await look(old);
  for (const [method, path, options] of [["POST", "/", { as: "ob", json: {} }], ["DELETE", `/${made.asked}/`, { as: "ob" }], ["PATCH", `/${made.asked}/`, { et: made.link, json: {} }]]) {
    const { status, json, headers } = await old.ask(method, path, options);
    assert.deepEqual([status, headers.get("retry-after")], [503, "600"], `${method} ${path}`);
    assert.match(json.detail, /being moved/);
  }
  const page = await old.ask("POST", "/api-auth/login/", { body: "username=ob&password=p", headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html", Origin: old.origin } });
  assert.equal(page.status, 503);
  assert.match(page.text, /Nothing can be changed just now/);
  // A look at a proposal leaves its trace otherwise.
  assert.equal((await old.ask("GET", `/${made.asked}/`, { et: made.link })).status, 200);
  assert.deepEqual(await exported(old), logs);
  const { status, json } = await old.ask("GET", "/healthz");
  assert.deepEqual([status, json.status, json.read_only], [200, "ok", true]);
  assert.match((await old.ask("GET", "/healthz", { headers: { Accept: "text/html" } })).text, /is being moved/);
});

test("only the key opens it, and only what is there to be filled is filled", async () => {
  for (const options of [{}, { as: "ob" }, { headers: { Authorization: `Bearer ${KEY}x` } }, { headers: { Authorization: `Bearer ${KEY.slice(1)}` } }]) {
    for (const path of ["/transfer/", "/transfer/tables/accounts/", `/transfer/objects/proposals/${made.asked}/`]) {
      const { status, text } = await old.ask("GET", path, options);
      assert.equal(status, 401, path);
      assert.doesNotMatch(text, /argon2|localhost/);
    }
  }
  const wrong = await move("export", old, join(folder, "wrong.jsonl"), "x".repeat(40));
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /another TRANSFER_KEY/);
  assert.equal((await run(["admin", "export", file], { ...env(old), WHITTLE_TRANSFER_KEY: "" })).code, 2);
  const row = await keyed(old, "/tables/optouts/", { method: "POST", json: [["a@example.org", 1, 1]] });
  assert.equal(row.status, 409);
  const object = await keyed(old, `/objects/proposals/${made.asked}/`, { method: "PUT", json: { schema: [], tables: [] } });
  assert.equal(object.status, 409);
  for (const [path, status] of [["/tables/nothing/", 404], ["/tables/d1_migrations/", 404], ["/objects/nothing/7/", 404], ["/tables/accounts/?after=x", 400], ["/tables/accounts/?after=[1,2]", 400]]) {
    assert.equal((await keyed(old, path)).status, status, path);
  }
  for (const [method, path, json] of [["POST", "/tables/optouts/", [["a"]]], ["POST", "/tables/optouts/", {}], ["PUT", "/objects/proposals/7/", { schema: 1 }], ["PUT", "/objects/proposals/7/", null]]) {
    assert.equal((await keyed(young, path, { method, json })).status, 400, `${path} ${JSON.stringify(json)}`);
  }
});

test("what is exported is whole, and its owner's alone", { timeout: 300_000 }, async () => {
  const begun = Date.now();
  const { code, err, out } = await move("export", old);
  assert.equal(code, 0, err);
  assert.match(out, /has the whole deployment/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  console.log(`export: ${lines.length} lines, ${statSync(file).size} bytes, ${Date.now() - begun} ms`);
  const { tables } = lines[0];
  const more = (name, column) => sql(old, `select count(*) as rows, sum(length(${column})) as characters from ${name}`)[0];
  assert.ok(more("proposal_parties", "address_key").rows > 200 && more("dev_outbox", "message").characters > 500_000, "several pages");
  for (const { name, rows } of tables) {
    assert.equal(lines.filter(({ table }) => table === name).length, rows, name);
    assert.equal(rows, sql(old, `select count(*) as n from "${name}"`)[0].n, name);
  }
  const moved = (kind) => lines.filter(({ object }) => object === kind).map(({ id }) => id);
  for (const kind of ["proposals", "calendars"]) assert.deepEqual(moved(kind), ids[kind]);
  assert.ok(moved("proposals").includes(made.closed), "tombstones, too");
});

/// A file with other lines.
function changed(name, change) {
  const path = join(folder, name);
  writeFileSync(path, change(readFileSync(file, "utf8").trimEnd().split("\n")).map((line) => `${line}\n`).join(""));
  return path;
}
const ended = (lines) => [...lines.slice(0, -1), JSON.stringify({ end: lines.length - 1 })];

test("an import that is refused has written nothing", { timeout: 300_000 }, async () => {
  const empty = (await keyed(young, "/")).text;
  const cases = [
    [changed("cut", (lines) => lines.slice(0, -7)), /the end of the export is missing/],
    [changed("gap", (lines) => lines.toSpliced(5, 1)), /lines are missing/],
    [changed("odd", (lines) => ended(lines.toSpliced(5, 0, '{"row":1}'))), /line 6/],
    [changed("schema", ([first, ...lines]) => [first.replace(/"schema":"\d+/, '"schema":"0000'), ...lines]), /deploy the same release/],
    [changed("format", ([first, ...lines]) => [first.replace('"whittle":1', '"whittle":2'), ...lines]), /its format is 2/],
    [join(folder, "nothing"), /No such file/],
  ];
  for (const [path, words] of cases) {
    const { code, err } = await move("import", young, path);
    assert.equal(code, 2, `${path} ${err}`);
    assert.match(err, words);
  }
  const elsewhere = await move("import", old);
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.err, /READ_ONLY=import/);
  assert.equal((await keyed(young, "/")).text, empty);
});

test("an import that is killed is completed by the next, and is equal", { timeout: 600_000 }, async () => {
  const child = spawn(WHITTLE, ["admin", "import", file], { env: env(young), stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
    if (/objects: 0 written/.test(said)) child.kill("SIGKILL");
  });
  const [code, signal] = await new Promise((resolve) => child.on("close", (...ended) => resolve(ended)));
  assert.deepEqual([code, signal], [null, "SIGKILL"], said);
  // Objects that somebody has asked for remember that they store nothing.
  const found = () => young.ask("GET", `/${made.asked}/`, { et: made.link });
  assert.equal((await found()).status, 404);
  const begun = Date.now();
  const { code: done, out, err } = await move("import", young);
  console.log(`import: ${Date.now() - begun} ms`);
  assert.equal(done, 0, err);
  assert.match(out, /is equal to the export/);
  assert.equal((await found()).status, 200);
  const tables = ({ text }) => JSON.parse(text).tables;
  assert.deepEqual(tables(await keyed(young, "/")), tables(await keyed(old, "/")));
});

test("what has data of its own is not filled", { timeout: 300_000 }, async () => {
  const before = join(folder, "before.jsonl");
  assert.equal((await move("export", young, before)).code, 0);
  const { code, err } = await move("import", young, changed("less", (lines) => ended(lines.filter((line) => !line.includes('"table":"contacts"')))));
  assert.equal(code, 2);
  assert.match(err, /data of its own, in the table contacts/);
  const later = join(folder, "later.jsonl");
  assert.equal((await move("export", young, later)).code, 0);
  assert.equal(readFileSync(later, "utf8"), readFileSync(before, "utf8"));
  assert.equal(readFileSync(later, "utf8"), readFileSync(file, "utf8"), "export and import give the same again");
  // Another object of the same id is never overwritten.
  const one = (await keyed(young, `/objects/proposals/${made.asked}/`)).json;
  const other = structuredClone(one);
  other.tables.find(([name]) => name === "ledger")[1].pop();
  assert.equal((await keyed(young, `/objects/proposals/${made.asked}/`, { method: "PUT", json: other })).status, 409);
  assert.deepEqual((await keyed(young, `/objects/proposals/${made.asked}/`)).json, one);
});

test("everybody sees the same there, and all logs verify", { timeout: 300_000 }, async () => {
  assert.deepEqual(await look(young), shown);
  const there = await exported(young);
  assert.deepEqual(there, logs);
  const said = await python(there.map((text) => [text, [[0, 0, []]]]));
  assert.equal(said.length, 1 + ids.proposals.length + ids.calendars.length);
  assert.ok(said.every((words) => words === "ok"), said.find((words) => words !== "ok"));
});

test("nothing is sent while it is filled; once it is open, what waited is sent once", { timeout: 300_000 }, async () => {
  const before = sent(young, "").length;
  assert.equal(sent(young, `/${made.unsent}/`).length, 0);
  await restart(young);
  await until("the mail that waited", () => sent(young, `/${made.unsent}/`).length, 120);
  const cron = () => young.ask("GET", "/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*");
  assert.equal((await cron()).status, 200);
  // The clock of the event's mail is where it was there, some hours before it begins; what it has to send it sends before it tells of this.
  const told = await young.ask("PATCH", `/api/event/${made.event}/`, { as: "ob", json: { description: "And the plan.", location: "Room 5" }, dev: made.offset });
  assert.equal(told.status, 200, told.text);
  await until("what is told of the change", () => sql(young, "select count(*) as n from outbox")[0].n === 0);
  assert.equal(sent(young, "Coming up on").length, sent(old, "Coming up on").length, "a reminder is not sent twice");
  assert.equal(sent(young, `/${made.unsent}/`).length, 1);
  assert.ok(sent(young, "").length > before);
  for (const words of [`/${made.unsent}/`, "Unsent review"]) assert.equal(sent(old, words).length, 0, "and not there");
});

test("links of old mails lead on, and the rules hold", { timeout: 120_000 }, async () => {
  const slots = (await young.ask("GET", `/${made.asked}/`, { et: made.link })).json.slots;
  const answered = await young.ask("PATCH", `/${made.asked}/`, { et: made.link, json: { slots: slots.slice(0, 1) } });
  assert.equal(answered.status, 202, answered.text);
  assert.equal((await young.ask("GET", `/${made.closed}/`, { as: "ob" })).status, 410);
  assert.equal((await respond(young, made.calendar, made.invitation, [named(date(10), 600, 720)], { method: "PUT" })).status, 200);
  const confirmed = await young.ask("POST", `/meetings/${made.gus}/confirm/`, { et: made.wait });
  assert.equal(confirmed.status, 200, confirmed.text);
  for (const start of [made.booked, made.held]) {
    const { status } = await young.ask("POST", made.page.path, { json: { start, name: "Late", email: "late@example.org" }, headers: { "CF-Connecting-IP": "198.51.100.8" } });
    assert.equal(status, 409);
  }
  const overlapping = { title: "Other", time_slot: `${date(14)} 10:00:00`, description: "", participants: [] };
  assert.equal((await young.ask("POST", "/api/event/", { as: "ob", json: overlapping })).status, 409);
  // An address that is held is still held, and a new proposal finds its place.
  assert.equal((await propose(young, { title: "New" }, { as: "zo" })).title, "New");
});
