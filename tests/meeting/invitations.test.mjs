// What calendars get: the parts of mails, a proposal's calendar.ics and the feed of an account, as the real Worker serves
// them and as two independent parsers read them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LONG, ORIGIN, SLOTS, propose, start, tokenOf } from "../support/harness.mjs";
import { agree, answer, mails, meeting, meetingLink, part, partyLink, read, span } from "../support/agree.mjs";
import { sign } from "../support/links.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const ok = async (...args) => {
  const answered = await ask(...args);
  assert.ok(answered.status < 300, `${args[0]} ${args[1]}: ${answered.status} ${answered.text}`);
  return answered;
};
const move = (id, json) => ok("PATCH", `/meetings/${id}/`, { as: "ob", json });
const calendar = (id, caller) => ask("GET", `/${id}/calendar.ics`, caller);

/// The path of an account's feed.
async function feedOf(as, method = "GET") {
  const { json } = await ok(method, "/feed/", { as });
  assert.deepEqual(Object.keys(json), ["url"]);
  assert.ok(json.url.startsWith(`${ORIGIN}/feed/`) && json.url.endsWith(".ics"), json.url);
  return json.url.slice(ORIGIN.length);
}

/// The events of a feed; `path` is `feedOf`'s.
async function feed(path) {
  const { headers, text } = await ok("GET", path);
  assert.equal(headers.get("Content-Type"), "text/calendar; charset=utf-8");
  assert.equal(headers.get("Cache-Control"), "private, no-store");
  const [{ method, events }] = read(text);
  assert.equal(method, "PUBLISH");
  return events;
}

/// Seconds at which a zone's offset changes in 2030, by Intl, which shares nothing with the Worker.
function changes(timeZone) {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const offset = (at) => format.formatToParts(at * 1000).find(({ type }) => type === "timeZoneName").value;
  const [from, to] = [Date.UTC(2030, 0, 1) / 1000, Date.UTC(2031, 0, 1) / 1000];
  const found = [];
  for (let at = from; at < to; at += 1800) if (offset(at) !== offset(at + 1800)) found.push(at + 1800);
  return found;
}

const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/// Zones and how often their offset changes in 2030: by half an hour, once by a whole day, and never.
const ZONES = [
  ["Australia/Lord_Howe", 2],
  ["Pacific/Apia", 0],
  ["UTC", 0],
];
/// More of these: quarter hours of offset, half hours, the ordinary.
const MORE_ZONES = [
  ["Asia/Kathmandu", 0],
  ["America/St_Johns", 2],
  ["Europe/Berlin", 2],
];

for (const [zone, many] of LONG ? [...ZONES, ...MORE_ZONES] : ZONES) {
  test(`mails, calendar.ics and feed tell the API's instants in ${zone}`, async () => {
    const found = changes(zone);
    assert.equal(found.length, many);
    // Across a change, just before it, at it, after it; where there is none, Samoa's lost day and the turns of the year.
    const around = (at) => [[at - 5400, 10_800], [at - 1, 1], [at, 1800], [at + 1800, 86_400]];
    const spans = found.length ? found.flatMap(around) : ["2011-12-30T09:30:00Z", "2030-03-31T00:30:00Z", "2030-10-27T00:30:00Z", "2030-12-31T23:30:00Z"].map((begin) => [Date.parse(begin) / 1000, 5400]);
    const slots = spans.map(([begin, duration]) => ({ begin: iso(begin), duration }));
    const p = await agree(service, { parties: ["zo@localhost"], timezone: zone, slots: slots.slice(0, 1), title: zone });
    const path = await feedOf("zo");
    const shown = [];
    const parts = [];
    for (const [n, slot] of slots.entries()) {
      if (n > 0) await move(p.id, slot);
      const m = (await ask("GET", `/meetings/${p.id}/`, { as: "zo" })).json;
      const [begin, duration] = spans[n];
      assert.deepEqual(span(m), { begin, end: begin + duration });
      shown.push(m);
      const served = await ok("GET", `/${p.id}/calendar.ics`, { as: "zo" });
      const { text } = await ok("GET", path);
      parts.push(served.text, text);
      if (n === 0) assert.equal(served.text.includes(`TZID:${zone}\r\n`), zone !== "UTC", "the zone is in the file");
    }
    for (const [n, { events }] of read(...parts).entries()) {
      const m = shown[n >> 1];
      const event = events.find(({ uid }) => uid === m.uid);
      assert.deepEqual({ begin: event.begin, end: event.end }, span(m), `${n % 2 ? "the feed" : "calendar.ics"}: ${m.begin}`);
    }
    const all = await mails(service, p.id);
    assert.equal(all.length, 2 * slots.length);
    const told = read(...all.map(part)).map(({ events: [event] }, n) => [all[n].to[0], event.sequence, event.begin, event.end]);
    const wanted = shown.flatMap((m) => ["ob@localhost", "zo@localhost"].map((to) => [to, m.sequence, span(m).begin, span(m).end]));
    assert.deepEqual(told.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)), wanted);
  });
}

