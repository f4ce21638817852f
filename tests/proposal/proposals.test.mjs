// Proposals over HTTP: what callers are told, and what their mistakes get them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, ledger, links, objectFiles, propose, query, start, until } from "../support/harness.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

test("a proposal is created with the original's keys in the original's order, then ours", async () => {
  const { status, json, headers } = await service.ask("POST", "/", {
    as: "ob",
    json: { title: "cybes", parties: ["ob@localhost", { email: "Bea@example.org", name: "Bea", optional: true }], slots: SLOTS },
  });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(json), [
    "id", "url", "log_url", "title", "parties", "slots", "notify_url", "state", "version", "location",
    "description", "deadline", "timezone", "min_duration", "visibility", "successor", "predecessor", "answers",
  ]);
  assert.ok(Number.isSafeInteger(json.id) && json.id > 0);
  assert.equal(json.url, `${ORIGIN}/${json.id}/`);
  assert.equal(headers.get("location"), json.url);
  assert.equal(headers.get("etag"), '"1"');
  assert.deepEqual(json.answers, [
    { party: "p1", email: "ob@localhost", name: null, optional: false, state: "kept", kept: 3, of: 3, note: null },
    { party: "p2", email: "Bea@example.org", name: "Bea", optional: true, state: "invited", kept: null, of: null, note: null },
  ]);
});

test("a title that is not given is five letters", async () => {
  const { json } = await service.ask("POST", "/", { as: "ob", json: { parties: ["a@b.c"], slots: SLOTS } });
  assert.match(json.title, /^[a-z]{5}$/);
});

