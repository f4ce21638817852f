// A proposal's agreement and what follows: the meeting, who may do what with it, and its mail.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, ledger, propose, start, tokenOf, until } from "../support/harness.mjs";
import { about, acts, agree, answer, mails, meeting, meetingLink, part, partyLink, read, recipients, span } from "../support/agree.mjs";
import { verify } from "../support/ledger.mjs";
import { sign } from "../support/links.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const fix = (id, slot, options = { as: "ob" }) => ask("POST", `/${id}/fix/`, { json: { slot }, ...options });
const show = async (id) => (await ask("GET", `/${id}/`, { as: "ob" })).json;
const move = (id, json, options = { as: "ob" }) => ask("PATCH", `/meetings/${id}/`, { json, ...options });
const HOUR = 3_600_000;
const PARTIES = ["bea@example.org", "cyd@example.org"];
const entries = async (id) => verify(await ledger(service, id));

test("one slot that every required party keeps is agreed by itself, and not before", async () => {
  const p = await propose(service, { slots: SLOTS.slice(0, 2) });
  assert.equal((await answer(service, p.id, "p1", SLOTS.slice(0, 1))).json.state, "open");
  assert.equal("meeting_url" in (await show(p.id)), false);
  assert.equal((await ask("GET", `/meetings/${p.id}/`, { as: "ob" })).status, 404);
  const last = await answer(service, p.id, "p2", SLOTS.slice(0, 1));
  assert.deepEqual([last.status, last.json.state, last.json.meeting_url], [202, "agreed", `${ORIGIN}/meetings/${p.id}/`]);
  const log = await entries(p.id);
  assert.deepEqual(acts(log), ["create", "answer", "answer", "agree"]);
  assert.deepEqual(log.at(-1).slots, p.slots.slice(0, 1));
  const again = await answer(service, p.id, "p2", []);
  assert.deepEqual([again.status, again.json], [409, { detail: "The time is agreed; answers are over." }]);
  for (const as of ["ob", "zo"]) {
    const listed = (await ask("GET", "/", { as })).json.find((one) => one.id === p.id);
    assert.equal(listed?.meeting_url, as === "ob" ? last.json.meeting_url : undefined);
  }
  const unlike = (await ask("GET", "/", { as: "ob" })).json.filter((one) => "meeting_url" in one !== (one.state === "agreed"));
  assert.deepEqual(unlike, [], "lists have a meeting's address where there is a meeting alone");
});

test("a creator who asks nobody else has an appointment at once", async () => {
  const p = await propose(service, { parties: ["ob@localhost"], slots: SLOTS.slice(0, 1) });
  assert.equal(p.state, "agreed");
  assert.equal((await meeting(service, p.id)).attendees[0].partstat, "accepted");
  assert.deepEqual(recipients(await mails(service, p.id)), ["ob@localhost"]);
});

test("an optional party's silence delays no agreement, and its refusal cuts nothing", async () => {
  const optional = (email) => ({ email, optional: true });
  const p = await propose(service, { parties: ["bea@example.org", optional("cyd@example.org"), optional("dan@example.org")], slots: SLOTS.slice(0, 1) });
  assert.deepEqual((await answer(service, p.id, "p2", [])).json.slots, p.slots);
  assert.equal((await answer(service, p.id, "p1", p.slots)).json.state, "agreed");
  const m = await meeting(service, p.id);
  const shown = m.attendees.map(({ attendee, optional, partstat }) => [attendee, optional, partstat]);
  assert.deepEqual(shown, [["p1", false, "accepted"], ["p2", true, "declined"], ["p3", true, "needs-action"]]);
});

