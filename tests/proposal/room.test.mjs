// The room in a proposal's log: a party that repeats itself comes to the end of its own room, and of nobody else's.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { links, propose, start } from "../support/harness.mjs";

const service = await start();
after(() => service.close());

test("a party that answers without end is refused for good, and others and the organiser go on", async () => {
  const p = await propose(service);
  const et = await links(service, p);
  const [bea, cyd] = p.parties.map((party) => et[party]);
  const answer = (et) => service.ask("PATCH", `/${p.id}/`, { et, json: { slots: p.slots } });
  let refused;
  for (let n = 0; n < 205 && !refused; n++) {
    const reply = await answer(bea);
    if (reply.status !== 202) refused = reply;
  }
  assert.equal(refused?.status, 429);
  assert.deepEqual(refused.json, { detail: "The log of this proposal is full; ask who proposed it." });
  assert.equal(refused.headers.get("Retry-After"), null, "waiting is of no use");
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: bea })).status, 200, "looking still works");
  assert.equal((await answer(cyd)).status, 202);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { title: "still mine" } })).status, 202);
});

test("revoking again and unsubscribing make nobody's If-Match stale", async () => {
  const p = await propose(service);
  const et = await links(service, p);
  const [bea, cyd] = p.parties.map((party) => et[party]);
  const seen = (await service.ask("GET", `/${p.id}/`, { et: cyd })).headers.get("ETag");
  const mail = (await service.outbox()).find((mail) => mail.text.includes(`et=${bea}`));
  const way = new URL(mail.headers["List-Unsubscribe"].slice(1, -1)).pathname;
  for (const scope of ["proposal", "none", "proposal", "none"]) {
    assert.equal((await service.ask("POST", way, { json: { scope } })).status, 200);
  }
  const headers = { "If-Match": seen };
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: cyd, json: { slots: p.slots }, headers })).status, 202);
  // That answer is a change, so the older tag is stale now.
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: bea, json: { slots: p.slots }, headers })).status, 412);
  const entries = async () => (await service.ask("GET", `/${p.id}/log/`, { as: "ob" })).json.entries.length;
  assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { as: "ob", json: { party: "p1" } })).status, 202);
  const before = await entries();
  for (let n = 0; n < 3; n++) assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { as: "ob", json: { party: "p1" } })).status, 202);
  assert.equal(await entries(), before, "links that are void are not voided again");
});
