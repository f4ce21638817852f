// Parties that come by a new link, go, or turn out to live elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agree, meetingLink, partyLink } from "../support/agree.mjs";
import { SLOTS, ledger, links, propose, start, tokenOf, until } from "../support/harness.mjs";
import { verify } from "../support/ledger.mjs";

let service;
before(async () => {
  service = await start({ vars: { LINK_DAYS: "1" } });
});
after(() => service.close());

const mailsTo = async (p, to) => (await service.outbox()).filter((m) => m.to[0] === to && m.text.includes(`/${p.id}/`));

test("an expired link brings its party a new one, and nothing else", async () => {
  const p = await propose(service);
  const old = (await links(service, p, ["bea@example.org"]))["bea@example.org"];
  const later = { dev: `offset=${2 * 86_400_000}` };
  const expired = await service.ask("GET", `/${p.id}/`, { et: old, ...later });
  assert.deepEqual([expired.status, expired.json.detail], [401, "Token Expired"]);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: old, json: { slots: [] }, ...later })).status, 401);
  const sent = await service.ask("POST", `/${p.id}/resend/`, { et: old, ...later });
  assert.deepEqual([sent.status, sent.json], [202, { detail: "A new link is on its way to your address." }]);
  const [mail] = await until("the new link", async () => {
    const mails = await mailsTo(p, "bea@example.org");
    return mails.length === 2 && mails;
  });
  assert.match(mail.subject, /^Your new link: /);
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: tokenOf(mail), ...later })).status, 200);
  const log = await service.ask("GET", `/${p.id}/log/`, { as: "ob" });
  assert.deepEqual(log.json.entries.at(-2).data, { act: "resend", via: "link", recipient: "bea@example.org" });
});

test("a revoked link brings no new one, nor does a forged or another proposal's", async () => {
  const [p, q] = [await propose(service), await propose(service)];
  const old = (await links(service, p, ["bea@example.org"]))["bea@example.org"];
  assert.equal((await service.ask("POST", `/${q.id}/resend/`, { et: old })).status, 401);
  assert.equal((await service.ask("POST", `/${p.id}/resend/`, { et: `${old}A` })).status, 401);
  await service.ask("POST", `/${p.id}/revoke/`, { et: old });
  assert.equal((await service.ask("POST", `/${p.id}/resend/`, { et: old })).status, 401);
  assert.equal((await mailsTo(p, "bea@example.org")).length, 1);
});

test("a withdrawn party's links are void, its cuts stay, and the others' answers may settle it", async () => {
  const p = await propose(service, { parties: ["zo@localhost", "bea@example.org", "cyd@example.org"] });
  const et = await links(service, p);
  const keep = (party, slots) => service.ask("PATCH", `/${p.id}/`, { et: et[party], json: { slots } });
  await keep("bea@example.org", SLOTS.slice(1));
  await keep("cyd@example.org", [SLOTS[1]]);
  const before = (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
  assert.deepEqual([before.state, before.slots], ["open", [SLOTS[1]]]);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p2/`, { as: "ob" })).status, 204);
  const between = (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
  assert.deepEqual([between.state, between.parties, between.slots], ["open", ["zo@localhost", "cyd@example.org"], [SLOTS[1]]]);
  assert.ok(between.version > before.version);
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: et["bea@example.org"] })).status, 401);
  // zo was the last to be waited for.
  assert.ok((await service.ask("GET", "/", { as: "zo" })).json.some((one) => one.id === p.id));
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p1/`, { as: "ob" })).status, 204);
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "zo" })).status, 403);
  assert.ok(!(await service.ask("GET", "/", { as: "zo" })).json.some((one) => one.id === p.id));
  const after = (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
  assert.deepEqual([after.state, after.answers.map((a) => a.party)], ["agreed", ["p3"]]);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p3/`, { as: "ob" })).status, 409);
  const acts = verify(await ledger(service, p.id)).map((entry) => `${entry.act} ${entry.about ?? ""}`.trim());
  assert.deepEqual(acts.filter((act) => /withdraw|agree/.test(act)), ["withdraw p2", "withdraw p1", "agree"]);
  const log = await service.ask("GET", `/${p.id}/log/`, { as: "ob" });
  assert.ok(log.json.entries.some((e) => e.effector === "bea@example.org"), "the log still says who cut");
});

test("the last who is required stays, and so does whoever is unknown", async () => {
  const p = await propose(service, { parties: ["bea@example.org", { email: "opt@example.org", optional: true }] });
  const last = await service.ask("DELETE", `/${p.id}/parties/p1/`, { as: "ob" });
  assert.deepEqual([last.status, last.json], [400, { party: ["At least one party must be required."] }]);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p9/`, { as: "ob" })).status, 404);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p2/`, { as: "ob" })).status, 204);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p2/`, { as: "ob" })).status, 404);
});