test("titles and names with quotes, semicolons, commas, emoji and right-to-left come through whole", async () => {
  const words = [
    'a "quoted"; semicolon, comma: colon \\ backslash ^ caret',
    "👩‍👩‍👧‍👦🎉 Frühstück für alle — ".repeat(3).trim(),
    "פגישה עם דנה; מחר, \"בבוקר\"",
    "اجتماع؛ غدًا، مع 'نور'",
  ];
  // Parsers undo the escapes of TEXT in names as well, though parameters have none.
  for (const [n, title] of words.entries()) {
    const name = words[(n + 1) % words.length].replaceAll("\\", "/");
    const p = await agree(service, { title, parties: [{ email: "bea@example.org", name }, { email: "OB@localhost", name: title.replaceAll("\\", "/") }] });
    const all = await mails(service, p.id);
    assert.equal(all.length, 2);
    for (const { events: [event] } of read(...all.map(part))) {
      assert.equal(event.summary, title);
      assert.deepEqual(event.attendees.map(({ cn }) => cn), [name, title.replaceAll("\\", "/")]);
      assert.equal(event.organiser.cn, title.replaceAll("\\", "/"));
      assert.deepEqual(event.attendees.map(({ address }) => address), ["bea@example.org", "OB@localhost"]);
    }
    for (const mail of all) assert.equal(mail.subject, title);
    const [{ events: [event] }] = read((await ok("GET", `/${p.id}/calendar.ics`, { et: partyLink(p.id, 1) })).text);
    assert.equal(event.summary, title);
  }
});

test("a line break, a control character or an override in a title or a name is refused", async () => {
  for (const bad of ["a\nb", "a\rb", "a\r\nATTENDEE:mailto:x@y.z", "a\u0000b", "a\u2028b", "a\u202eb", "a\u2066b"]) {
    const fault = ["Control characters, line breaks and bidirectional overrides are not allowed."];
    const titled = await ask("POST", "/", { as: "ob", json: { title: bad, parties: ["bea@example.org"], slots: SLOTS } });
    assert.deepEqual([titled.status, titled.json], [400, { title: fault }], JSON.stringify(bad));
    const named = await ask("POST", "/", { as: "ob", json: { parties: [{ email: "bea@example.org", name: bad }], slots: SLOTS } });
    assert.deepEqual([named.status, named.json], [400, { parties: [{ name: fault }] }], JSON.stringify(bad));
  }
});

/// A calendar program, as far as RFC 5546 goes: an event is its UID, the highest SEQUENCE counts, CANCEL takes it out.
function calendarProgram(messages) {
  const events = new Map();
  for (const { method, events: [event] } of messages) {
    if ((events.get(event.uid)?.sequence ?? -1) <= event.sequence) events.set(event.uid, { ...event, gone: method === "CANCEL" });
  }
  return [...events.values()];
}