test("fix is the creator's and staff's alone, once all required have answered, and for a slot that is offered", async () => {
  const p = await propose(service, { parties: ["zo@localhost", "bea@example.org"] }, { as: "zo" });
  const [one, two, three] = p.slots;
  for (const as of ["st", "un"]) assert.equal((await ask("POST", `/${p.id}/fix/`, { as, json: {} })).status, 403, "not even a body's faults are told");
  assert.equal((await fix(p.id, one, {})).status, 401);
  for (const caller of [{ as: "st" }, { as: "un" }, { et: partyLink(p.id, 1) }, { et: partyLink(p.id, 2) }]) {
    assert.equal((await fix(p.id, one, caller)).status, 403, JSON.stringify(caller));
  }
  const early = await fix(p.id, one, { as: "zo" });
  assert.deepEqual([early.status, early.json], [409, { detail: "Somebody required has not answered, and the deadline has not passed." }]);
  await answer(service, p.id, "p2", [one, two]);
  for (const [slot, label] of [
    [three, "cut by somebody"],
    [{ begin: one.begin, duration: "00:30:00" }, "a part of a slot"],
    [{ begin: "2031-01-01T00:00:00Z", duration: 60 }, "never offered"],
  ]) {
    const { status, json } = await fix(p.id, slot, { as: "zo" });
    assert.equal(status, 400, label);
    assert.deepEqual(Object.keys(json), ["slot"]);
    assert.match(json.slot[0], /^20\d\d-.* is not offered\.$/);
    assert.equal(json.slot[1], `Offered now: ${one.begin} ${one.duration}, ${two.begin} ${two.duration}`, "the offer is named");
  }
  for (const [body, fault] of [
    [{}, { slot: ["This field is required."] }],
    [{ slot: { begin: "soon", duration: 0 } }, { slot: { begin: [/wrong format/], duration: [/greater than zero/] } }],
  ]) {
    const { status, json } = await ask("POST", `/${p.id}/fix/`, { as: "zo", json: body });
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(json.slot), Object.keys(fault.slot));
  }
  assert.deepEqual(acts(await entries(p.id)), ["create", "answer", "answered"], "refusals leave nothing");
  // The same instant in other words, fixed by staff.
  const fixed = await fix(p.id, { begin: "2030-01-08T10:00:00+01:00", duration: 3600 });
  assert.deepEqual([fixed.status, fixed.json.state, fixed.json.slots], [202, "agreed", [two]]);
  const again = await fix(p.id, two, { as: "zo" });
  assert.deepEqual([again.status, again.json], [409, { detail: "The time is agreed; answers are over." }]);
  const m = await meeting(service, p.id);
  assert.deepEqual(span(m), span(two));
  assert.deepEqual(m.attendees.map(({ partstat }) => partstat), ["accepted", "accepted"]);
});

test("after the deadline the creator may fix, whoever has not answered; on nothing or closed there is nothing to fix", async () => {
  const deadline = new Date(Date.now() + HOUR).toISOString();
  const p = await propose(service, { deadline });
  await answer(service, p.id, "p1", SLOTS.slice(0, 2));
  assert.equal((await fix(p.id, SLOTS[0])).status, 409);
  const fixed = await fix(p.id, SLOTS[0], { as: "ob", dev: `offset=${2 * HOUR}` });
  assert.deepEqual([fixed.status, fixed.json.state], [202, "agreed"]);
  const m = await meeting(service, p.id);
  assert.deepEqual(m.attendees.map(({ partstat }) => partstat), ["accepted", "needs-action"]);

  const q = await propose(service);
  await answer(service, q.id, "p1", []);
  assert.deepEqual([(await show(q.id)).state, (await fix(q.id, SLOTS[0])).status], ["exhausted", 409]);
  await ask("DELETE", `/${q.id}/`, { as: "ob" });
  assert.equal((await fix(q.id, SLOTS[0])).status, 410);
  assert.equal((await ask("GET", `/meetings/${q.id}/`, { as: "ob" })).status, 404, "nothing was agreed");
});

test("the meeting is shown whole to whom it concerns, with its version as ETag", async () => {
  const parties = [{ email: "zo@localhost", name: "Zo" }, { email: "bea@example.org", optional: true }, "Cyd@Example.org"];
  const p = await agree(service, { title: "Lunch", parties, timezone: "Europe/Berlin" });
  const { status, json, headers } = await ask("GET", `/meetings/${p.id}/`, { as: "ob" });
  assert.deepEqual([status, headers.get("ETag"), headers.get("Cache-Control")], [200, '"1"', "private, no-store"]);
  const wanted = {
    id: p.id,
    url: `${ORIGIN}/meetings/${p.id}/`,
    title: "Lunch",
    location: "",
    description: "",
    begin: SLOTS[0].begin,
    duration: "01:00:00",
    timezone: "Europe/Berlin",
    status: "confirmed",
    sequence: 0,
    uid: json.uid,
    version: 1,
    organiser: { email: "ob@localhost", name: null },
    you: null,
    attendees: [
      { attendee: "p1", email: "zo@localhost", name: "Zo", optional: false, partstat: "accepted" },
      { attendee: "p2", email: "bea@example.org", name: null, optional: true, partstat: "needs-action" },
      { attendee: "p3", email: "Cyd@Example.org", name: null, optional: false, partstat: "accepted" },
    ],
    source: { kind: "proposal", id: p.id, url: `${ORIGIN}/${p.id}/` },
  };
  assert.equal(JSON.stringify(json), JSON.stringify(wanted));
  for (const [caller, you] of [[{ as: "zo" }, "p1"], [{ et: meetingLink(p.id, 2) }, "p2"], [{ et: meetingLink(p.id, 0) }, null]]) {
    const seen = await ask("GET", `/meetings/${p.id}`, caller);
    assert.deepEqual([seen.status, seen.json], [200, { ...wanted, you }], JSON.stringify(caller));
  }
});