test("all faults of a creation are told in one answer, and nothing is made", async () => {
  const before = (await service.ask("GET", "/", { as: "st" })).text;
  const datetime = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
  const required = ["This field is required."];
  const many = (n) => Array.from({ length: n }, (_, i) => ({ begin: `2030-01-01T00:00:${String(i).padStart(2, "0")}Z`, duration: 1 }));
  for (const [body, errors] of [
    [{}, { parties: required, slots: required }],
    [{ parties: [], slots: [] }, { parties: { non_field_errors: ["This list may not be empty."] }, slots: { non_field_errors: ["This list may not be empty."] } }],
    [{ parties: "a@b.c", slots: {} }, { parties: { non_field_errors: ['Expected a list of items but got type "str".'] }, slots: { non_field_errors: ['Expected a list of items but got type "dict".'] } }],
    [{ parties: [null], slots: SLOTS }, { parties: [["This field may not be null."]] }],
    [{ parties: ["a@b.c", "foo"], slots: SLOTS }, { parties: [[], ["Enter a valid email address."]] }],
    [{ parties: [{ email: "a@b.c", optional: true }], slots: SLOTS }, { parties: ["At least one party must be required."] }],
    [{ parties: ["a@b.c"], slots: [{ begin: "soon", duration: "x" }] }, { slots: [{ begin: [datetime], duration: ["Duration has wrong format. Use one of these formats instead: [DD] [HH:[MM:]]ss[.uuuuuu]."] }] }],
    [{ parties: ["a@b.c"], slots: [SLOTS[0], { begin: 5 }] }, { slots: [{}, { begin: [datetime], duration: required }] }],
    [{ parties: ["a@b.c"], slots: [{ ...SLOTS[0], duration: "-00:10" }] }, { slots: [{ duration: ["Ensure this value is greater than zero."] }] }],
    [{ parties: ["a@b.c"], slots: [7] }, { slots: [{ non_field_errors: ["Invalid data. Expected a dictionary, but got int."] }] }],
    [{ parties: ["a@b.c"], slots: many(31) }, { slots: { non_field_errors: ["Ensure this field has no more than 30 elements."] } }],
    [{ parties: Array.from({ length: 51 }, (_, i) => `p${i}@b.c`), slots: SLOTS }, { parties: { non_field_errors: ["Ensure this field has no more than 50 elements."] } }],
    [{ parties: ["a@b.c"], slots: SLOTS, title: " " }, { title: ["This field may not be blank."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, title: null }, { title: ["This field may not be null."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, title: "x".repeat(257) }, { title: ["Ensure this field has no more than 256 characters."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, title: "a\nb" }, { title: ["Control characters, line breaks and bidirectional overrides are not allowed."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, location: "x".repeat(256), description: "x".repeat(2001) }, { location: ["Ensure this field has no more than 255 characters."], description: ["Ensure this field has no more than 2000 characters."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, timezone: "Mars/Olympus" }, { timezone: ["Not a time zone of the IANA database."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, deadline: "2020-01-01" }, { deadline: ["The deadline must be in the future."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, min_duration: "02:00:00" }, { min_duration: ["A slot is shorter than this."] }],
    [{ parties: ["a@b.c"], slots: SLOTS, visibility: "secret" }, { visibility: ['Value is not a valid choice: "open" or "names".'] }],
  ]) {
    const { status, json } = await service.ask("POST", "/", { as: "st", json: body });
    assert.equal(status, 400, JSON.stringify(body));
    assert.deepEqual(json, errors);
  }
  assert.equal((await service.ask("GET", "/", { as: "st" })).text, before);
});

test("limits hold: 30 slots, 50 parties, 256 characters of a title, 255 of a location, 2,000 of a description are taken", async () => {
  const slots = Array.from({ length: 30 }, (_, i) => ({ begin: `2030-01-01T00:00:${i + 10}Z`, duration: 1 }));
  const parties = Array.from({ length: 50 }, (_, i) => `p${i}@b.c`);
  const { status, json } = await service.ask("POST", "/", { as: "ob", json: { parties, slots, title: "ä".repeat(256), location: "ä".repeat(255), description: "ä\n".repeat(1000) + "ä" } });
  assert.equal(status, 400, "one character too many");
  assert.deepEqual(json, { description: ["Ensure this field has no more than 2000 characters."] });
  const made = await service.ask("POST", "/", { as: "ob", json: { parties, slots, title: "ä".repeat(256), location: "ä".repeat(255), description: "ä\n".repeat(999) + "ää" } });
  assert.equal(made.status, 201);
  const of = ({ slots, parties, title, location, description }) => [slots, parties, title, location, description].map(({ length }) => length);
  assert.deepEqual(of(made.json), [30, 50, 256, 255, 2000]);
});

test("duplicates collapse and addresses are compared without regard to case", async () => {
  const p = await propose(service, { parties: ["Bea@example.org", "bea@EXAMPLE.org"], slots: [SLOTS[1], SLOTS[0], SLOTS[1]] });
  assert.deepEqual(p.parties, ["Bea@example.org"]);
  assert.deepEqual(p.slots, [SLOTS[0], SLOTS[1]]);
});

test("what is sent in the wrong shape gets the documented body, and nothing changes", async () => {
  const p = await propose(service);
  const path = `/${p.id}/`;
  const text = (body, type) => ({ as: "ob", body, headers: { "Content-Type": type } });
  for (const [method, where, options, status, body] of [
    ["PATCH", path, text("{", "application/json"), 400, /^{"detail":"JSON parse error - /],
    ["PATCH", path, text("[]", "application/json"), 400, /Invalid data\. Expected a dictionary, but got list\./],
    ["PATCH", path, text("slots", "text/plain"), 415, /Unsupported media type \\"text\/plain\\" in request\./],
    ["PATCH", path, text("\xff", "application/json"), 400, /JSON parse error/],
    ["PATCH", path, { as: "ob", json: {} }, 400, /^\["No update data"\]$/],
    ["PATCH", path, { as: "ob", json: { unknown: 1 } }, 400, /^\["No update data"\]$/],
    ["PATCH", path, text("slots=[]", "application/x-www-form-urlencoded"), 400, /^\["No update data"\]$/],
    ["PATCH", path, { as: "ob", json: { title: "x".repeat(70_000) } }, 413, /The body is larger than 65536 bytes\./],
    ["PATCH", path, { as: "ob", json: { parties: [] } }, 400, /This list may not be empty\./],
    ["PUT", path, { as: "ob", json: {} }, 405, /Method \\"PUT\\" not allowed\./],
    ["QUERY", path, { as: "ob" }, 405, /Method \\"QUERY\\" not allowed\./],
    ["GET", "/foo/", {}, 404, /^{"detail":"Not found\."}$/],
    ["GET", `${path}?format=xml`, { as: "ob" }, 404, /Not found\./],
    ["GET", path, { as: "ob", headers: { Accept: "image/png" } }, 406, /Could not satisfy the request Accept header\./],
    ["GET", path, { headers: { Authorization: "Basic %%%" } }, 401, /Invalid basic header\./],
  ]) {
    const answer = await service.ask(method, where, options);
    assert.equal(answer.status, status, `${method} ${where} ${JSON.stringify(options).slice(0, 80)}`);
    assert.match(answer.text, body);
  }
  const { headers } = await service.ask("PUT", path);
  assert.equal(headers.get("allow"), "GET, HEAD, PATCH, DELETE, OPTIONS");
  assert.equal((await ledger(service, p.id)).split('"entry"').length - 1, 1, "only the creation is in the log");
});

test("a path works with and without its slash, for every method, without a redirect", async () => {
  const p = await propose(service);
  for (const slash of ["", "/"]) {
    assert.equal((await service.ask("GET", `/${p.id}${slash}`, { as: "ob" })).status, 200);
    assert.equal((await service.ask("PATCH", `/${p.id}${slash}`, { as: "ob", json: { parties: ["x@y.z"] } })).status, 202);
    assert.equal((await service.ask("GET", `/${p.id}/log${slash}`, { as: "ob" })).status, 200);
    assert.equal((await service.ask("POST", `/${p.id}/notify${slash}`, { as: "ob", json: { parties: [], slots: p.slots } })).status, 202);
  }
});

test("narrowing is enforced: same, shorter and cut are taken, the rest is named and changes nothing", async () => {
  const p = await propose(service);
  const et = await links(service, p);
  const bea = et["bea@example.org"];
  const part = { begin: "2030-01-07T09:15:00Z", duration: "00:30:00" };
  const taken = await service.ask("PATCH", `/${p.id}/`, { et: bea, json: { slots: [part, SLOTS[1]], note: "not too early" } });
  assert.equal(taken.status, 202);
  assert.deepEqual(taken.json.slots, [{ begin: "2030-01-07T09:15:00Z", duration: "00:30:00" }, SLOTS[1]]);
  assert.deepEqual([taken.json.answers[0].state, taken.json.answers[0].kept, taken.json.answers[0].of, taken.json.answers[0].note], ["kept", 2, 3, "not too early"]);
  for (const slots of [[SLOTS[0]], [SLOTS[2]], [{ begin: "2030-01-08T08:59:59Z", duration: "00:30:00" }], [SLOTS[1], { begin: "2040-01-01", duration: 60 }]]) {
    for (const caller of [{ et: bea }, { et: et["cyd@example.org"] }, { as: "ob" }]) {
      const refused = await service.ask("PATCH", `/${p.id}/`, { ...caller, json: { slots } });
      assert.equal(refused.status, 400);
      assert.match(refused.json.slots[0], /does not lie within a slot that is offered/);
      assert.match(refused.json.slots.at(-1), /^Offered now: 2030-01-07T09:15:00Z 00:30:00, 2030-01-08T09:00:00Z 01:00:00$/);
    }
  }
  const now = await service.ask("GET", `/${p.id}/`, { as: "ob" });
  assert.equal(now.json.version, taken.json.version);
});

test("an optional party's answer is shown and cuts nothing", async () => {
  const p = await propose(service, { parties: ["bea@example.org", { email: "opt@example.org", optional: true }] });
  const et = await links(service, p);
  const { json } = await service.ask("PATCH", `/${p.id}/`, { et: et["opt@example.org"], json: { slots: [SLOTS[0]] } });
  assert.equal(json.slots.length, 3);
  assert.deepEqual([json.answers[1].state, json.answers[1].kept, json.answers[1].of], ["kept", 1, 3]);
});

test("one slot kept by all required is agreed, and answers are over; nothing left is exhausted", async () => {
  const p = await propose(service);
  const et = await links(service, p);
  const keep = (party, slots) => service.ask("PATCH", `/${p.id}/`, { et: et[party], json: { slots } });
  assert.equal((await keep("bea@example.org", [SLOTS[0]])).json.state, "open");
  const agreed = await keep("cyd@example.org", [SLOTS[0]]);
  assert.deepEqual([agreed.status, agreed.json.state], [202, "agreed"]);
  assert.equal((await keep("bea@example.org", [SLOTS[0]])).status, 409);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { title: "other" } })).status, 202, "no answer");
  const q = await propose(service);
  const none = await service.ask("PATCH", `/${q.id}/`, { et: (await links(service, q))["cyd@example.org"], json: { slots: [] } });
  assert.deepEqual([none.status, none.json.state, none.json.answers[1].state], [202, "exhausted", "none"]);
  assert.equal((await service.ask("PATCH", `/${q.id}/`, { as: "ob", json: { slots: [] } })).status, 409);
});

test("a stale If-Match is 412 with the proposal as it is; weak and strong tags are equal", async () => {
  const p = await propose(service);
  const patch = (tag, slots) => service.ask("PATCH", `/${p.id}/`, { as: "ob", headers: { "If-Match": tag }, json: { slots } });
  const stale = await patch('"0"', []);
  assert.deepEqual([stale.status, stale.json.version, stale.headers.get("etag")], [412, 1, '"1"']);
  assert.equal((await patch('W/"1"', SLOTS.slice(1))).status, 202);
  assert.equal((await patch('"1"', SLOTS.slice(1))).status, 412);
  assert.equal((await patch('"2"', SLOTS.slice(2))).status, 202);
  assert.equal((await patch("*", SLOTS.slice(2))).status, 202);
});

test("a deadline however far ahead is kept, and the clock is not upset by it", async () => {
  const p = await propose(service, { deadline: "9000-01-01T00:00:00Z" });
  const et = (await links(service, p))["bea@example.org"];
  assert.equal((await service.ask("GET", `/${p.id}/`, { et })).status, 200);
  assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { et })).status, 202);
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "ob" })).json.deadline, "9000-01-01T00:00:00Z");
});

