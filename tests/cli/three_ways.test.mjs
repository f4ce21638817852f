// The same proposal, the same calendar and the same booking, driven to its end by the API, by pages and by the terminal client, leaves the same
// log. A booking has none: what it leaves is the meeting, and the mails to both sides.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { partyLink } from "../support/agree.mjs";
import { addContacts, asChosen, at, calendarLink, confirm, createCalendar, date, finalize, hours, named, respond, slot } from "../support/calendars.mjs";
import { client } from "../support/cli.mjs";
import { confirm as confirmed, hold, link, mailed, publish, starts } from "../support/guests.mjs";
import { ledger, start } from "../support/harness.mjs";
import { ROWS, invited, person } from "../support/proposing.mjs";
import { Reader } from "../support/reader.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ANA = "ana@example.org";
const BEA = "bea@example.org";
const SLOTS = [
  { begin: "2031-01-07T09:00:00Z", duration: "00:45:00" },
  { begin: "2031-01-08T22:30:00Z", duration: "01:00:00" },
];
const PARTIES = [{ email: "ob@localhost", name: "Ob Server" }, { email: ANA, name: "Lee, Ana" }, BEA];
const MORE = { title: "Kick-off", timezone: "Europe/Berlin", visibility: "names" };

/// What each way is: it makes the proposal and asks people, then each of two answers by the link of the own mail.
const WAYS = {
  async api() {
    const made = await service.ask("POST", "/", { as: "ob", json: { ...MORE, parties: PARTIES, slots: SLOTS } });
    assert.equal(made.status, 201, made.text);
    const { id, slots } = made.json;
    const asked = await service.ask("POST", `/${id}/notify/`, { as: "ob", json: { parties: [ANA, BEA], slots } });
    assert.equal(asked.status, 202, asked.text);
    const answer = async (party, slots) => {
      const et = partyLink(id, party);
      await service.ask("GET", `/${id}/`, { et });
      const answered = await service.ask("PATCH", `/${id}/`, { et, json: { slots } });
      assert.equal(answered.status, 202, answered.text);
    };
    await answer(2, SLOTS);
    await answer(3, SLOTS.slice(0, 1));
    return id;
  },
  async pages() {
    const ob = await person(service, "ob");
    const fields = { title: "Kick-off", name: "Ob Server", people: `"Lee, Ana" <${ANA}>\n${BEA}`, zone: "Europe/Berlin", ...ROWS };
    const sent = await (await (await ob.open()).press("preview", fields)).press("send");
    assert.equal(sent.status, 303, sent.words);
    const id = Number(/(\d+)\/$/.exec(sent.location)[1]);
    const answer = async (party, slots, ...then) => {
      const reader = await Reader.open(service, `/${id}/?et=${partyLink(id, party)}`);
      await reader.page(`/${id}/`);
      await reader.press("Keep the ticked times", { keep: slots.map(({ begin, duration }) => `${begin}|${duration}`) });
      for (const button of then) await reader.press(button);
      assert.ok(reader.html.status < 400, reader.words);
    };
    await answer(2, SLOTS);
    await answer(3, SLOTS.slice(0, 1), "Keep only this time");
    return id;
  },
  async whittle() {
    const done = async (whittle, ...args) => {
      const { code, json, err } = await whittle([...args, "--json"]);
      assert.equal(code, 0, `${args.join(" ")}: ${err}`);
      return json;
    };
    const ob = client(service, { as: "ob" });
    // What is typed is wall time of this client's zone.
    const slots = ["--slot", "2031-01-07T10:00 45m", "--slot", "2031-01-08T23:30 1h"];
    const { title, timezone, visibility } = MORE;
    const { id } = await done(ob, "create", ...slots, "--title", title, "--timezone", timezone, "--visibility", visibility, "--body", JSON.stringify({ parties: PARTIES }));
    await done(ob, "notify", String(id), ANA, BEA);
    const answer = async (party, ...keep) => {
      const link = `${service.url}/${id}/?et=${partyLink(id, party)}`;
      await done(client(service), "show", link);
      await done(client(service), "patch", link, ...keep);
    };
    await answer(2, "--keep", "1,2");
    await answer(3, "--keep", "1");
    return id;
  },
};

