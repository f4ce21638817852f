// Mail against a provider that fails in every way: nothing is lost, nothing is sent twice where the key is honoured, and
// no request waits for it. The provider is played by this test; what the Worker fetches passes through it.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { KEY_1, KEY_2, SLOTS, propose, start, tokenOf, until } from "../support/harness.mjs";

const API = "http://mail.test";
const realFetch = globalThis.fetch;
const parties = Array.from({ length: 6 }, (_, n) => `party${n}@example.org`);
let service;

/// The provider: `script` says what each attempt at a message meets; after its end all goes well.
class Provider {
  attempts = new Map();
  delivered = [];
  constructor(script, { honoursKey = true } = {}) {
    Object.assign(this, { script, honoursKey });
    globalThis.fetch = (url, init) => (String(url).startsWith(API) ? this.take(url, init) : realFetch(url, init));
  }
  async take(url, request) {
    assert.equal(String(url), `${API}/emails`);
    const headers = new Headers(request.headers);
    const key = headers.get("idempotency-key");
    assert.equal(headers.get("authorization"), "Bearer secret");
    const body = await new Response(request.body).text();
    const earlier = this.attempts.get(key) ?? [];
    this.attempts.set(key, [...earlier, body]);
    const mode = this.script[earlier.length] ?? "ok";
    const deliver = () => {
      if (!this.honoursKey || !this.delivered.some((mail) => mail.key === key)) this.delivered.push({ key, body });
    };
    switch (mode) {
      case "dead":
        throw new Error("connection refused");
      case "429":
        return new Response('{"message":"slow down"}', { status: 429, headers: { "Retry-After": "1" } });
      case "wait":
        return new Response("", { status: 429, headers: { "Retry-After": "600" } });
      case "500":
        return new Response("oops", { status: 500 });
      case "hang":
        return new Promise(() => {});
      case "sent, then 500":
        deliver();
        return new Response("oops", { status: 500 });
      case "sent, then dead":
        deliver();
        throw new Error("connection reset");
      default:
        deliver();
        return new Response(JSON.stringify({ id: key }));
    }
  }
  /// How many messages have been tried at least so often.
  tried(times) {
    return [...this.attempts.values()].filter((bodies) => bodies.length >= times).length;
  }
}

const open = async (options = {}) => {
  service = await start({ vars: { MAIL_API_URL: API, ...options.vars }, secrets: { MAIL_API_KEY: "secret", ...options.secrets } });
};

afterEach(async () => {
  globalThis.fetch = realFetch;
  await service?.close();
  service = undefined;
});

/// Proposes and notifies everybody; gives the proposal.
async function cause() {
  const p = await propose(service, { parties });
  const { status } = await service.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties, slots: SLOTS } });
  assert.equal(status, 202);
  return p;
}

/// Moves the object's clock on, hour by hour, until the condition holds: back-offs pass in no time.
async function wait(p, what, condition) {
  let hours = 0;
  await until(what, async () => {
    if (condition()) return true;
    await service.ask("GET", `/${p.id}/`, { as: "ob", dev: `offset=${++hours * 60_000}` });
    return condition();
  }, 60);
}

const FAILURES = ["dead", "429", "500", "sent, then 500", "sent, then dead"];

test("with a provider that honours the key every mail arrives exactly once, whatever fails", async () => {
  await open();
  const provider = new Provider(FAILURES);
  const p = await cause();
  await wait(p, "all attempts", () => provider.tried(FAILURES.length + 1) === parties.length);
  const recipients = provider.delivered.map((mail) => JSON.parse(mail.body).to[0]).sort();
  assert.deepEqual(recipients, parties, "exactly once");
  for (const bodies of provider.attempts.values()) assert.equal(new Set(bodies).size, 1, "the same bytes each time");
  await until("an empty outbox", () => service.rows(p.id, "select count(*) as n from outbox where kind = 'mail'")[0].n === 0);
  const [{ body }] = provider.delivered;
  assert.deepEqual(Object.keys(JSON.parse(body)), ["from", "to", "subject", "text", "html", "reply_to", "headers"]);
});