test("an address that never opened is replaced: old links are void, the new one is a party", async () => {
  const p = await propose(service, { parties: ["typo@example.org", "cyd@example.org"] });
  const et = await links(service, p);
  const replace = (json, party = "p1") => service.ask("PUT", `/${p.id}/parties/${party}/`, { as: "ob", json });
  for (const [json, errors] of [
    [{}, { email: ["This field is required."] }],
    [{ email: "nobody" }, { email: ["Enter a valid email address."] }],
    [{ email: "CYD@example.org" }, { email: ["This address is a party already."] }],
  ]) {
    const refused = await replace(json);
    assert.deepEqual([refused.status, refused.json], [400, errors]);
  }
  const replaced = await replace({ email: "zo@localhost" });
  assert.deepEqual([replaced.status, replaced.json.parties], [202, ["zo@localhost", "cyd@example.org"]]);
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: et["typo@example.org"] })).status, 401);
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "zo" })).status, 200);
  const opened = await replace({ email: "other@example.org" });
  assert.deepEqual([opened.status, opened.json], [409, { detail: "This party has opened its link already." }]);
  assert.deepEqual((await links(service, { ...p, parties: ["cyd@example.org"] }))["cyd@example.org"] !== undefined, true);
  const exported = await ledger(service, p.id);
  verify(exported);
  assert.match(exported, /"opening":\{"field":"p1","salt":"[0-9a-f]{32}","seq":\d+,"value":\{"email":"zo@localhost"/);
});

test("of replacing and opening at once one comes first, and the log tells which", async () => {
  for (let n = 0; n < 10; n++) {
    const p = await propose(service);
    const et = (await links(service, p, ["bea@example.org"]))["bea@example.org"];
    const [opened, replaced] = await Promise.all([
      service.ask("GET", `/${p.id}/`, { et }),
      service.ask("PUT", `/${p.id}/parties/p1/`, { as: "ob", json: { email: "new@example.org" } }),
    ]);
    const acts = verify(await ledger(service, p.id)).map((entry) => entry.act);
    if (opened.status === 200) assert.deepEqual([replaced.status, acts.includes("replace")], [409, false]);
    else assert.deepEqual([opened.status, replaced.status, acts.includes("view")], [401, 202, false]);
  }
});

test("a party whose links are revoked after the agreement has none to the meeting, either", async () => {
  const p = await agree(service);
  const link = (party, generation) => meetingLink(p.id, party, generation);
  const look = async (et) => (await service.ask("GET", `/meetings/${p.id}/`, { et })).status;
  assert.deepEqual([await look(link(1)), await look(link(2))], [200, 200]);
  assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { as: "ob", json: { party: "p1" } })).status, 202);
  assert.deepEqual([await look(link(1)), await look(link(2)), await look(link(1, 1))], [401, 200, 200]);
  // A mail of the meeting brings a link that is good.
  await service.ask("PATCH", `/meetings/${p.id}/`, { as: "ob", json: { begin: "2030-01-10T09:00:00Z" } });
  const mail = await until("the mail", async () =>
    (await service.outbox()).find((m) => m.to[0] === "bea@example.org" && /was moved/.test(m.text) && m.text.includes(`/meetings/${p.id}/`)));
  assert.equal(await look(tokenOf(mail)), 200);
});

test("the link to the meeting of an organiser who is no party is voided by name, by who may", async () => {
  const p = await agree(service);
  const link = (generation) => meetingLink(p.id, 0, generation);
  const look = async (et) => (await service.ask("GET", `/meetings/${p.id}/`, { et })).status;
  const revoke = async (options) => (await service.ask("POST", `/${p.id}/revoke/`, { json: { party: "creator" }, ...options })).status;
  assert.equal(await look(link(0)), 200);
  assert.equal(await revoke({ et: partyLink(p.id, 1) }), 403, "not by a party");
  assert.equal(await look(link(0)), 200);
  assert.equal(await revoke({ as: "ob" }), 202);
  assert.deepEqual([await look(link(0)), await look(link(1)), await look(link(2))], [401, 200, 401]);
  assert.equal(await look(meetingLink(p.id, 1)), 200, "others' links are as good as before");
  const acts = verify(await ledger(service, p.id)).filter((entry) => entry.act === "revoke");
  assert.deepEqual(acts.map(({ by, about }) => [by, about ?? null]), [["creator", null]]);
  // The next mail to the organiser brings one that is good.
  await service.ask("PATCH", `/meetings/${p.id}/`, { as: "ob", json: { begin: "2030-01-10T09:00:00Z" } });
  const mail = await until("the mail", async () => (await mailsTo(p, "ob@localhost")).find((m) => /was moved/.test(m.text)));
  assert.equal(await look(tokenOf(mail)), 200);
});