test("a list of the largest proposals is a list still", async () => {
  const name = "\u{1f600}".repeat(120);
  const parties = Array.from({ length: 49 }, (_, n) => ({ email: `p${n}@${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(60)}.${"g".repeat(55)}.org`, name }));
  for (let n = 0; n < 51; n++) await propose(service, { title: "\u{1f600}".repeat(256), location: "\u{1f600}".repeat(255), description: "\u{1f600}\n".repeat(999), parties: ["big@example.org", ...parties] }, { as: "zo" });
  const list = await service.ask("GET", "/", { as: "zo" });
  assert.deepEqual([list.status, list.json.length], [200, 50]);
  assert.ok(list.text.length > 1_000_000, `${list.text.length}`);
});

test("the list shows who has opened as soon as the proposal does", async () => {
  const p = await propose(service);
  const et = (await links(service, p))["bea@example.org"];
  await service.ask("GET", `/${p.id}/`, { et });
  const row = (await service.ask("GET", "/", { as: "ob" })).json.find((one) => one.id === p.id);
  assert.deepEqual([row.answers[0].state, row.version], ["opened", 1]);
});

test("after the deadline answers are 409, until the creator extends it", async () => {
  const p = await propose(service, { deadline: new Date(Date.now() + 3_600_000).toISOString() });
  const et = (await links(service, p))["bea@example.org"];
  // From here on the object's clock shows two hours later.
  const late = await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS }, dev: "offset=7200000" });
  assert.equal(late.status, 409);
  const mail = await until("the deadline's mail", async () => (await service.outbox()).find((m) => m.subject.includes("deadline") && m.text.includes(`/${p.id}/`)));
  assert.deepEqual(mail.to, ["ob@localhost"]);
  const deadline = new Date(Date.now() + 90_000_000).toISOString();
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et, json: { deadline } })).status, 403);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline: "2020-01-01" } })).status, 400);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline } })).status, 202);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: SLOTS } })).status, 202);
});