test("REQUEST, update and CANCEL are one event, in whatever order they arrive", async () => {
  const p = await agree(service, { parties: ["bea@example.org"] });
  const agreedAt = await meeting(service, p.id);
  await move(p.id, { begin: "2030-03-01T10:00:00Z" });
  await move(p.id, { duration: "02:00:00" });
  const movedTo = await meeting(service, p.id);
  const program = async () => {
    const all = (await mails(service, p.id)).filter(({ to: [to] }) => to === "bea@example.org");
    const messages = read(...all.map(part));
    for (const [n, { method }] of messages.entries()) {
      assert.equal(all[n].attachments[0].content_type, `text/calendar; charset=utf-8; method=${method}`);
    }
    return messages;
  };
  const before = await program();
  assert.deepEqual(before.map(({ method, events: [{ sequence, begin }] }) => [method, sequence, begin]).sort(), [
    ["REQUEST", 0, span(agreedAt).begin],
    ["REQUEST", 1, span(movedTo).begin],
    ["REQUEST", 2, span(movedTo).begin],
  ]);
  for (const messages of [before, [...before].reverse()]) {
    const [event, ...others] = calendarProgram(messages);
    assert.deepEqual([others, event.gone, { begin: event.begin, end: event.end }], [[], false, span(movedTo)]);
  }
  await ok("DELETE", `/meetings/${p.id}/`, { as: "ob" });
  const whole = await program();
  assert.deepEqual(whole.map(({ method, events: [{ sequence }] }) => [sequence, method]).sort(), [[0, "REQUEST"], [1, "REQUEST"], [2, "REQUEST"], [3, "CANCEL"]]);
  for (const messages of [whole, [...whole].reverse(), [whole[2], whole[0], whole[3], whole[1]]]) {
    const [event, ...others] = calendarProgram(messages);
    assert.deepEqual([others.length, event.uid, event.gone], [0, agreedAt.uid, true]);
  }
  // What is fetched is the same event.
  const [served] = read((await ok("GET", `/${p.id}/calendar.ics`, { as: "ob" })).text);
  assert.deepEqual([served.method, served.events.map(({ uid, sequence, status }) => [uid, sequence, status])], ["PUBLISH", [[agreedAt.uid, 3, "CANCELLED"]]]);
});

test("calendar.ics is there from agreement to closing, for whom the proposal is", async () => {
  const p = await propose(service, { parties: ["zo@localhost", "bea@example.org"], slots: SLOTS.slice(0, 1) });
  const mine = [{ as: "ob" }, { as: "zo" }, { et: partyLink(p.id, 1) }, { et: partyLink(p.id, 2) }];
  const others = async () => {
    for (const [caller, status] of [
      [{}, 401],
      [{ as: "zo", password: "wrong" }, 401],
      [{ et: partyLink(p.id, 3) }, 401],
      [{ et: partyLink(p.id, 1, 1) }, 401],
      [{ et: partyLink(p.id + 1, 1) }, 401],
      [{ et: meetingLink(p.id, 1) }, 401],
      [{ et: `${partyLink(p.id, 1)}A` }, 401],
      [{ as: "st" }, 403],
      [{ as: "un" }, 403],
    ]) {
      const answered = await calendar(p.id, caller);
      assert.equal(answered.status, status, JSON.stringify(caller));
      assert.ok(!answered.text.includes("BEGIN"));
    }
  };
  await others();
  for (const caller of mine) {
    const { status, json } = await calendar(p.id, caller);
    assert.deepEqual([status, json], [404, { detail: "No time is agreed yet." }]);
  }
  for (const party of ["p1", "p2"]) await answer(service, p.id, party, p.slots);
  const { uid } = await meeting(service, p.id);
  for (const caller of mine) for (const accept of ["text/calendar", "*/*", "application/json"]) {
    const { status, headers, text } = await calendar(p.id, { ...caller, headers: { Accept: accept } });
    assert.deepEqual([status, headers.get("Content-Type")], [200, "text/calendar; charset=utf-8"]);
    assert.deepEqual(read(text)[0].events.map((event) => [event.uid, event.begin, event.attendees]), [[uid, span(SLOTS[0]).begin, []]]);
  }
  await others();
  await ok("DELETE", `/${p.id}/`, { as: "ob" });
  await others();
  for (const caller of mine) assert.equal((await calendar(p.id, caller)).status, 410);
  assert.equal((await calendar(424242, { as: "ob" })).status, 404);
});