/// What is the same whichever way it came: no times, ids, hashes, salted commitments, ways, and nobody's looking.
function compared(value) {
  const VOLATILE = new Set(["id", "at", "time", "when", "seq", "sequence", "prev", "hash", "salt", "head", "via", "event", "proposal", "meeting"]);
  if (Array.isArray(value)) return value.map(compared);
  if (value === null || typeof value !== "object") return /^[0-9a-f]{64}$/.test(value) ? "(hash)" : value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !VOLATILE.has(name)).map(([name, inner]) => [name, compared(inner)]));
}

test("a proposal: the three logs are equal", async () => {
  const logs = {};
  const ledgers = {};
  const made = {};
  for (const [way, run] of Object.entries(WAYS)) {
    const id = await run();
    await invited(service, id, 2);
    const { json } = await service.ask("GET", `/${id}/log/`, { as: "ob" });
    logs[way] = compared(json.entries.filter(({ occurrence }) => occurrence !== "VIEW"));
    const lines = (await ledger(service, id)).trim().split("\n").map((line) => JSON.parse(line));
    ledgers[way] = compared(lines.filter(({ entry }) => entry?.kind !== "VIEW"));
    const shown = (await service.ask("GET", `/${id}/`, { as: "ob" })).json;
    made[way] = [shown.title, shown.state, shown.timezone, shown.visibility, shown.slots, shown.answers];
    assert.equal(shown.state, "agreed", way);
  }
  assert.equal(logs.api.length, 6, "create, two notified, two answers, the agreement");
  for (const way of ["pages", "whittle"]) {
    assert.deepEqual(made[way], made.api, way);
    assert.deepEqual(logs[way], logs.api, way);
    assert.deepEqual(ledgers[way], ledgers.api, way);
  }
});

const DAY = date(20);
const DEADLINE = hours(24 * 5);
/// A calendar of the same two people, made by the API each time. Its owner cannot be met twice at once, so each is two hours after the one before.
const calendar = async (invitees, which) => {
  const from = 540 + which * 120;
  const { id } = await createCalendar(service, invitees, [slot(DAY, from, from + 60)], { meeting_minutes: 30, step_minutes: 30, timezone: "UTC", deadline: DEADLINE });
  return { id, from };
};