test("a reminder reaches who was invited before it fell due, and nobody together with the invitation", async () => {
  const hours = (n) => new Date(Date.now() + n * 3_600_000).toISOString();
  const p = await propose(service, { deadline: hours(80), parties: ["early@example.org", "late@example.org"] });
  await links(service, p, ["early@example.org"]);
  const clock = (n) => service.ask("GET", `/${p.id}/`, { as: "ob", dev: `offset=${n * 3_600_000}` });
  const reminded = async () =>
    (await service.outbox()).filter((m) => m.subject.includes("waits") && m.text.includes(`/${p.id}/`)).map((m) => m.to[0]);
  await clock(9);
  await until("the first reminder", async () => (await reminded()).length === 1);
  await links(service, p, ["late@example.org"]);
  await clock(57);
  await until("the second reminders", async () => (await reminded()).length === 3);
  assert.deepEqual((await reminded()).sort(), ["early@example.org", "early@example.org", "late@example.org"]);
});

test("under names a party sees no other address: proposal, list, log, export, mail", async () => {
  const p = await propose(service, { visibility: "names", parties: ["zo@localhost", { email: "secret@example.org", name: "Sec" }, "hidden@example.org"] });
  const et = (await links(service, p, ["zo@localhost"]))["zo@localhost"];
  const [mail] = (await service.outbox()).filter((m) => m.text.includes(`/${p.id}/`));
  const seen = [mail.text, mail.html, mail.subject, mail.reply_to ?? ""];
  for (const caller of [{ et }, { as: "zo" }]) {
    seen.push((await service.ask("GET", `/${p.id}/`, caller)).text);
    seen.push((await service.ask("GET", `/${p.id}/log/`, caller)).text);
    seen.push((await service.ask("GET", `/${p.id}/log/?format=jsonl`, caller)).text);
  }
  const list = await service.ask("GET", "/", { as: "zo" });
  seen.push(list.text);
  assert.deepEqual(list.json.find((one) => one.id === p.id).parties, ["p1", "Sec", "p3"]);
  for (const text of seen) assert.doesNotMatch(text, /secret@|hidden@/);
  assert.match((await service.ask("GET", `/${p.id}/`, { as: "ob" })).text, /secret@/);
  const notified = await service.ask("POST", `/${p.id}/notify/`, { et, json: { parties: ["p2"], slots: p.slots } });
  assert.deepEqual([notified.status, notified.json.recipients], [202, ["p2"]]);
  assert.doesNotMatch(notified.text, /secret@|hidden@/);
  // What is shown can be sent back; whose address is among the parties is not to be found out by trying.
  const named = (party) => service.ask("POST", `/${p.id}/notify/`, { et, json: { parties: [party], slots: p.slots } });
  assert.deepEqual([(await named("Sec")).status, (await named("zo@localhost")).status], [202, 202]);
  const [member, nobody] = [await named("secret@example.org"), await named("nobody@example.org")];
  assert.deepEqual([member.status, nobody.status], [400, 400]);
  assert.equal(member.text.replace("secret", "nobody"), nobody.text);
});

