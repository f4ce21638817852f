// What the organiser does for one person: a link to pass on, and whether the answer is optional. By the API and by the forms.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { partyLink } from "../support/agree.mjs";
import { unescaped } from "../support/forms.mjs";
import { ORIGIN, ledger, propose, start, until } from "../support/harness.mjs";
import { verify } from "../support/ledger.mjs";
import { mails, sent } from "../support/post.mjs";
import { Reader } from "../support/reader.mjs";
import { BEA, CYD, WEEK, settle } from "../support/world.mjs";

let service;
before(async () => {
  service = await start();
  await settle(service);
});
after(() => service.close());

const DAN = { email: "dan@example.org", name: "Dan" };
const DAY = 86_400_000;
const make = (more = {}) => propose(service, { title: "Kick-off", visibility: "names", parties: [BEA, CYD, DAN], slots: WEEK, ...more }, { as: "ana" });
const shown = async (id) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const entries = async (id) => (await service.ask("GET", `/${id}/log/`, { as: "ana" })).json.entries.filter(({ data }) => data.act !== "view");
const acts = async (id) => (await entries(id)).map(({ data }) => data.act);
const makeLink = (id, party, how = { as: "ana" }) => service.ask("POST", `/${id}/parties/${party}/link/`, how);
const set = (id, party, optional, how = { as: "ana" }) => service.ask("PATCH", `/${id}/parties/${party}/`, { json: { optional }, ...how });
const answer = (id, party, slots) => service.ask("PATCH", `/${id}/`, { et: partyLink(id, party), json: { slots } });
const rows = async (id) => (await service.db.prepare("select address_key, answer from proposal_parties where proposal = ? order by address_key").bind(id).all()).results;
const left = async (id) => (await service.db.prepare("select required_left from proposals where id = ?").bind(id).first()).required_left;
const ana = (id) => Reader.signedIn(service, "ana", `/${id}/`);
const token = (url) => new URL(url).searchParams.get("et");

test("a link to pass on opens the proposal as the person, and the log says who made it", async () => {
  const p = await make();
  const before = Date.now();
  const made = await makeLink(p.id, "p1");
  assert.equal(made.status, 201);
  assert.deepEqual(Object.keys(made.json).sort(), ["expires", "url"]);
  assert.ok(made.json.url.startsWith(`${ORIGIN}/${p.id}/?et=`));
  assert.ok(Math.abs(Date.parse(made.json.expires) - before - 30 * DAY) < 60_000, made.json.expires);
  assert.equal(made.headers.get("cache-control"), "private, no-store");
  const et = token(made.json.url);
  const kept = await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: WEEK.slice(1) } });
  assert.deepEqual([kept.status, kept.json.answers[0].state], [202, "kept"]);
  const told = (await entries(p.id)).map(({ occurrence, effector, data }) => [occurrence, effector, data]);
  assert.deepEqual(told[1], ["NOTIFY", "ana@localhost", { act: "link", party: BEA.email, via: "basic" }]);
  assert.deepEqual(told[2].slice(0, 2), ["UPDATE", BEA.email]);
  const exported = await ledger(service, p.id);
  assert.deepEqual(verify(exported).filter((entry) => entry.act === "link").map(({ by, about }) => [by, about]), [["creator", "p1"]]);
  assert.ok(!exported.includes(et) && !JSON.stringify(await entries(p.id)).includes(et), "the log has no token");
  assert.deepEqual(await mails(service, p.id), [], "nobody is mailed");
  assert.equal((await service.db.prepare("select count(*) as n from mail_counts where about = ?").bind(String(p.id)).first()).n, 0);
});

test("revoking voids such a link, and the next one is of the new generation", async () => {
  const p = await make();
  const look = async (et) => (await service.ask("GET", `/${p.id}/`, { et })).status;
  const first = token((await makeLink(p.id, "p1")).json.url);
  const revoke = async () => (await service.ask("POST", `/${p.id}/revoke/`, { as: "ana", json: { party: "p1" } })).status;
  assert.deepEqual([await look(first), await revoke(), await look(first)], [200, 202, 401]);
  const second = token((await makeLink(p.id, "p1")).json.url);
  assert.equal(await look(second), 200);
  // The link that was made since can be voided again.
  assert.deepEqual([await revoke(), await look(second)], [202, 401]);
  assert.deepEqual(await acts(p.id), ["create", "link", "revoke", "link", "revoke"]);
});