test("under names no calendar part that a party gets has another's address, nor the organiser's", async () => {
  const addresses = ["bea@example.org", "cyd@example.org", "zo@localhost", "ob@localhost"];
  const parties = [{ email: addresses[0], name: "Bea" }, addresses[1], addresses[2], { email: addresses[3], name: "Ob" }];
  const p = await agree(service, { parties, visibility: "names", title: "Quiet" });
  await move(p.id, { duration: 60 });
  const known = (ics) => addresses.filter((address) => ics.replaceAll("\r\n ", "").includes(address));
  for (const [number, own] of [[1, 0], [2, 1], [3, 2], [4, 3]]) {
    const { text } = await ok("GET", `/${p.id}/calendar.ics`, { et: partyLink(p.id, number) });
    // In what is published there are no attendees; the organiser's own shows the organiser.
    assert.deepEqual(known(text), own === 3 ? ["ob@localhost"] : []);
    assert.deepEqual(read(text)[0].events.map(({ organiser }) => organiser.cn), ["Ob"]);
  }
  const { text } = await ok("GET", await feedOf("zo"));
  assert.deepEqual(known(text).filter((address) => address !== "ob@localhost"), [], "nor has the feed");
  const quiet = text.replaceAll("\r\n ", "").split("BEGIN:VEVENT").find((event) => event.includes("SUMMARY:Quiet"));
  assert.deepEqual(known(quiet), []);
  await ok("DELETE", `/meetings/${p.id}/`, { as: "ob" });
  const all = await mails(service, p.id);
  assert.equal(all.length, 12);
  for (const mail of all) {
    const ics = part(mail);
    const [{ events: [{ organiser, attendees }] }] = read(ics);
    if (mail.to[0] === "ob@localhost") {
      assert.deepEqual(attendees.map(({ address }) => address), addresses, "the organiser sees all");
      assert.equal(organiser.address, "ob@localhost");
      continue;
    }
    assert.deepEqual(known(ics), mail.to);
    assert.deepEqual(attendees.map(({ address }) => address), mail.to, "the recipient alone attends");
    assert.equal(organiser.cn, "Ob");
    assert.ok(mail.from.includes(`<${organiser.address}>`), "the service organises");
    assert.equal(mail.reply_to, undefined);
  }
});

test("the feed has an account's meetings, CONFIRMED, and what it still holds open, TENTATIVE", async () => {
  const path = await feedOf("st");
  assert.deepEqual(await feed(path), []);
  const own = await agree(service, { parties: ["st@localhost", "bea@example.org"], title: "Mine" });
  const called = await agree(service, { parties: ["bea@example.org"], title: "Called by me" }, { as: "st" });
  await agree(service, { parties: ["zo@localhost"], title: "Others" });
  const open = await propose(service, { parties: ["st@localhost", "bea@example.org"], title: "Held" });
  await propose(service, { parties: ["zo@localhost"], title: "Held by others" });
  const proposed = await propose(service, { parties: ["bea@example.org"], title: "Proposed by me" }, { as: "st" });
  const found = async () => (await feed(path)).map(({ summary, status, begin, end }) => ({ summary, status, begin, end })).sort((a, b) => a.summary.localeCompare(b.summary) || a.begin - b.begin);
  const confirmed = (summary) => ({ summary, status: "CONFIRMED", ...span(SLOTS[0]) });
  const held = (slot) => ({ summary: "Held", status: "TENTATIVE", ...span(slot) });
  assert.deepEqual(await found(), [confirmed("Called by me"), ...SLOTS.map(held), confirmed("Mine")]);
  assert.deepEqual((await feed(path)).filter(({ summary }) => summary === proposed.title), [], "who is not asked holds nothing");
  const uids = (await feed(path)).map(({ uid }) => uid);
  assert.equal(new Set(uids).size, uids.length);
  assert.ok(uids.includes((await meeting(service, own.id)).uid));

  await answer(service, open.id, "p2", SLOTS.slice(1));
  assert.deepEqual(await found(), [confirmed("Called by me"), ...SLOTS.slice(1).map(held), confirmed("Mine")], "what was cut is free again");
  const kept = (await feed(path)).filter(({ summary }) => summary === "Held").map(({ uid }) => uid);
  assert.ok(kept.every((uid) => uids.includes(uid)), "what is left is the event it was");
  await move(own.id, { begin: "2030-06-01T10:00:00Z" });
  const moved = { ...confirmed("Mine"), ...span({ begin: "2030-06-01T10:00:00Z", duration: "01:00:00" }) };
  assert.deepEqual(await found(), [confirmed("Called by me"), ...SLOTS.slice(1).map(held), moved]);
  await ok("DELETE", `/meetings/${own.id}/`, { as: "ob" });
  await ok("DELETE", `/${open.id}/`, { as: "ob" });
  assert.deepEqual(await found(), [confirmed("Called by me")], "what is cancelled or closed is gone");
  await ok("DELETE", `/${called.id}/`, { as: "st" });
  assert.deepEqual(await found(), []);

  // A held slot gives way to the meeting of the same time; of an exhausted one nothing is held.
  const next = await propose(service, { parties: ["st@localhost", "bea@example.org"], title: "Held", slots: SLOTS.slice(0, 2) });
  await answer(service, next.id, "p1", SLOTS.slice(0, 2));
  assert.equal((await answer(service, next.id, "p2", SLOTS.slice(1, 2))).json.state, "agreed");
  await meeting(service, next.id);
  assert.deepEqual(await found(), [{ ...held(SLOTS[1]), status: "CONFIRMED" }]);
  const none = await propose(service, { parties: ["st@localhost"], title: "None" });
  assert.equal((await answer(service, none.id, "p1", [])).json.state, "exhausted");
  assert.equal((await found()).length, 1);
});

