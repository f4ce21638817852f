// Nobody learns by a clock whether a name or an address has an account: two arms of requests, in random order, whose times a
// rank statistic cannot tell apart. What it cannot see for sure on a machine that others share is asserted otherwise.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DEAR, LONG, start } from "../support/harness.mjs";

/// Tries of each arm.
const EACH = LONG ? 200 : 50;
/// How far from 0.5 the statistic may be: a hash in one arm alone gives 1, noise alone has this deviation. Four of these, for
/// the machine is shared.
const BAND = 4 * Math.sqrt((2 * EACH + 1) / (12 * EACH * EACH));

let service;
before(async () => {
  service = await start();
  await service.db.prepare("update accounts set password = ?1").bind(DEAR).run();
});
after(() => service.close());

/// A random number from 0 to 1 a call, the same ones every run (mulberry32).
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/// So many of each, in random order.
function shuffled(arms, random) {
  const order = arms.flatMap((arm) => Array(EACH).fill(arm));
  for (let n = order.length - 1; n > 0; n--) {
    const m = Math.floor(random() * (n + 1));
    [order[n], order[m]] = [order[m], order[n]];
  }
  return order;
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/// The probability that one of `a` is greater than one of `b`: Mann and Whitney's U, over the number of pairs.
function probability(a, b) {
  let u = 0;
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
  return u / (a.length * b.length);
}

/// What an answer says, but for what is another every time.
function told({ status, headers, text }) {
  const kept = [...headers].filter(([name]) => !["x-request-id", "date"].includes(name));
  return JSON.stringify([status, kept, text]);
}

/// Asks by both arms and compares; each makes one request.
async function compare(what, arms, seed) {
  const times = { known: [], unknown: [] };
  const said = { known: new Set(), unknown: new Set() };
  for (const arm of Object.keys(arms)) for (let n = 0; n < 5; n++) await arms[arm]();
  for (const arm of shuffled(Object.keys(arms), numbers(seed))) {
    const begun = performance.now();
    const answer = await arms[arm]();
    times[arm].push(performance.now() - begun);
    said[arm].add(told(answer));
  }
  const p = probability(times.known, times.unknown);
  console.log(
    `${what}: known is slower with probability ${p.toFixed(3)}; medians ${median(times.known).toFixed(2)} ms known, ${median(times.unknown).toFixed(2)} ms unknown, ${EACH} each`,
  );
  assert.equal(said.known.size, 1, [...said.known].join("\n"));
  assert.deepEqual([...said.known], [...said.unknown], "and by what they say they are the same");
  assert.ok(Math.abs(p - 0.5) <= BAND, `${what}: ${p}`);
}

test("the statistic tells arms apart that differ by less than they scatter, and not those that are alike", () => {
  const random = numbers(7);
  const arm = (shift) => Array.from({ length: EACH }, () => shift + random() + random() + random());
  assert.ok(Math.abs(probability(arm(1), arm(1)) - 0.5) <= BAND);
  assert.ok(Math.abs(probability(arm(LONG ? 1.4 : 1.8), arm(1)) - 0.5) > BAND);
  assert.deepEqual([probability([2, 3], [1]), probability([1], [2, 3]), probability([1], [1])], [1, 0, 0.5]);
});

test("a wrong password takes as long for a name that is somebody's as for one that is nobody's: /accounts/login/", async () => {
  const login = (username) => () => service.ask("POST", "/accounts/login/", { json: { username, password: "not this one" } });
  await compare("/accounts/login/", { known: login("zo"), unknown: login("zz") }, 1);
});

test("so it does by Basic", async () => {
  const list = (as) => () => service.ask("GET", "/", { as, password: "not this one" });
  await compare("Basic", { known: list("zo"), unknown: list("zz") }, 2);
});

test("asking for a new password takes as long for an address of an account as for any other", async () => {
  const reset = (email) => () => service.ask("POST", "/accounts/password/reset/", { json: { email } });
  await compare("/accounts/password/reset/", { known: reset("zo@localhost"), unknown: reset("zz@localhost") }, 3);
});

test("and writes as much: the same rows in the same tables", async () => {
  const tables = ["outbox", "mail_counts"];
  await service.db.prepare("create table writes (name text not null, at text not null) strict").run();
  for (const name of tables) {
    await service.db.prepare(`create trigger noted_${name} after insert on ${name} begin insert into writes values ('${name}', new.id); end`).run();
  }
  const written = {};
  for (const email of ["zo@localhost", "zz@localhost"]) {
    await service.db.prepare("delete from writes").run();
    assert.equal((await service.ask("POST", "/accounts/password/reset/", { json: { email } })).status, 202);
    const { results } = await service.db.prepare("select name, at from writes order by name").all();
    assert.equal(new Set(results.map(({ at }) => at)).size, 1, "what is counted is what is queued");
    written[email] = results.map(({ name }) => name);
  }
  assert.deepEqual(written, { "zo@localhost": ["mail_counts", "outbox"], "zz@localhost": ["mail_counts", "outbox"] });
});