/// Each of two people answers by the link of the own mail: the first can all the time, the second the second half. Then the first schedule is taken.
const CALENDAR_WAYS = {
  async api({ id, from }) {
    for (const [party, begin] of [[1, from], [2, from + 30]]) {
      const answered = await respond(service, id, calendarLink(id, party), [named(DAY, begin, from + 60)]);
      assert.equal(answered.status, 200, answered.text);
    }
    const [first] = (await confirm(service, id)).suggested_schedules;
    const done = await finalize(service, id, asChosen(first));
    assert.equal(done.status, 200, done.text);
  },
  async pages({ id }) {
    for (const [party, rows] of [[1, [0, 1]], [2, [1]]]) {
      const reader = await Reader.open(service, at(id, `respond/${calendarLink(id, party)}/`));
      await reader.page(at(id, "respond/"));
      const names = [...new Set([...reader.html.text.matchAll(/name="(at [^"]+)"/g)].map(([, name]) => name))].sort();
      assert.equal(names.length, 2, reader.words);
      await reader.press("Send these times", Object.fromEntries(names.map((name, n) => [name, rows.includes(n) ? "3" : "0"])));
      assert.ok(reader.html.status < 400, reader.words);
    }
    const owner = await Reader.signedIn(service, "zo", at(id, "confirm/"));
    // The begins that stand there are those of the first schedule.
    const begins = [...owner.html.text.matchAll(/<select name="(begin-\d+)".*?<\/select>/gs)].map(([select, name]) => [name, /value="([^"]*)" selected/.exec(select)[1]]);
    await owner.press("Finalise[^<]*", Object.fromEntries(begins));
    // The page asks whether it is meant.
    await owner.press("Finalise[^<]*");
    assert.equal(owner.html.status, 303, owner.words);
  },
  async whittle({ id, from }) {
    const clock = (minute) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
    for (const [party, begin] of [[1, from], [2, from + 30]]) {
      const link = `${service.url}${at(id, `respond/${calendarLink(id, party)}/`)}`;
      const { code, err } = await client(service)(["calendars", "answer", link, "--time", `${DAY} ${clock(begin)}-${clock(from + 60)} 3`]);
      assert.equal(code, 0, err);
    }
    const { code, err } = await client(service, { as: "zo" })(["calendars", "finalize", String(id), "--take", "1"]);
    assert.equal(code, 0, err);
  },
};

test("a calendar: the three logs are equal", async () => {
  const invitees = (await addContacts(service, 2)).map(({ id }) => id);
  const logs = {};
  for (const [n, [way, run]] of Object.entries(CALENDAR_WAYS).entries()) {
    const made = await calendar(invitees, n);
    await run(made);
    const { json, text } = await service.ask("GET", at(made.id, "log/"), { as: "zo" });
    assert.ok(json?.entries, text);
    const shifted = JSON.stringify(json.entries).replaceAll(new RegExp(`${DAY}T(\\d\\d)`, "g"), (_, hour) => `${DAY}T${String(hour - 2 * n).padStart(2, "0")}`);
    logs[way] = compared(JSON.parse(shifted).filter(({ occurrence }) => occurrence !== "VIEW"));
    const { json: details } = await service.ask("GET", at(made.id, "details/"), { as: "zo" });
    assert.equal(details.Calendar.finalized, true, way);
  }
  assert.ok(logs.api.length >= 4, "made, two answers, finalised");
  assert.deepEqual(logs.pages, logs.api);
  assert.deepEqual(logs.whittle, logs.api);
});

/// A guest holds a start, confirms it by the mailed link, and cancels it. Gives the meeting's id.
const BOOKING_WAYS = {
  async api(published, start, who) {
    const { status, json, text } = await hold(service, published, start, who);
    assert.equal(status, 201, text);
    assert.equal((await confirmed(service, json)).status, 200);
    assert.equal((await service.ask("DELETE", `/meetings/${json.meeting}/`, { et: link(json.meeting) })).status, 204);
    return json.meeting;
  },
  async pages(published, start, { name, email, zone }) {
    const guest = new Reader(service);
    await guest.page(`${published.path}?${new URLSearchParams({ start, zone })}`);
    await guest.press("Hold this time for me", { name, email });
    assert.equal(guest.html.status, 201, guest.words);
    const meeting = await held(email);
    const mailed = await Reader.open(service, `/meetings/${meeting}/?et=${link(meeting)}`);
    for (const act of ["confirm/", "?_method=DELETE"]) {
      await mailed.page(`/meetings/${meeting}/`);
      await mailed.press("[^<]*", {}, `/meetings/${meeting}/${act}`);
      assert.equal(mailed.html.status, 303, mailed.words);
    }
    return meeting;
  },
  async whittle(published, start, { name, email, zone }) {
    const done = async (...args) => {
      const { code, err } = await client(service)(args);
      assert.equal(code, 0, `${args.join(" ")}: ${err}`);
    };
    await done("book", "guest", "hold", published.name, published.offer.slug, start, "--name-of-guest", name, "--email", email, "--zone", zone);
    const meeting = await held(email);
    const mailed = `${service.url}/meetings/${meeting}/?et=${link(meeting)}`;
    await done("meetings", "confirm", mailed);
    await done("meetings", "cancel", mailed);
    return meeting;
  },
};
/// The meeting that waits for this guest.
const held = async (email) => {
  const row = await service.db.prepare("select m.id from meetings m join meeting_attendees a on a.meeting = m.id where a.address_key = ? and m.status = 'held'").bind(email).first();
  return row.id;
};

test("a booking: the three meetings and their mails are equal", async () => {
  const left = {};
  const who = { name: "Gus Guest", email: "gus@three.example", zone: "Europe/Berlin" };
  const published = await publish(service, "zo");
  const start = (await starts(service, published))[3];
  for (const [way, run] of Object.entries(BOOKING_WAYS)) {
    const meeting = await run(published, start, who);
    const mails = await Promise.all([[who.email, 3], ["zo@localhost", 2]].map(([to, count]) => mailed(service, { meeting }, to, count)));
    const { json: shown } = await service.ask("GET", `/meetings/${meeting}/`, { as: "zo" });
    // Links and identifiers of calendars are of the meeting; when a hold ends depends on the minute.
    const told = ({ to, subject, text }) => [to, subject, text.replaceAll(String(meeting), "(id)").replaceAll(/et=[\w.-]+|unsubscribe\/[\w.-]+/g, "(link)").replaceAll(/\d\d:\d\d, Europe/g, "(time)")];
    left[way] = [compared(JSON.parse(JSON.stringify(shown).replaceAll(String(meeting), "0"))), mails.map((some) => some.map(told))];
    assert.equal(shown.status, "cancelled", way);
  }
  assert.deepEqual(left.pages, left.api);
  assert.deepEqual(left.whittle, left.api);
});
