// A hundred PATCHes of one proposal at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ledger, links, propose, start } from "../support/harness.mjs";
import { verify } from "../support/ledger.mjs";

let service;
before(async () => {
  service = await start();
  // A cold start would let the last come first.
  await Promise.all(Array.from({ length: 50 }, () => service.ask("GET", "/healthz")));
});
after(() => service.close());

/// A small deterministic generator (mulberry32), so that a failure can be run again.
function random(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

for (const seed of [1, 2, 3]) {
  test(`a hundred parallel PATCHes have one order, and what was acknowledged is there (seed ${seed})`, async () => {
    const pick = random(seed);
    const parties = Array.from({ length: 5 }, (_, n) => `party${n}@example.org`);
    const slots = Array.from({ length: 24 }, (_, n) => ({ begin: `2030-01-${String(n + 1).padStart(2, "0")}T09:00:00Z`, duration: "04:00:00" }));
    const p = await propose(service, { parties, slots });
    const et = Object.values(await links(service, p));
    // All at once. Roughly, later ones keep less, so that many can succeed in the order of arrival; out of order they
    // are widenings. Some cut slots short, ask for what was never offered, or insist on a version.
    const patch = (n) => {
      const most = Math.max(1, 24 - Math.floor(n / 5) + pick(5) - 2);
      const keep = slots.slice(0, most).map((slot) => (n > 60 ? { ...slot, duration: "03:00:00" } : slot));
      const wish = pick(10) === 0 ? [...keep, { begin: "2031-01-01", duration: 60 }] : keep;
      const headers = pick(8) === 0 ? { "If-Match": `"${pick(n + 1) + 1}"` } : {};
      return service.ask("PATCH", `/${p.id}/`, { et: et[n % et.length], json: { slots: wish }, headers });
    };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => patch(n)));
    const counts = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    console.log(`seed ${seed}: ${JSON.stringify(counts)}`);
    for (const { status, text } of answers) assert.ok([202, 400, 409, 412].includes(status), `${status} ${text}`);
    assert.ok(counts[202] >= 1 && counts[400] >= 10, "the mix is worth something");

    const entries = verify(await ledger(service, p.id));
    const changes = entries.filter((entry) => entry.act === "answer");
    const acknowledged = answers.filter(({ status }) => status === 202);
    assert.equal(changes.length, acknowledged.length);
    const left = changes.map((entry) => JSON.stringify(entry.slots));
    for (const { json } of acknowledged) {
      const at = left.indexOf(JSON.stringify(json.slots));
      assert.ok(at >= 0, "an acknowledged change is in the ledger");
      left.splice(at, 1);
    }
    const now = (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
    assert.deepEqual(now.slots, entries.at(-1).slots);
    assert.equal(new Set(acknowledged.map(({ json }) => json.version)).size, acknowledged.length, "each its own version");
  });
}
