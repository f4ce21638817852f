// Links and their tokens, end to end: each way to spoil one gets its status, and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KEY_1, KEY_2, SLOTS, links, propose, start } from "./harness.mjs";
import { sign } from "./links.mjs";

let service, p, q, et;
before(async () => {
  service = await start();
  p = await propose(service);
  q = await propose(service);
  et = (await links(service, p))["bea@example.org"];
});
after(() => service.close());

const show = (token, id = p.id) => service.ask("GET", `/${id}/`, { et: token });
test("a good link is taken from query, body and header alike, and wins over other credentials", async () => {
  assert.equal((await show(et)).status, 200);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { json: { et, parties: ["x@y.z"] } })).status, 202);
  assert.equal((await service.ask("POST", `/${p.id}/notify/`, { body: new URLSearchParams({ et }) })).status, 400, "a form: known, but no lists");
  assert.equal((await service.ask("GET", `/${p.id}/`, { headers: { Authorization: `Link ${et}` } })).status, 200);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob", et })).status, 403, "staff, but by a party's link");
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "ob", et: "x" })).status, 401, "a bad link is not made up for");
});

test("what the product signs is what the format says", async () => {
  const bytes = Buffer.from(et, "base64url");
  const expires = Number(bytes.readBigInt64BE(bytes.length - 40));
  assert.equal(sign({ id: p.id, party: 1, expires }), et);
  assert.equal((await show(sign({ id: p.id, party: 2 }))).status, 200);
});

test("every single bit flipped is 401, and so is every shortening", async () => {
  const bytes = Buffer.from(et, "base64url");
  const spoiled = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    spoiled.push(flipped.toString("base64url"));
  }
  for (let length = 0; length < et.length; length++) spoiled.push(et.slice(0, length));
  const bodies = new Set();
  for (let n = 0; n < spoiled.length; n += 20) {
    const answers = await Promise.all(spoiled.slice(n, n + 20).map((token) => show(token)));
    for (const { status, text } of answers) {
      assert.equal(status, 401);
      bodies.add(text);
    }
  }
  console.log(`${bytes.length * 8} bits flipped, ${et.length} shortenings: all 401`);
  assert.deepEqual([...bodies], ['{"detail":"Invalid link."}'], "no hint which");
});

test("a token has one spelling", async () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = letters.indexOf(et.at(-1));
  // 59 bytes leave two bits over in the last letter: the other spellings of the same bytes.
  const respelled = [1, 2, 3].map((n) => et.slice(0, -1) + letters[last ^ n]);
  for (const token of respelled) assert.deepEqual(Buffer.from(token, "base64url"), Buffer.from(et, "base64url"), "a lax decoder would not tell");
  for (const token of [...respelled, `${et}=`, `${et}A`, ` ${et}`, `${et}\n`, et.toUpperCase(), et.replaceAll("-", "+").replaceAll("_", "/") + "=", `${et}%00`]) {
    assert.equal((await show(token)).status, 401, token);
  }
});

test("forged, of another proposal, purpose, party that is none: 401 without a hint", async () => {
  for (const [why, token] of [
    ["another key", sign({ id: p.id, party: 1, key: KEY_2, keyId: "k1" })],
    ["a key that is none of ours", sign({ id: p.id, party: 1, key: KEY_2 })],
    ["another purpose", sign({ id: p.id, party: 1, purpose: "meeting", code: 2 })],
    ["another purpose under this code", sign({ id: p.id, party: 1, purpose: "meeting", code: 1 })],
    ["another proposal", sign({ id: q.id, party: 1 })],
    ["no such party", sign({ id: p.id, party: 9 })],
    ["a generation to come", sign({ id: p.id, party: 1, generation: 1 })],
  ]) {
    const { status, json } = await show(token);
    assert.deepEqual([status, json], [401, { detail: "Invalid link." }], why);
  }
  assert.equal((await show(et, q.id)).status, 401);
});

test("an expired link says so to its holder, a forged expired one does not", async () => {
  const expires = Math.floor(Date.now() / 1000) - 1;
  const { status, json } = await show(sign({ id: p.id, party: 1, expires }));
  assert.deepEqual([status, json], [401, { detail: "Token Expired", expires: new Date(expires * 1000).toISOString().replace(".000", "") }]);
  assert.deepEqual((await show(sign({ id: p.id, party: 1, expires, key: KEY_2, keyId: "k1" }))).json, { detail: "Invalid link." });
  assert.deepEqual((await show(sign({ id: q.id, party: 1, expires }))).json, { detail: "Invalid link." });
});

test("a link grants its proposal to its party and nothing more", async () => {
  for (const [method, path, options, status] of [
    ["GET", "/", { et }, 401],
    ["POST", "/", { et, json: { parties: ["a@b.c"], slots: SLOTS } }, 401],
    ["GET", `/${q.id}/`, { et }, 401],
    ["GET", `/${q.id}/log/`, { et }, 401],
    ["DELETE", `/${p.id}/`, { et }, 403],
    ["PATCH", `/${p.id}/`, { et, json: { title: "mine" } }, 403],
    ["POST", `/${p.id}/revoke/`, { et, json: { party: "p2" } }, 403],
    ["GET", `/${p.id}/log/`, { et }, 200],
  ]) {
    assert.equal((await service.ask(method, path, options)).status, status, `${method} ${path}`);
  }
});

test("revoking voids a party's links for good, and a new mail brings a new one", async () => {
  const r = await propose(service);
  const all = await links(service, r);
  const [bea, cyd] = [all["bea@example.org"], all["cyd@example.org"]];
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { et: bea })).status, 202, "one's own");
  assert.equal((await show(bea, r.id)).status, 401);
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: { party: "cyd@example.org" } })).status, 202);
  assert.equal((await show(cyd, r.id)).status, 401);
  assert.deepEqual((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: { party: "p7" } })).json, { party: ["Not in event."] });
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: {} })).status, 400);
  assert.equal((await show(sign({ id: r.id, party: 1, generation: 1 }), r.id)).status, 200);
  const log = await service.ask("GET", `/${r.id}/log/`, { as: "ob" });
  assert.equal(log.json.entries.filter((e) => e.data.act === "revoke").length, 2);
});

test("a retired key still in the ring verifies; one that is no longer does not", async () => {
  const ring = async (keys, wanted) => {
    const other = await start({ secrets: { SECRET_KEYS: keys } });
    try {
      const r = await propose(other);
      const token = sign({ id: r.id, party: 1, key: KEY_1 });
      assert.equal((await other.ask("GET", `/${r.id}/`, { et: token })).status, wanted);
      assert.equal((await other.ask("GET", `/${r.id}/`, { et: (await links(other, r))["bea@example.org"] })).status, 200);
    } finally {
      await other.close();
    }
  };
  await ring(`${KEY_2},${KEY_1}`, 200);
  await ring(KEY_2, 401);
});

test("secrets that cannot be used fail closed", async () => {
  for (const SECRET_KEYS of ["", "k1", "k1:c2hvcnQ="]) {
    const broken = await start({ secrets: { SECRET_KEYS } });
    try {
      const health = await broken.ask("GET", "/healthz");
      assert.deepEqual([health.status, health.json.checks.secrets], [503, "failing"]);
      const shown = await broken.ask("GET", `/${p.id}/`, { et });
      assert.deepEqual([shown.status, shown.headers.get("retry-after")], [503, "2"]);
      assert.doesNotMatch(shown.text, /SECRET/);
    } finally {
      await broken.close();
    }
  }
});
