// SIGKILL, to the whole process group, in the middle of things: what was acknowledged is there, the ledger verifies,
// and every mail that is owed arrives, after every one of the kills together.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LONG, devServer, ledger, objectFiles, propose, query, tokenOf, until } from "../support/harness.mjs";
import { verify } from "../support/ledger.mjs";

const FAILPOINTS = ["before_commit", "after_commit", "after_projection", "before_send", "before_mark"];
/// Once in the short form, for a place that is reached is the same place; what comes at random gains by repetition.
const EACH = LONG ? 5 : 1;
/// The mail's failpoints lie behind a notify, the others behind a PATCH; a commit of mails is cut as well.
const CUTS = [
  ...FAILPOINTS.flatMap((name) => Array(EACH).fill([name, /send|mark/.test(name) ? "notify" : "narrow"])),
  ["before_commit", "notify"],
  ["after_commit", "notify"],
];
const AT_RANDOM = LONG ? 6 : 2;
const dev = await devServer("kill");
after(() => dev.kill());

/// What was acknowledged: answers by proposal, and mails as `proposal recipient`.
const acknowledged = new Map();
const promised = [];
let kills = 0;

/// A request that may be cut off: its answer, or nothing.
const attempt = (...args) => dev.ask(...args).catch(() => undefined);

function note(id, answer) {
  if (answer?.status === 202) promised.push(...(answer.json.recipients ?? []).map((recipient) => `${id} ${recipient}`));
  if (answer?.status === 202 && answer.json.version) acknowledged.get(id).push({ version: answer.json.version, slots: answer.json.slots });
}

/// Many narrow slots, so that there is always one more to cut.
const many = Array.from({ length: 30 }, (_, n) => ({ begin: `2030-02-01T${String(n % 24).padStart(2, "0")}:${n < 24 ? "00" : "30"}:00Z`, duration: "00:10:00" }));

async function fresh() {
  const p = await propose(dev, { parties: ["bea@example.org", "cyd@example.org", "dan@example.org"], slots: many });
  acknowledged.set(p.id, []);
  return p;
}

/// Streams of PATCHes and notifies, until told to stop; they go on through a killed server.
function streams(p) {
  let going = true;
  const patches = async () => {
    while (going) {
      const now = await attempt("GET", `/${p.id}/`, { as: "ob" });
      if (now?.json?.slots?.length > 2) note(p.id, await attempt("PATCH", `/${p.id}/`, { as: "ob", json: { slots: now.json.slots.slice(1) } }));
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const notifies = async () => {
    while (going) {
      const now = await attempt("GET", `/${p.id}/`, { as: "ob" });
      const json = { parties: ["p1", "p2"], slots: now?.json?.slots };
      if (json.slots) note(p.id, await attempt("POST", `/${p.id}/notify/`, { as: "ob", json }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const running = Promise.all([patches(), patches(), notifies()]);
  return async () => {
    going = false;
    await running;
  };
}

async function kill() {
  await dev.kill();
  kills += 1;
  await dev.again();
}

/// How often each failpoint was reached, counted in the stores.
function hits() {
  const counts = {};
  for (const path of objectFiles(dev.state)) {
    if (!query(path, "select 1 from sqlite_master where name = 'dev_hits'").length) continue;
    for (const { name } of query(path, "select name from dev_hits")) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("nothing acknowledged is lost and every mail owed arrives, however often and wherever it is killed", { timeout: 600_000 }, async () => {
  await dev.start();
  const owed = [];
  for (const [name, kind] of CUTS) {
    const p = await fresh();
    const before = hits()[name] ?? 0;
    const act = kind === "notify"
      ? attempt("POST", `/${p.id}/notify/`, { as: "ob", dev: `failpoint=${name}`, json: { parties: ["p1", "p3"], slots: many } })
      : attempt("PATCH", `/${p.id}/`, { as: "ob", dev: `failpoint=${name}`, json: { slots: many.slice(3) } });
    await until(name, () => (hits()[name] ?? 0) > before);
    await kill();
    note(p.id, await act);
    if (kind === "notify") {
      if (name !== "before_commit") owed.push(p);
    } else {
      const now = (await dev.ask("GET", `/${p.id}/`, { as: "ob" })).json;
      assert.equal(now.slots.length, name === "before_commit" ? 30 : 27, `${name}: all or nothing`);
    }
  }
  const stops = [];
  for (let n = 0; n < AT_RANDOM; n++) {
    const p = await fresh();
    stops.push(streams(p));
    // A different place each time: after so many acknowledged acts.
    await until("acts", () => acknowledged.get(p.id).length >= 1 + (n % 5));
    await kill();
  }
  await Promise.all(stops.map((stop) => stop()));

  const counts = hits();
  console.log(`${kills} kills; failpoints reached: ${JSON.stringify(counts)}; acknowledged changes: ${[...acknowledged.values()].flat().length}`);
  assert.equal(kills, CUTS.length + AT_RANDOM);
  for (const name of FAILPOINTS) assert.ok(counts[name] >= EACH, `${name}: ${counts[name]}`);

  // Nobody touches the proposals whose mail was cut off: their alarms must come by themselves.
  const recipients = (mails, id) => mails.filter((mail) => mail.text.includes(`/${id}/`)).map((mail) => mail.to[0]).sort();
  await until("mail that was cut off", async () => {
    const mails = await dev.outbox();
    return owed.every((p) => recipients(mails, p.id).length >= 2);
  }, 90);

  for (const [id, changes] of acknowledged) {
    const entries = verify(await ledger(dev, id));
    for (const { slots } of changes) {
      assert.ok(entries.some((entry) => JSON.stringify(entry.slots) === JSON.stringify(slots)), "an acknowledged change is in the ledger");
    }
    const notified = entries.filter((entry) => entry.act === "notify");
    for (const party of ["p1", "p2", "p3"]) {
      const owed = promised.filter((mail) => mail === `${id} ${party}`).length;
      assert.ok(notified.filter((entry) => entry.about === party).length >= owed, "an acknowledged mail is in the ledger");
    }
    const wanted = notified.length;
    await until(`the mail of ${id}`, async () => {
      const left = objectFiles(dev.state).flatMap((path) =>
        query(path, "select 1 from sqlite_master where name = 'outbox'").length && query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id === id
          ? query(path, "select id from outbox where kind = 'mail'")
          : [],
      );
      return left.length === 0;
    }, 90);
    // The outbox keeps a message a key: one for each entry of the ledger, no more and no less.
    const sent = (await dev.mails(id)).length;
    assert.equal(sent, wanted, "one mail for each NOTIFY");
  }
  // The list has caught up with every one of them, wherever its projection was cut off.
  for (const id of acknowledged.keys()) {
    const { json } = await dev.ask("GET", `/${id}/`, { as: "ob" });
    await until(`the list to show ${id}`, async () => {
      const page = await dev.ask("GET", "/", { as: "ob" });
      return JSON.stringify(page.json.find((one) => one.id === id)?.slots) === JSON.stringify(json.slots);
    });
  }
  const [mail] = await dev.outbox();
  const id = Number(/\/(\d+)\/\?et=/.exec(mail.text)[1]);
  assert.equal((await dev.ask("GET", `/${id}/`, { et: tokenOf(mail) })).status, 200);
});
