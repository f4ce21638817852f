// How many proposals an account may open in a day, and have open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOTS, start, until } from "../support/harness.mjs";
import { basic, person, stranger } from "../support/people.mjs";

const DAY = 86_400_000;
const PROPOSAL = { parties: ["bea@example.org"], slots: SLOTS };

/// Runs against a service with these quotas.
async function limited(vars, run) {
  const service = await start({ vars });
  const ask = (who, options = {}) => service.ask("POST", "/", { json: PROPOSAL, ...basic(who), ...options });
  const make = async (who, count, options) => {
    const made = [];
    for (let n = 0; n < count; n++) {
      const { status, json, text } = await ask(who, options);
      assert.equal(status, 201, text);
      made.push(json.id);
    }
    await until("the directory to know", async () => {
      const known = await service.db.prepare("select count(*) as n from proposals where id in (select value from json_each(?))").bind(JSON.stringify(made)).first();
      return known.n === made.length;
    });
    return made;
  };
  try {
    await run(service, ask, make);
  } finally {
    await service.close();
  }
}

test("so many a day: then 429 with the time at which the oldest has passed, whatever was closed since", () =>
  limited({ QUOTA_PROPOSALS_DAY: "3" }, async (service, ask, make) => {
    const [who, other] = [await person(service), await person(service)];
    const [first] = await make(who, 3);
    const refused = await ask(who);
    assert.deepEqual([refused.status, refused.json], [429, { detail: "An account opens 3 proposals a day at most. Nothing was proposed." }]);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 86_000 && wait <= 86_400, String(wait));
    assert.equal((await service.ask("DELETE", `/${first}/`, basic(who))).status, 204);
    assert.equal((await ask(who)).status, 429, "a closed one was opened all the same");
    assert.equal((await ask(who, { json: {} })).status, 400, "what is wrong with a body is told before");
    assert.equal((await service.ask("POST", "/", { json: PROPOSAL })).status, 401);
    await make(other, 1);
    assert.equal((await ask(who, { dev: `offset=${(wait - 60) * 1000}` })).status, 429);
    assert.equal((await ask(who, { dev: `offset=${DAY + 1000}` })).status, 201, "a day later");
  }));

test("so many open: then 429 until one is closed", () =>
  limited({ QUOTA_PROPOSALS_OPEN: "2" }, async (service, ask, make) => {
    const who = await person(service);
    const [first] = await make(who, 2);
    const refused = await ask(who);
    assert.deepEqual([refused.status, refused.json, refused.headers.get("retry-after")], [
      429,
      { detail: "An account has 2 open proposals at most: close one first. Nothing was proposed." },
      null,
    ]);
    assert.equal((await ask(who, { dev: `offset=${2 * DAY}` })).status, 429, "no day frees them");
    assert.equal((await service.ask("DELETE", `/${first}/`, basic(who))).status, 204);
    await until("the directory to know", async () => (await service.db.prepare("select state from proposals where id = ?").bind(first).first()).state === "closed");
    await make(who, 1);
  }));

test("who has not proven the address has less, and more as soon as it is proven", () =>
  limited({ QUOTA_UNVERIFIED_DAY: "2", QUOTA_UNVERIFIED_OPEN: "1" }, async (service, ask, make) => {
    const who = await stranger(service);
    const [first] = await make(who, 1);
    assert.match((await ask(who)).json.detail, /has 1 open proposals/);
    assert.equal((await service.ask("DELETE", `/${first}/`, basic(who))).status, 204);
    await until("the directory to know", async () => (await service.db.prepare("select state from proposals where id = ?").bind(first).first()).state === "closed");
    await make(who, 1);
    assert.match((await ask(who)).json.detail, /opens 2 proposals a day/);
    await service.db.prepare("update accounts set verified = 1 where id = ?").bind(who.id).run();
    await make(who, 2);
  }));