test("an Idempotency-Key keeps no link: sent again, it is another act", async () => {
  const p = await make();
  const headers = { "Idempotency-Key": `pass-on-${p.id}` };
  for (const _ of [1, 2]) assert.equal((await makeLink(p.id, "p1", { as: "ana", headers })).status, 201);
  assert.deepEqual(await acts(p.id), ["create", "link", "link"]);
  const { results } = await service.db.prepare("select * from idempotency_keys").all();
  assert.ok(!JSON.stringify(results).includes("?et="));
});

test("nobody but the organiser of an open proposal does either, and nothing is changed by trying", async () => {
  const p = await make({ parties: [BEA, { email: "nia@localhost" }, DAN] });
  const before = await shown(p.id);
  for (const [how, status] of [
    [{ et: partyLink(p.id, 1) }, 403],
    [{ et: partyLink(p.id, 2) }, 403],
    [{ as: "nia" }, 403],
    [{ as: "zo" }, 403],
    [{}, 401],
  ]) {
    for (const party of ["p1", "p9"]) {
      assert.equal((await makeLink(p.id, party, how)).status, status);
      assert.equal((await set(p.id, party, true, how)).status, status);
      assert.equal((await service.ask("PATCH", `/${p.id}/parties/${party}/`, { ...how, json: {} })).status, status, "before the faults of the body");
    }
  }
  for (const [json, said] of [
    [{}, "This field is required."],
    [{ optional: null }, "This field may not be null."],
    [{ optional: "perhaps" }, "Must be a valid boolean."],
  ]) {
    const refused = await service.ask("PATCH", `/${p.id}/parties/p1/`, { as: "ana", json });
    assert.deepEqual([refused.status, refused.json], [400, { optional: [said] }]);
  }
  for (const party of ["p4", "p9"]) {
    assert.equal((await makeLink(p.id, party)).status, 404);
    assert.equal((await set(p.id, party, true)).status, 404);
  }
  assert.deepEqual(await shown(p.id), before);
  assert.deepEqual(await acts(p.id), ["create"]);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p3/`, { as: "ana" })).status, 204);
  assert.deepEqual([(await makeLink(p.id, "p3")).status, (await set(p.id, "p3", true)).status], [404, 404], "whoever was withdrawn");
  await answer(p.id, 1, []);
  const over = { detail: "It is over; its parties stay as they are." };
  for (const refused of [await makeLink(p.id, "p1"), await set(p.id, "p1", true)]) assert.deepEqual([refused.status, refused.json], [409, over]);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ana" })).status, 204);
  assert.deepEqual([(await makeLink(p.id, "p1")).status, (await set(p.id, "p1", true)).status], [410, 410]);
  assert.ok(!(await acts(p.id)).some((act) => ["link", "optional"].includes(act)));
});

test("mail by a link that was passed on is the organiser's, and is held until that has proven its address", async () => {
  const p = await propose(service, { title: "Spam", parties: [BEA, CYD], slots: WEEK }, { as: "uma" });
  const et = token((await makeLink(p.id, "p1", { as: "uma" })).json.url);
  const notify = (json) => service.ask("POST", `/${p.id}/notify/`, { et, json: { parties: ["p2"], slots: WEEK, ...json } });
  assert.equal((await notify({ sender: BEA.email })).status, 403, "it proves no address");
  const notified = await notify();
  assert.deepEqual([notified.status, notified.json.sender], [202, null]);
  assert.equal((await service.ask("POST", `/${p.id}/resend/`, { et })).status, 202);
  // What a verified organiser has sent at the same time arrives.
  const q = await make();
  const other = token((await makeLink(q.id, "p1")).json.url);
  assert.equal((await service.ask("POST", `/${q.id}/notify/`, { et: other, json: { parties: ["p2"], slots: WEEK } })).status, 202);
  const [mail] = await until("the mail", async () => {
    const found = await mails(service, q.id);
    return found.length && found;
  });
  assert.deepEqual([mail.to[0], mail.reply_to], [CYD.email, undefined]);
  await sent(service, q.id);
  assert.deepEqual(await mails(service, p.id), [], "held");
  const senders = await service.db.prepare("select distinct sender from mail_counts where recipient = ?").bind(CYD.email).all();
  assert.ok(!senders.results.some(({ sender }) => sender === BEA.email), JSON.stringify(senders.results));
});

test("whoever becomes optional is not waited for: what was cut stays, and what follows from it follows", async () => {
  const p = await make();
  await answer(p.id, 1, [WEEK[2]]);
  await answer(p.id, 2, [WEEK[2]]);
  assert.deepEqual([await left(p.id), (await shown(p.id)).state], [1, "open"]);
  const done = await set(p.id, "p3", true);
  assert.deepEqual([done.status, done.json.state, done.json.slots, done.json.answers[2].optional], [202, "agreed", [WEEK[2]], true]);
  assert.ok(done.headers.get("etag"));
  assert.deepEqual((await acts(p.id)).slice(-2), ["optional", "agree"]);
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).status === 200);
  // With several times left, somebody of staff has the organiser mailed that all have answered; the organiser itself is not.
  for (const [as, told] of [["ana", 0], ["ob", 1]]) {
    const q = await make();
    await answer(q.id, 1, WEEK.slice(2));
    await answer(q.id, 2, WEEK.slice(2));
    await set(q.id, "p1", true, { as });
    assert.deepEqual([(await shown(q.id)).slots.length, await left(q.id)], [WEEK.length - 2, 1], "a cut stays a cut");
    await set(q.id, "p3", true, { as });
    assert.deepEqual([(await shown(q.id)).state, await left(q.id)], ["open", 0]);
    assert.equal((await acts(q.id)).filter((act) => act === "answered").length, told, as);
  }
});

test("an answer that was optional is asked for again, and one that cut something holds", async () => {
  const p = await make({ parties: [{ ...BEA, optional: true }, CYD, DAN] });
  await answer(p.id, 1, [WEEK[0]]);
  await answer(p.id, 2, WEEK.slice(0, 2));
  assert.deepEqual(await rows(p.id), [
    { address_key: BEA.email, answer: "given" },
    { address_key: CYD.email, answer: "given" },
    { address_key: DAN.email, answer: "required" },
  ]);
  const { version } = await shown(p.id);
  const required = await set(p.id, "p1", false);
  assert.ok(required.json.version > version);
  const [bea] = required.json.answers;
  assert.deepEqual([bea.optional, bea.state, bea.kept, bea.note], [false, "invited", null, null]);
  assert.deepEqual([(await rows(p.id))[0].answer, await left(p.id)], ["required", 2]);
  for (const optional of [true, false]) {
    const cyd = (await set(p.id, "p2", optional)).json.answers[1];
    assert.deepEqual([cyd.optional, cyd.state, cyd.kept], [optional, "kept", 2]);
    assert.equal((await rows(p.id))[1].answer, "given");
  }
  // No change is no act.
  const then = await shown(p.id);
  const same = await set(p.id, "p2", false);
  assert.deepEqual([same.status, same.json], [202, then]);
  const told = (await entries(p.id)).filter(({ data }) => data.act === "optional").map(({ occurrence, effector, data }) => [occurrence, effector, data]);
  const entry = (party, optional) => ["UPDATE", "ana@localhost", { act: "optional", party, optional, via: "basic" }];
  assert.deepEqual(told, [entry(BEA.email, false), entry(CYD.email, true), entry(CYD.email, false)]);
  const exported = await ledger(service, p.id);
  assert.equal(verify(exported).filter((one) => one.act === "optional" && one.commitments.optional).length, 3);
  assert.match(exported, /"opening":\{"field":"optional","salt":"[0-9a-f]{32}","seq":\d+,"value":false\}/);
  // A party reads the value, too: it is no address.
  const log = await service.ask("GET", `/${p.id}/log/`, { et: partyLink(p.id, 3) });
  assert.equal(log.json.entries.find(({ data }) => data.act === "optional").data.optional, false);
});

test("the last who is required stays required", async () => {
  const p = await make({ parties: [BEA, { ...CYD, optional: true }] });
  const refused = await set(p.id, "p1", true);
  assert.deepEqual([refused.status, refused.json], [400, { optional: ["At least one party must be required."] }]);
  assert.equal((await set(p.id, "p2", false)).status, 202);
  assert.equal((await set(p.id, "p1", true)).status, 202);
});

test("by the page: a link is made and shown once, on the page itself and nowhere else", async () => {
  const p = await make();
  const reader = await ana(p.id);
  await reader.press("Make a link to pass on", {}, `/${p.id}/parties/p1/link/`);
  assert.equal(reader.html.status, 200);
  const [, tag] = /<label for="passed-on">Link for Bea Marini<\/label>(<input[^>]*>)/.exec(reader.html.text);
  assert.match(tag, / readonly/);
  assert.ok(!/disabled|tabindex/.test(tag), "it can be focused and selected");
  const url = unescaped(/value="([^"]*)"/.exec(tag)[1]);
  assert.match(reader.words, /Whoever has this link answers as Bea Marini, so send it to Bea Marini alone\. It works until \w+ /);
  assert.match(reader.words, /Ana Lee made a link for Bea Marini to pass on\./);
  assert.equal(reader.html.text.split(token(url)).length, 2, "once on the page");
  assert.equal(reader.html.headers.get("location"), null);
  assert.ok(!JSON.stringify([...reader.html.headers]).includes(token(url)), "in no header");
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: token(url) })).status, 200);
  await reader.page(`/${p.id}/`);
  assert.ok(!reader.html.text.includes("passed-on"), "not shown again");
  assert.deepEqual(await acts(p.id), ["create", "link"]);
  // Bea's own page says as whom she answers.
  const guest = await Reader.open(service, new URL(url).pathname + new URL(url).search);
  await guest.page(`/${p.id}/`);
  assert.match(guest.words, /answering as Bea Marini/);
  // Where it was passed on by messenger, the next round has a link of its own.
  await service.ask("POST", `/${p.id}/round/`, { as: "ana", json: { slots: WEEK } });
  await guest.page(`/${p.id}/`);
  const followed = await guest.press("Go to the new times");
  assert.deepEqual([followed.status, followed.headers.get("location")], [409, null]);
  assert.match(guest.words, /The organiser can give you a link to the new times\./);
});

test("by the page: an answer becomes optional and required, and the page says what that means", async () => {
  const p = await make();
  const reader = await ana(p.id);
  const action = (party) => `/${p.id}/parties/${party}/?_method=PATCH`;
  assert.match(reader.words, /Then nobody waits for Bea Marini\. What Bea Marini has removed stays removed\./);
  const done = await reader.press("Make the answer optional", {}, action("p1"));
  assert.deepEqual([done.status, done.headers.get("location")], [303, `/${p.id}/`]);
  assert.equal((await shown(p.id)).answers[0].optional, true);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /The answer is optional now\..*Ana Lee made the answer of Bea Marini optional\./);
  assert.match(reader.words, /Then the answer of Bea Marini is needed, and what it removes is removed for everybody\./);
  await answer(p.id, 1, [WEEK[0]]);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /Bea Marini is asked again, because the answer so far was optional and removed nothing\./);
  await reader.press("Make the answer required", {}, action("p1"));
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /The answer is required now\./);
  const [bea] = (await shown(p.id)).answers;
  assert.deepEqual([bea.optional, bea.kept], [false, null]);
  await reader.page(`/${p.id}/log/`);
  assert.match(reader.words, /Bea Marini answered\. The answer was optional then and removed nothing\..*Ana Lee made the answer of Bea Marini required\./);
});

test("by the page: what is refused changes nothing, whoever asks", async () => {
  const p = await make({ parties: [BEA, CYD] });
  const reader = await ana(p.id);
  const fields = Object.fromEntries([["as", "creator"], ["csrfmiddlewaretoken", /name="csrfmiddlewaretoken" value="([^"]*)"/.exec(reader.html.text)[1]]]);
  const paths = [[`/${p.id}/parties/p1/link/`, {}], [`/${p.id}/parties/p1/?_method=PATCH`, { optional: "true" }]];
  for (const [path, more] of paths) {
    const { csrfmiddlewaretoken, ...without } = { ...fields, ...more };
    assert.equal((await reader.send(path, Object.entries(without))).status, 403, "without a token");
    assert.equal((await reader.send(path, Object.entries({ ...without, csrfmiddlewaretoken: "0".repeat(64) }))).status, 409);
    assert.equal((await reader.send(path, Object.entries({ ...fields, ...more, as: "p1" }))).status, 409, "as somebody else");
    const guest = await Reader.open(service, `/${p.id}/?et=${partyLink(p.id, 1)}`);
    await guest.page(`/${p.id}/`);
    const own = /name="csrfmiddlewaretoken" value="([^"]*)"/.exec(guest.html.text)[1];
    assert.equal((await guest.send(path, Object.entries({ ...more, as: "p1", csrfmiddlewaretoken: own }))).status, 403, "a party");
    const stranger = await Reader.signedIn(service, "nia", "/");
    assert.equal((await stranger.post(path, more)).status, 403, "a stranger");
  }
  assert.deepEqual(await acts(p.id), ["create"]);
  // Two tabs: in one of them Cyd has become optional, in the other the same is then asked for Bea.
  await set(p.id, "p2", true);
  const last = await reader.press("Make the answer optional", {}, `/${p.id}/parties/p1/?_method=PATCH`);
  assert.equal(last.status, 400);
  assert.match(reader.words, /At least one person’s answer must stay required\./);
  assert.ok(!reader.html.text.includes("passed-on"));
  assert.deepEqual((await shown(p.id)).answers.map(({ optional }) => optional), [false, true]);
});

test("the zone can be changed on the page that shows a link", async () => {
  const p = await make();
  const reader = await ana(p.id);
  await reader.press("Make a link to pass on", {}, `/${p.id}/parties/p1/link/`);
  assert.match(reader.html.text, new RegExp(`<form method="get" action="/${p.id}/">`));
});