test("notify names every fault at once, demands the very slots, and mails nobody about an act of his own", async () => {
  const p = await propose(service, { parties: ["ob@localhost", "bea@example.org"] });
  const notify = (json, options = { as: "ob" }) => service.ask("POST", `/${p.id}/notify/`, { ...options, json });
  const wrong = await notify({ parties: ["a@a.aa", "ub@localhost"], slots: SLOTS.slice(1), invitation: "maybe" });
  assert.deepEqual([wrong.status, wrong.json], [400, { invitation: ["Must be a valid boolean."] }]);
  const faults = await notify({ parties: ["a@a.aa", "ub@localhost"], slots: SLOTS.slice(1) });
  assert.deepEqual([faults.status, faults.json], [400, { parties: ["Not in event: a@a.aa ub@localhost"], slots: ["Mismatch with event"] }]);
  assert.deepEqual((await notify({})).json, { parties: ["This field is required."], slots: ["This field is required."] });
  for (const slots of [[...SLOTS, { begin: "2031-01-01", duration: 5 }], [SLOTS[0], SLOTS[0], SLOTS[0]]]) {
    assert.equal((await notify({ parties: ["bea@example.org"], slots })).status, 400);
  }
  assert.equal((await notify({ parties: ["bea@example.org"], slots: SLOTS, sender: "zo@localhost" })).status, 403);
  const good = await notify({ parties: ["BEA@example.org", "bea@example.org", "p1"], slots: [...SLOTS].reverse(), sender: "ob@localhost", invitation: true });
  assert.deepEqual([good.status, good.json.sender, good.json.parties, good.json.recipients], [202, "ob@localhost", p.parties, ["BEA@example.org"]]);
  assert.equal((await notify({ parties: [], slots: SLOTS })).json.recipients.length, 0);
});

