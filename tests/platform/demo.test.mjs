// The demo data that `make dev` loads: of all three systems, the same after a second run, and after a run that was cut off.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, start, until } from "../support/harness.mjs";

let service;
/// What the run said that went on after the one that was cut off.
let said;
before(async () => {
  service = await start({});
  await cutOff();
  said = await load();
});
after(() => service.close());

/// Runs the script to its end; gives what it said.
async function load() {
  const { said, ended } = run(service.url);
  assert.equal(await ended, 0, said.join(""));
  return said.join("");
}

function run(origin) {
  const child = spawn("node", [join(ROOT, "scripts/demo.mjs"), origin]);
  const said = [];
  for (const out of [child.stdout, child.stderr]) out.on("data", (text) => said.push(text));
  return { child, said, ended: new Promise((resolve) => child.on("close", resolve)) };
}

/// Kills a run that has made a calendar and offers, and can read no mail: so nothing of it is answered or confirmed.
async function cutOff() {
  const proxy = createServer((asked, answer) => {
    const { method, url, headers } = asked;
    if (url.startsWith("/outbox/")) return;
    asked.pipe(request(service.url + url, { method, headers }, (come) => come.pipe(answer.writeHead(come.statusCode, come.headers))));
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { child, ended } = run(`http://127.0.0.1:${proxy.address().port}`);
  await until("mails to all but parties of proposals", async () => {
    const to = (await service.outbox()).map((mail) => mail.to[0]);
    return ["vera@example.org", "milo@example.org", "tom@guests.example", "ines@guests.example"].every((one) => to.includes(one));
  });
  child.kill("SIGKILL");
  await ended;
  proxy.closeAllConnections();
  proxy.close();
}

const read = async (as, path) => {
  const { status, json, text } = await service.ask("GET", path, { as });
  assert.equal(status, 200, text);
  return json;
};
const calendar = () => read("mia", "/schedules/calendars/5/details/");
const answered = async () => (await calendar()).Invitee_availability.map(({ contact, status }) => [contact.email, status]).sort();

/// How much there is of what the demo loads.
async function counts() {
  const tables = ["proposals", "calendars", "contacts", "meetings", "bookings", "offers", "dev_outbox"];
  const sql = `select json_object(${tables.map((name) => `'${name}', (select count(*) from ${name})`).join()}) as json`;
  return JSON.parse((await service.db.prepare(sql).first()).json);
}
/// Eleven mails: two about a proposal, three about the calendar, three about each booking.
const ALL = { proposals: 4, calendars: 1, contacts: 3, meetings: 2, bookings: 2, offers: 2, dev_outbox: 11 };

test("a run that is cut off is gone on with by the next, which says where to begin", () => {
  for (const words of ["whittle is ready. Begin here:", "in the mail to lena@example.org", "in the mail to vera@example.org", "/book/kai-lund/", "sign in as zo, or as ob"]) {
    assert.ok(said.includes(words), `${words}: ${said}`);
  }
  assert.doesNotMatch(said, /et=|respond/, "no link in a log");
});

test("a calendar has two answers and waits for a third, and the invitee's mailed link opens it", async () => {
  assert.deepEqual(await answered(), [["leo@example.org", true], ["noa@example.org", true], ["vera@example.org", false]]);
  const { Calendar, Owner_availability, Invitee_availability } = await calendar();
  assert.deepEqual([Calendar.name, Calendar.finalized, Owner_availability.slots.length], ["Thesis talks", false, 2]);
  assert.deepEqual(Invitee_availability.map(({ slots }) => slots.length).sort(), [0, 1, 2]);
  const mail = (await service.outbox()).find(({ to }) => to[0] === "vera@example.org");
  const path = new URL(/^http\S+\/calendars\/5\/respond\/\S+$/m.exec(mail.text)[0]).pathname;
  assert.equal((await service.ask("GET", path)).status, 200);
});

test("a booking page has two offers, one booking that stands and one that waits for its owner", async () => {
  const { title, offers } = await read(undefined, "/book/kai-lund/");
  assert.deepEqual([title, offers.map(({ slug, minutes }) => [slug, minutes])], ["Kai Lund", [["first-talk", 30], ["visit", 60]]]);
  const own = await read("kai", "/api/user/offers/");
  assert.deepEqual(own.map(({ slug, approval }) => [slug, approval]), [["first-talk", false], ["visit", true]]);
  assert.equal((await read("kai", "/api/user/working_hours/")).weekly.length, 5);
  const [stands, waits] = await Promise.all(["/meetings/6/", "/meetings/7/"].map((path) => read("kai", path)));
  assert.deepEqual([stands.status, stands.booking.awaits, stands.booking.answers], ["confirmed", null, [{ question: "What is it about?", answer: "A new roof" }]]);
  assert.deepEqual([waits.status, waits.booking.awaits], ["held", "owner"]);
});

test("another run makes nothing twice, and brings nothing back that was changed", async () => {
  await until("all demo data, and its mail", async () => JSON.stringify(await counts()) === JSON.stringify(ALL));
  await load();
  assert.deepEqual(await counts(), ALL);
  assert.equal((await service.ask("DELETE", "/api/user/offers/visit/", { as: "kai" })).status, 204);
  assert.equal((await service.ask("DELETE", "/schedules/calendars/5/", { as: "mia" })).status, 204);
  await load();
  const { offers, contacts, meetings } = await counts();
  assert.deepEqual([offers, contacts, meetings], [1, 3, 2]);
  assert.equal((await service.ask("GET", "/schedules/calendars/5/details/", { as: "mia" })).status, 410);
});