test("everybody, the organiser too, gets one invitation with one UID and a link of its own", async () => {
  for (const [parties, wanted] of [
    [PARTIES, ["bea@example.org", "cyd@example.org", "ob@localhost"]],
    [["OB@localhost", ...PARTIES], ["OB@localhost", "bea@example.org", "cyd@example.org"]],
  ]) {
    const p = await agree(service, { title: "Plan", parties, slots: SLOTS.slice(1, 2) });
    const all = await mails(service, p.id);
    assert.deepEqual(recipients(all), wanted);
    assert.ok(all.every(({ subject }) => subject === "Plan"));
    const parts = read(...all.map(part));
    const { uid } = await meeting(service, p.id);
    for (const { method, events } of parts) {
      assert.deepEqual([method, events.map((event) => [event.uid, event.sequence, event.status])], ["REQUEST", [[uid, 0, "CONFIRMED"]]]);
      assert.deepEqual([events[0].begin, events[0].end], [span(SLOTS[1]).begin, span(SLOTS[1]).end]);
    }
    const tokens = all.map(tokenOf);
    assert.equal(new Set(tokens).size, 3, "each has a link of its own");
    const exported = await ledger(service, p.id);
    const { head } = JSON.parse(exported.trim().split("\n").at(-1));
    for (const [n, mail] of all.entries()) {
      const seen = await ask("GET", `/meetings/${p.id}/`, { et: tokens[n] });
      assert.equal(seen.status, 200);
      const declined = await ask("POST", `/meetings/${p.id}/decline/`, { et: tokens[n] });
      const own = seen.json.attendees.find(({ email }) => email === mail.to[0]);
      assert.equal(declined.status, own ? 202 : 403, "the organiser's link is for looking");
      if (own) assert.equal(declined.json.attendees.find(({ attendee }) => attendee === own.attendee).partstat, "declined");
      assert.ok(mail.text.includes(`\n${ORIGIN}/meetings/${p.id}/?et=${tokens[n]}\n`), "alone on its line");
      const way = /^<(http:\/\/127\.0\.0\.1:8787\/unsubscribe\/([^/]+)\/)>$/.exec(mail.headers["List-Unsubscribe"]);
      assert.ok(way && mail.text.includes(way[1]));
      assert.equal(mail.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
      assert.equal((await ask("GET", `/unsubscribe/${way[2]}/`)).status, 200);
      assert.ok(mail.text.includes(`\nReceipt: ${head.hash} (`), "the receipt is the agreement's");
      assert.equal(mail.reply_to, mail.to[0].toLowerCase() === "ob@localhost" ? undefined : "ob@localhost");
    }
  }
});

test("a move tells everybody the new time, asks for all answers anew, and raises version and sequence", async () => {
  const p = await agree(service, { parties: ["zo@localhost", "bea@example.org"] });
  const first = await mails(service, p.id);
  const steps = [
    [{ begin: "2030-03-01T10:00:00Z" }, { begin: "2030-03-01T10:00:00Z", duration: "01:00:00" }],
    [{ duration: "00:30:00" }, { begin: "2030-03-01T10:00:00Z", duration: "00:30:00" }],
    [{ begin: "2030-03-02T12:00:00+02:00", duration: 5400 }, { begin: "2030-03-02T10:00:00Z", duration: "01:30:00" }],
  ];
  for (const [n, [body, wanted]] of steps.entries()) {
    const { status, json, headers } = await move(p.id, body);
    assert.deepEqual([status, json.begin, json.duration], [202, wanted.begin, wanted.duration]);
    assert.deepEqual([json.sequence, json.version, headers.get("ETag")], [n + 1, n + 2, `"${n + 2}"`]);
    assert.deepEqual(json.attendees.map(({ partstat }) => partstat), ["needs-action", "needs-action"]);
    const all = await mails(service, p.id);
    const last = all.slice(first.length + 3 * n);
    assert.deepEqual(recipients(last), ["bea@example.org", "ob@localhost", "zo@localhost"]);
    for (const mail of last) assert.equal(mail.subject, "cybes");
    for (const { method, events } of read(...last.map(part))) {
      const [{ uid, sequence, status, begin, end, attendees }] = events;
      assert.deepEqual([method, uid, sequence, status], ["REQUEST", json.uid, n + 1, "CONFIRMED"]);
      assert.deepEqual({ begin, end }, span(wanted));
      assert.deepEqual(attendees.map(({ partstat }) => partstat), ["NEEDS-ACTION", "NEEDS-ACTION"]);
    }
  }
  const same = await move(p.id, { begin: "2030-03-02T10:00:00Z" });
  assert.deepEqual([same.status, same.json.version, same.json.sequence], [202, 4, 3], "to where it is: no change");
  assert.equal((await mails(service, p.id)).length, first.length + 9, "and no mail");
});

test("a stale If-Match moves nothing and shows the meeting as it is", async () => {
  const p = await agree(service);
  await move(p.id, { begin: "2030-03-01T10:00:00Z" });
  for (const [header, status] of [['"1"', 412], ['"3"', 412], ["2", 412], ['W/"2"', 202], ['"1", "3"', 202], ["*", 202]]) {
    const begin = `2030-03-0${status === 412 ? 9 : 2 + ["W", '"', "*"].indexOf(header[0])}T10:00:00Z`;
    const answered = await move(p.id, { begin }, { as: "ob", headers: { "If-Match": header } });
    assert.equal(answered.status, status, header);
    assert.equal(answered.json.id, p.id);
    assert.equal(answered.headers.get("ETag"), `"${answered.json.version}"`);
    if (status === 412) assert.deepEqual([answered.json.version, answered.json.begin], [2, "2030-03-01T10:00:00Z"]);
  }
  assert.equal((await meeting(service, p.id)).version, 5);
});

test("what is no move is refused field by field, and changes nothing", async () => {
  const p = await agree(service);
  const before = await meeting(service, p.id);
  const wrong = /^Datetime has wrong format/;
  for (const [body, fault] of [
    [{}, ["No update data"]],
    [{ attendees: [] }, ["No update data"]],
    [{ title: " " }, { title: [/^This field may not be blank/] }],
    [{ begin: "soon" }, { begin: [wrong] }],
    [{ begin: null, duration: "x" }, { begin: [/null/], duration: [/^Duration has wrong format/] }],
    [{ duration: 0 }, { duration: [/^Ensure this value is greater than zero/] }],
    [{ duration: -60 }, { duration: [/./] }],
    [{ begin: "9999-12-30T21:30:00Z" }, { duration: [/ends after 9999-12-30T22:00:00Z/] }],
  ]) {
    const { status, json, text } = await move(p.id, body);
    assert.equal(status, 400, JSON.stringify(body));
    if (Array.isArray(fault)) {
      assert.deepEqual(json, fault);
      continue;
    }
    assert.deepEqual(Object.keys(json), Object.keys(fault), text);
    for (const [field, [words]] of Object.entries(fault)) assert.match(json[field][0], words);
  }
  assert.deepEqual(await meeting(service, p.id), before);
});

test("cancelling tells everybody once, however often it is asked for, and ends what can be done", async () => {
  const p = await agree(service, { parties: ["zo@localhost", "bea@example.org"] });
  const { uid } = await meeting(service, p.id);
  for (let n = 0; n < 2; n++) {
    const { status, text } = await ask("DELETE", `/meetings/${p.id}/`, { as: "ob" });
    assert.deepEqual([status, text], [204, ""]);
  }
  const m = await meeting(service, p.id);
  assert.deepEqual([m.status, m.sequence, m.version], ["cancelled", 1, 2]);
  const last = about(await mails(service, p.id), "is cancelled");
  assert.deepEqual(recipients(last), ["bea@example.org", "ob@localhost", "zo@localhost"]);
  assert.ok(last.every(({ subject }) => subject === "cybes"));
  for (const { method, events } of read(...last.map(part))) {
    assert.deepEqual([method, events.length, events[0].uid, events[0].sequence, events[0].status], ["CANCEL", 1, uid, 1, "CANCELLED"]);
    assert.deepEqual({ begin: events[0].begin, end: events[0].end }, span(m));
  }
  for (const [method, path, options] of [
    ["PATCH", "", { as: "ob", json: { begin: "2030-03-01T10:00:00Z" } }],
    ["POST", "decline/", { as: "zo" }],
    ["POST", "accept/", { et: meetingLink(p.id, 2) }],
  ]) {
    const { status, json } = await ask(method, `/meetings/${p.id}/${path}`, options);
    assert.deepEqual([status, json], [409, { detail: "This meeting is cancelled." }], method + path);
  }
  // The proposal stays agreed: moving and cancelling change the meeting alone.
  assert.equal((await show(p.id)).state, "agreed");
  assert.equal((await ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await until("the debt to be paid", () => service.rows(p.id, "select count(*) as n from tasks")[0].n === 0);
  assert.equal(about(await mails(service, p.id), "is cancelled").length, 3, "closing what is cancelled tells nobody again");
  assert.equal((await meeting(service, p.id)).version, 2);
});

test("closing an agreed proposal cancels its meeting as it is by then, moved or not", async () => {
  for (const moves of [0, 2]) {
    const p = await agree(service, { parties: ["zo@localhost", "bea@example.org"] });
    for (let n = 0; n < moves; n++) await move(p.id, { begin: `2030-04-0${n + 1}T10:00:00Z` });
    const before = await meeting(service, p.id);
    assert.equal((await ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
    for (const caller of [{ as: "ob" }, { as: "zo" }, { et: partyLink(p.id, 2) }]) {
      assert.equal((await ask("GET", `/${p.id}/`, caller)).status, 410);
    }
    assert.equal((await ask("GET", `/${p.id}/`, { as: "st" })).status, 403, "rights go before 410");
    const m = await until("the meeting to be cancelled", async () => {
      const { json } = await ask("GET", `/meetings/${p.id}/`, { as: "zo" });
      return json.status === "cancelled" && json;
    });
    assert.deepEqual([m.begin, m.sequence, m.version], [before.begin, moves + 1, moves + 2]);
    const all = await mails(service, p.id);
    const last = about(all, "is cancelled");
    assert.deepEqual(recipients(last), ["bea@example.org", "ob@localhost", "zo@localhost"]);
    assert.equal(all.length, 3 * (moves + 2), "and no other mail of its end");
    for (const { method, events } of read(...last.map(part))) {
      assert.deepEqual([method, events[0].uid, events[0].sequence], ["CANCEL", m.uid, moves + 1]);
      assert.deepEqual({ begin: events[0].begin, end: events[0].end }, span(before));
    }
    const { results } = await service.db.prepare("select message from dev_outbox where message like ?").bind(`%/${p.id}/%`).all();
    assert.equal(results.length, all.length, "nobody is told of the proposal's end beside");
  }
});

test("attendees decline and come after all, by link and by account; the organiser is told, never of an answer of its own", async () => {
  const p = await agree(service, { parties: [{ email: "ob@localhost", name: "Ob" }, { email: "zo@localhost", name: "Zo" }, "bea@example.org"] });
  const asked = (await mails(service, p.id)).length;
  const partstats = (m) => m.attendees.map(({ partstat }) => partstat);
  const steps = [
    ["decline", { as: "zo" }, ["accepted", "declined", "accepted"], "Zo cannot come: cybes"],
    ["decline", { et: meetingLink(p.id, 3) }, ["accepted", "declined", "declined"], "bea@example.org cannot come: cybes"],
    ["accept", { et: meetingLink(p.id, 2) }, ["accepted", "accepted", "declined"], "Zo will come: cybes"],
    ["decline", { as: "ob" }, ["declined", "accepted", "declined"], undefined],
    ["accept", { et: meetingLink(p.id, 1) }, ["accepted", "accepted", "declined"], undefined],
  ];
  let told = 0;
  for (const [n, [act, caller, wanted, words]] of steps.entries()) {
    // Twice is once.
    for (let times = 0; times < 2; times++) {
      const { status, json } = await ask("POST", `/meetings/${p.id}/${act}/`, caller);
      assert.deepEqual([status, partstats(json), json.version, json.sequence], [202, wanted, n + 2, 0], act);
    }
    told += words ? 1 : 0;
    const all = await mails(service, p.id);
    assert.equal(all.length, asked + told, `${act} ${JSON.stringify(caller)}`);
    if (!words) continue;
    const mail = all.at(-1);
    assert.deepEqual([mail.to, mail.attachments], [["ob@localhost"], undefined]);
    assert.ok(mail.text.startsWith(words), mail.text);
  }
});

test("outsiders find no meeting, and links of anything else open nothing", async () => {
  const p = await agree(service, { parties: ["un@localhost", "zo@localhost"] });
  const other = await agree(service);
  const routes = [
    ["GET", ""],
    ["PATCH", "", { json: { begin: "2030-03-01T10:00:00Z" } }],
    ["PATCH", "", { json: {} }],
    ["PATCH", "", { json: { begin: "soon" } }],
    ["DELETE", ""],
    ["POST", "decline/"],
    ["POST", "accept/"],
  ];
  const forged = `${meetingLink(p.id, 1).slice(0, -4)}AAAA`;
  const bad = {
    "a proposal's": partyLink(p.id, 1),
    "another meeting's": meetingLink(other.id, 1),
    "another generation's": meetingLink(p.id, 1, 1),
    "no attendee's": meetingLink(p.id, 3),
    "a feed's": sign({ purpose: "feed", code: 7, id: p.id, party: 1 }),
    "an unsubscriber's": sign({ purpose: "unsubscribe-meeting", code: 8, id: p.id, party: 1 }),
    forged,
    none: "",
  };
  const before = await meeting(service, p.id);
  for (const [method, path, options] of routes) {
    const at = (caller, id = p.id) => ask(method, `/meetings/${id}/${path}`, { ...options, ...caller });
    assert.equal((await at({})).status, 401, `${method} ${path}`);
    // A stranger, and one whose address is an attendee's and not verified.
    for (const as of ["st", "un"]) {
      const { status, json } = await at({ as });
      assert.deepEqual([status, json], [404, { detail: "Not found." }], `${as} ${method} ${path} ${JSON.stringify(options)}`);
    }
    for (const [what, et] of Object.entries(bad)) {
      const { status, json } = await at({ et });
      assert.deepEqual([status, json], [401, { detail: "Invalid link." }], `${what} ${method} ${path} ${JSON.stringify(options)}`);
    }
    // A meeting that is not: no account learns it, and no link of it is one.
    assert.equal((await at({ as: "ob" }, 12345)).status, 404);
    assert.equal((await at({ et: meetingLink(12345, 1) }, 12345)).status, 401);
  }
  const expired = await ask("GET", `/meetings/${p.id}/`, { et: sign({ purpose: "meeting", code: 2, id: p.id, party: 1, expires: 1_700_000_000 }) });
  assert.deepEqual([expired.status, expired.json], [401, { detail: "Token Expired", expires: "2023-11-14T22:13:20Z" }]);
  for (const [method, path] of [["GET", `/${p.id}/`], ["GET", `/${p.id}/log/`], ["GET", `/${p.id}/calendar.ics`], ["GET", "/"]]) {
    assert.equal((await ask(method, path, { et: meetingLink(p.id, 1) })).status, 401, `${path}: a meeting's link opens the meeting alone`);
  }
  assert.deepEqual(await meeting(service, p.id), before);
});

test("attendees look and answer, organiser and staff move and cancel; body faults come after rights", async () => {
  const p = await agree(service, { parties: ["zo@localhost", "bea@example.org"] }, { as: "st" });
  const change = { json: { begin: "2030-03-01T10:00:00Z" } };
  for (const caller of [{ as: "zo" }, { et: meetingLink(p.id, 1) }, { et: meetingLink(p.id, 0) }]) {
    const label = JSON.stringify(caller);
    assert.equal((await ask("GET", `/meetings/${p.id}/`, caller)).status, 200, label);
    for (const options of [change, { json: {} }, { json: { begin: "soon" } }]) {
      assert.equal((await ask("PATCH", `/meetings/${p.id}/`, { ...options, ...caller })).status, 403, label);
    }
    assert.equal((await ask("DELETE", `/meetings/${p.id}/`, caller)).status, 403, label);
  }
  // Who does not attend has nothing to decline.
  for (const as of ["st", "ob"]) for (const act of ["decline", "accept"]) {
    assert.equal((await ask("POST", `/meetings/${p.id}/${act}/`, { as })).status, 403, as);
  }
  assert.equal((await meeting(service, p.id)).version, 1, "nothing of that changed it");
  assert.equal((await ask("PATCH", `/meetings/${p.id}/`, { as: "st", json: {} })).status, 400);
  assert.equal((await move(p.id, change.json, { as: "st" })).status, 202, "the organiser");
  assert.equal((await move(p.id, { duration: 60 })).status, 202, "staff");
  assert.equal((await ask("DELETE", `/meetings/${p.id}/`, { as: "st" })).status, 204);
});

test("under names an attendee sees nobody's address but its own, nor who mails it", async () => {
  const parties = [{ email: "bea@example.org", name: "Bea" }, "cyd@example.org", "zo@localhost"];
  const p = await agree(service, { parties, visibility: "names" });
  const all = ["bea@example.org", "cyd@example.org", "zo@localhost", "ob@localhost"];
  const seenBy = async (caller) => (await ask("GET", `/meetings/${p.id}/`, caller)).text;
  await move(p.id, { duration: 60 });
  await ask("POST", `/meetings/${p.id}/decline/`, { as: "zo" });
  await ask("DELETE", `/meetings/${p.id}/`, { as: "ob" });
  for (const [caller, own] of [[{ et: meetingLink(p.id, 1) }, 0], [{ et: meetingLink(p.id, 2) }, 1], [{ as: "zo" }, 2]]) {
    const text = await seenBy(caller);
    assert.deepEqual(all.filter((address) => text.includes(address)), [all[own]]);
    assert.ok(text.includes("Bea"));
  }
  for (const caller of [{ as: "ob" }, { et: meetingLink(p.id, 0) }]) {
    const text = await seenBy(caller);
    assert.deepEqual(all.filter((address) => text.includes(address)), all);
  }
  const sent = await mails(service, p.id);
  assert.equal(sent.length, 4 * 3 + 1);
  for (const mail of sent) {
    if (mail.to[0] === "ob@localhost") continue;
    const whole = JSON.stringify({ ...mail, attachments: mail.attachments?.map(({ content }) => Buffer.from(content, "base64").toString().replaceAll("\r\n ", "")) });
    assert.deepEqual(all.filter((address) => whole.includes(address)), mail.to);
  }
});

test("a new title of an agreed proposal is its meeting's, and calendars hear of it", async () => {
  const p = await agree(service);
  const retitle = (title) => ask("PATCH", `/${p.id}/`, { as: "ob", json: { title } });
  assert.equal((await retitle("another title")).status, 202);
  const renamed = await until("the title", async () => {
    const now = await meeting(service, p.id);
    return now.title === "another title" && now;
  });
  assert.deepEqual([renamed.sequence, renamed.version, renamed.begin, renamed.status], [1, 2, p.slots[0].begin, "confirmed"]);
  const told = about(await mails(service, p.id), "The details of");
  assert.deepEqual(recipients(told), ["bea@example.org", "cyd@example.org", "ob@localhost"]);
  assert.ok(told.every(({ subject }) => subject === "another title"));
  for (const { method, events } of read(...told.map(part))) {
    assert.deepEqual([method, events[0].summary, events[0].sequence, events[0].uid], ["REQUEST", "another title", 1, renamed.uid]);
  }
  // The same title once more is no change.
  assert.equal((await retitle("another title")).status, 202);
  assert.equal((await meeting(service, p.id)).version, 2);
  // Of a meeting that does not take place nobody hears anything any more.
  assert.equal((await ask("DELETE", `/meetings/${p.id}/`, { as: "ob" })).status, 204);
  assert.equal((await retitle("a third title")).status, 202);
  assert.equal(about(await mails(service, p.id), "The details of").length, 3);
  assert.equal((await meeting(service, p.id)).title, "another title");
});