test("closing is for creator and staff; the path is 410 then, and the log still answers", async () => {
  const p = await propose(service, { parties: ["zo@localhost", "bea@example.org"] }, { as: "ob" });
  const et = (await links(service, p))["bea@example.org"];
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { et })).status, 403);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "zo" })).status, 403);
  const closed = await service.ask("DELETE", `/${p.id}/`, { as: "ob" });
  assert.deepEqual([closed.status, closed.text], [204, ""]);
  for (const caller of [{ as: "ob" }, { as: "zo" }, { et }]) {
    assert.equal((await service.ask("GET", `/${p.id}/`, caller)).status, 410);
    const log = await service.ask("GET", `/${p.id}/log/`, caller);
    assert.deepEqual([log.status, log.json.entries.at(-1).data.closed], [200, "deleted"]);
  }
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "st" })).status, 403, "rights are judged before 410");
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 410);
  assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { et })).status, 202, "a link to the log can still be voided");
  assert.equal((await service.ask("GET", `/${p.id}/log/`, { et })).status, 401);
  const list = await service.ask("GET", "/", { as: "zo" });
  assert.ok(!list.json.some((one) => one.id === p.id));
});

test("one VIEW a party and version", async () => {
  const p = await propose(service);
  const et = (await links(service, p))["bea@example.org"];
  const views = async () => (await ledger(service, p.id)).split('"act":"view"').length - 1;
  for (const [caller, wanted] of [[{ et }, 1], [{ et }, 1], [{ as: "ob" }, 2], [{ as: "ob" }, 2], [{ et }, 2]]) {
    assert.equal((await service.ask("GET", `/${p.id}/`, caller)).status, 200);
    assert.equal(await views(), wanted);
  }
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS.slice(1) } });
  await service.ask("GET", `/${p.id}/`, { et });
  assert.equal(await views(), 3);
});