test("the feed's link is for verified accounts, opens the feed alone, and a new one voids the old", async () => {
  for (const method of ["GET", "POST"]) {
    assert.equal((await ask(method, "/feed/")).status, 401);
    const { status, json } = await ask(method, "/feed/", { as: "un" });
    assert.deepEqual([status, json], [403, { detail: "Your address is not verified." }]);
  }
  const first = await feedOf("zo");
  assert.equal(await feedOf("zo"), first, "asking again changes nothing");
  const others = await feedOf("st");
  const rotated = await feedOf("zo", "POST");
  assert.notEqual(rotated, first);
  assert.equal(await feedOf("zo"), rotated);
  assert.equal(await feedOf("st"), others, "nobody else's is touched");
  const refusal = await ask("GET", first);
  assert.deepEqual([refusal.status, refusal.json], [401, { detail: "Invalid link." }]);
  assert.equal((await ask("GET", rotated)).status, 200);
  assert.equal((await ask("GET", others)).status, 200);

  const p = await agree(service, { parties: ["zo@localhost"] });
  await meeting(service, p.id);
  const token = /\/feed\/(.*)\.ics$/.exec(rotated)[1];
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/feed/"],
    ["POST", "/feed/"],
    ["GET", `/${p.id}/`],
    ["GET", `/${p.id}/log/`],
    ["GET", `/${p.id}/calendar.ics`],
    ["GET", `/meetings/${p.id}/`],
    ["POST", `/meetings/${p.id}/decline/`],
    ["DELETE", `/meetings/${p.id}/`],
    ["GET", "/2/"],
    ["GET", "/meetings/2/"],
  ]) {
    assert.equal((await ask(method, path, { et: token })).status, 401, `${method} ${path}`);
  }
  for (const method of ["GET", "POST"]) assert.equal((await ask(method, `/unsubscribe/${token}/`)).status, 401);

  const [mail] = await mails(service, p.id);
  const unsubscribe = /\/unsubscribe\/([^/]+)\/>/.exec(mail.headers["List-Unsubscribe"])[1];
  const last = token.at(-1) === "A" ? "B" : "A";
  for (const [what, bad] of Object.entries({
    "a mail's link": tokenOf(mail),
    "a mail's way out": unsubscribe,
    "a proposal's of that number": sign({ id: 2, party: 0 }),
    "a meeting's of that number": sign({ purpose: "meeting", code: 2, id: 2, party: 0 }),
    "another purpose's secret": sign({ purpose: "proposal", code: 7, id: 2, party: 0, generation: 1 }),
    "a generation to come": sign({ purpose: "feed", code: 7, id: 2, party: 0, generation: 9 }),
    "an unverified account's": sign({ purpose: "feed", code: 7, id: 10, party: 0 }),
    "no account's": sign({ purpose: "feed", code: 7, id: 4711, party: 0 }),
    "another spelling": `${token.slice(0, -1)}${last}`,
    "a longer one": `${token}A`,
    nothing: "x",
  })) {
    assert.equal((await ask("GET", `/feed/${bad}.ics`)).status, 401, what);
  }
  assert.equal((await ask("GET", `/feed/${token}`)).status, 404);

  await service.db.prepare("update accounts set active = 0 where username = 'st'").run();
  assert.equal((await ask("GET", others)).status, 401, "an account that is shut has no feed");
  await service.db.prepare("update accounts set active = 1 where username = 'st'").run();
  assert.equal((await ask("GET", others)).status, 200);
});