test("with one that ignores the key every mail arrives at least once, and the duplicates are counted", async () => {
  await open();
  const provider = new Provider(FAILURES, { honoursKey: false });
  const p = await cause();
  await wait(p, "all attempts", () => provider.tried(FAILURES.length + 1) === parties.length);
  const counts = Object.groupBy(provider.delivered, (mail) => JSON.parse(mail.body).to[0]);
  assert.deepEqual(Object.keys(counts).sort(), parties);
  const duplicates = provider.delivered.length - parties.length;
  console.log(`duplicates with a provider that ignores the key: ${duplicates} of ${parties.length} mails`);
  assert.equal(duplicates, 2 * parties.length, "one for each time it failed after having sent");
});

test("a provider that never answers delays no request, and is tried again", async () => {
  await open();
  const provider = new Provider(["hang"]);
  const begun = cause();
  const p = await begun;
  await until("the first attempts", () => provider.tried(1) > 0);
  assert.equal(provider.delivered.length, 0, "the request was answered while the provider still hangs");
  const other = await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS.slice(1) } });
  assert.equal(other.status, 202, "and so is the next one");
  // An attempt has ten real seconds.
  await wait(p, "the second attempts", () => provider.tried(2) === parties.length);
  assert.deepEqual(provider.delivered.map((mail) => JSON.parse(mail.body).to[0]).sort(), parties);
  for (const bodies of provider.attempts.values()) assert.equal(new Set(bodies).size, 1);
});

test("a retry has the same bytes across a key rotation; a key taken out signs anew under another idempotency key", async () => {
  await open();
  // Nothing is taken until the keys have been changed, however long that lasts.
  const refuse = Array(1000).fill("500");
  const provider = new Provider(refuse);
  const p = await cause();
  await wait(p, "two attempts", () => provider.tried(2) === parties.length);
  const rotate = (keys) =>
    service.server.update((options) => {
      options.workers[0].secrets.SECRET_KEYS = keys;
      return options;
    });
  await rotate(`${KEY_2},${KEY_1}`);
  provider.script = [];
  await wait(p, "delivery", () => provider.delivered.length === parties.length);
  assert.equal(provider.attempts.size, parties.length);
  for (const bodies of provider.attempts.values()) assert.equal(new Set(bodies).size, 1, "byte for byte");
  const et = tokenOf(JSON.parse(provider.delivered[0].body));
  assert.equal((await service.ask("GET", `/${p.id}/`, { et })).status, 200, "and its link is good");

  provider.script = refuse;
  const q = await cause();
  const fresh = () => [...provider.attempts.entries()].filter(([, bodies]) => bodies[0].includes(`/${q.id}/`));
  await wait(q, "two attempts", () => fresh().filter(([, bodies]) => bodies.length >= 2).length === parties.length);
  await rotate(KEY_1);
  provider.script = [];
  await wait(q, "delivery", () => provider.delivered.filter((mail) => mail.body.includes(`/${q.id}/`)).length === parties.length);
  const mail = provider.delivered.find(({ body }) => body.includes(`/${q.id}/`));
  assert.match(mail.key, /-k1$/);
  assert.equal((await service.ask("GET", `/${q.id}/`, { et: tokenOf(JSON.parse(mail.body)) })).status, 200);
});

test("a provider that asks to be left alone for ten minutes is", async () => {
  await open();
  const provider = new Provider(["wait"]);
  const p = await propose(service, { parties: ["bea@example.org"] });
  await service.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties: ["p1"], slots: SLOTS } });
  await until("the first attempt", () => provider.tried(1) === 1);
  const row = () => service.rows(p.id, "select due_at - created_at as wait, error from outbox where kind = 'mail'")[0];
  await until("it to be put off", () => row().error === "status 429");
  assert.ok(row().wait >= 600_000, `${row().wait}`);
});

test("a mail that nobody takes for a day is dead and stays; nothing of it is a token", async () => {
  await open();
  const provider = new Provider(Array(1000).fill("500"));
  const p = await propose(service, { parties: ["bea@example.org"] });
  await service.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties: ["p1"], slots: SLOTS } });
  await until("the first attempt", () => provider.tried(1) === 1);
  await service.ask("GET", `/${p.id}/`, { as: "ob", dev: `offset=${25 * 3_600_000}` });
  const rows = () => service.rows(p.id, "select status, error, body from outbox where kind = 'mail'");
  await until("it to be dead", () => rows()[0].status === "dead");
  const [row] = rows();
  assert.equal(row.error, "status 500");
  assert.deepEqual(Object.keys(JSON.parse(row.body).link), ["purpose", "subject", "party", "generation", "expires"]);
  assert.ok(![...provider.attempts.values()].flat().some((body) => row.body.includes(tokenOf(JSON.parse(body)))));
});