test("the list is an array, newest first, fifty at a time, with a link to the next page", async () => {
  const mine = [];
  for (let n = 0; n < 53; n++) mine.push((await propose(service, { parties: ["x@y.z"] }, { as: "st" })).id);
  const first = await service.ask("GET", "/", { as: "st" });
  assert.equal(first.json.length, 50);
  const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("link"))[1];
  const second = await service.ask("GET", next.slice(ORIGIN.length), { as: "st" });
  assert.equal(second.headers.get("link"), null);
  const ids = [...first.json, ...second.json].map((one) => one.id);
  assert.deepEqual(ids.filter((id) => mine.includes(id)).length, 53);
  assert.deepEqual(ids.filter((id) => mine.includes(id)), [...mine].reverse(), "newest first");
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(first.json[0].url, `${ORIGIN}/${first.json[0].id}/`);
  assert.equal((await service.ask("GET", "/?before=x", { as: "st" })).status, 400);
  assert.ok(!(await service.ask("GET", "/", { as: "zo" })).json.some((one) => mine.includes(one.id)));
});

test("an address that is not verified makes nobody a party, and what its account causes is held", async () => {
  const p = await propose(service, { parties: ["un@localhost", "bea@example.org"] });
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "un" })).status, 403);
  assert.equal((await service.ask("GET", "/", { as: "un" })).json.length, 0);
  const own = await propose(service, { parties: ["held@example.org"] }, { as: "un" });
  const notified = await service.ask("POST", `/${own.id}/notify/`, { as: "un", json: { parties: ["held@example.org"], slots: SLOTS } });
  assert.deepEqual([notified.status, notified.json.sender], [202, null]);
  assert.deepEqual(service.rows(own.id, "select status from outbox where kind = 'mail'"), [{ status: "held" }]);
  await links(service, await propose(service));
  assert.ok(!(await service.outbox()).some((mail) => mail.to.includes("held@example.org")));
});

test("an account has twenty tokens, the least recently used goes", async () => {
  const login = async () => (await service.ask("POST", "/api-token-auth/", { json: { username: "zo", password: "p" } })).json.token;
  const tokens = [];
  for (let n = 0; n < 21; n++) tokens.push(await login());
  assert.equal(new Set(tokens).size, 21);
  for (const token of tokens) assert.match(token, /^[0-9a-f]{40}$/);
  const statuses = [];
  for (const token of tokens) statuses.push((await service.ask("GET", "/", { token })).status);
  assert.deepEqual(statuses.map((s) => s === 200).filter(Boolean).length, 20);
  assert.equal(statuses.at(-1), 200);
  // The one that has not been used for longest is the one that goes.
  const aged = tokens.find((_, n) => statuses[n] === 200 && n > 5);
  const hash = createHash("sha256").update(aged).digest("hex");
  await service.db.prepare("update tokens set used_at = used_at - 3600000 where hash = ?").bind(hash).run();
  await login();
  assert.equal((await service.ask("GET", "/", { token: aged })).status, 401);
  // The account's epoch is raised by whatever is to end all that was handed out.
  await service.db.prepare("update accounts set epoch = epoch + 1 where username = 'zo'").run();
  assert.equal((await service.ask("GET", "/", { token: tokens.at(-1) })).status, 401);
  assert.equal((await service.ask("GET", "/", { token: await login() })).status, 200);
  for (const [json, wanted] of [
    [{ username: "zo", password: "wrong" }, { non_field_errors: ["Unable to log in with provided credentials."] }],
    [{ username: "ub", password: "p" }, { non_field_errors: ["Unable to log in with provided credentials."] }],
    [{}, { username: ["This field is required."], password: ["This field is required."] }],
  ]) {
    const refused = await service.ask("POST", "/api-token-auth/", { json });
    assert.deepEqual([refused.status, refused.json], [400, wanted]);
  }
  const form = new FormData();
  form.set("username", "zo");
  form.set("password", "p");
  const answers = [
    await service.ask("POST", "/api-token-auth/", { body: new URLSearchParams({ username: "zo", password: "p" }) }),
    await service.ask("POST", "/api-token-auth/", { body: form }),
  ];
  assert.deepEqual(answers.map((a) => a.status), [200, 200]);
});

test("a browser gets pages without raw JSON, and no Basic prompt; every answer has the security headers", async () => {
  const p = await propose(service, { title: "<b>Lunch</b>" });
  const et = (await links(service, p))["bea@example.org"];
  const browser = { headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };
  for (const [path, options, status] of [
    [`/${p.id}/`, { et }, 303], [`/${p.id}/`, { as: "ob" }, 200], ["/", { as: "ob" }, 200], [`/${p.id}/log/`, { as: "ob" }, 200],
    ["/outbox/", {}, 200], ["/", {}, 200], ["/new/", {}, 401], ["/foo", {}, 404], [`/${p.id}/`, { et: "x" }, 401], ["/healthz", {}, 200], ["/openapi", {}, 200],
  ]) {
    const { status: got, text, headers } = await service.ask("GET", path, { ...browser, ...options });
    assert.equal(got, status, path);
    if (status !== 303) assert.match(headers.get("content-type"), /^text\/html/);
    assert.doesNotMatch(text, /[{[]&quot;|[{[]"|<b>Lunch/);
    assert.equal(headers.get("www-authenticate"), null);
  }
  for (const path of ["/", "/foo", "/healthz", "/openapi", `/${p.id}/`]) {
    const { headers } = await service.ask("GET", path);
    for (const [name, value] of [
      ["x-content-type-options", "nosniff"], ["referrer-policy", "no-referrer"], ["cache-control", "private, no-store"],
      ["vary", "Accept, Accept-Language"], ["x-frame-options", "DENY"],
    ]) assert.equal(headers.get(name), value, `${path} ${name}`);
    assert.match(headers.get("content-security-policy"), /default-src 'none'/);
  }
  assert.match((await service.ask("GET", "/")).headers.get("www-authenticate"), /^Basic/);
  assert.equal((await service.ask("GET", `/${p.id}/log/?format=jsonl`, browser)).headers.get("www-authenticate"), null);
});

test("an unsafe request that another site causes is refused, however it authenticates", async () => {
  const p = await propose(service);
  const patch = (headers) => service.ask("PATCH", `/${p.id}/`, { as: "ob", headers, json: { slots: SLOTS } });
  assert.equal((await patch({ Origin: "https://evil.example" })).status, 403);
  assert.equal((await patch({ Origin: "null" })).status, 403);
  assert.equal((await patch({ "Sec-Fetch-Site": "cross-site" })).status, 403);
  assert.equal((await patch({ Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" })).status, 202);
  assert.equal((await patch({ Origin: "http://localhost:8787" })).status, 202);
});

test("without DEV there is no outbox, no demo account, no dev header; mail stays queued and /healthz says so", async () => {
  const deployed = await start({ vars: { DEV: "" } });
  try {
    assert.equal((await deployed.ask("GET", "/outbox/")).status, 404);
    assert.equal((await deployed.ask("GET", "/", { as: "ob" })).status, 401);
    await deployed.db.prepare("update accounts set demo = 0").run();
    const p = await propose(deployed, {}, { dev: "id=7; failpoint=before_commit; offset=99999999999" });
    assert.notEqual(p.id, 7);
    assert.equal((await deployed.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties: ["p1"], slots: p.slots } })).status, 202);
    const health = await deployed.ask("GET", "/healthz");
    assert.deepEqual([health.status, health.json.checks], [503, { database: "ok", object: "ok", secrets: "ok", origin: "ok", mail: "failing" }]);
    assert.deepEqual(deployed.rows(p.id, "select status, attempts from outbox where kind = 'mail'"), [{ status: "due", attempts: 0 }]);
  } finally {
    await deployed.close();
  }
});

test("probing an id makes no tables", async () => {
  const withTables = () => objectFiles(service.tmp).filter((path) => query(path, "select 1 from sqlite_master where name = 'ledger'").length);
  const before = withTables().length;
  assert.equal((await service.ask("GET", "/123456789/", { as: "ob" })).status, 404);
  assert.equal((await service.ask("GET", "/123456789/")).status, 401);
  assert.ok(before > 0);
  assert.equal(withTables().length, before);
});
