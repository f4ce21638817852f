// Who is busy when: the trigger that keeps hard rows from overlapping, in SQLite itself and through D1, and the soft rows
// of agreed proposals.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { ROOT, SLOTS, propose, start } from "../support/harness.mjs";
import { agree, answer, meeting, meetingLink, span } from "../support/agree.mjs";

const COLUMNS = ["account", "starts_at", "ends_at", "guard_start", "guard_end", "hard", "strict", "made_at", "expires_at", "kind", "source"];
const INSERT = `insert into busy (${COLUMNS.join(", ")}) values (${COLUMNS.map(() => "?").join(", ")})`;
/// A hard, firm meeting of account 1 without guards, but for what is given.
const row = (wanted) => {
  const { starts_at = 0, ends_at = 10 } = wanted;
  return { account: 1, starts_at, ends_at, guard_start: starts_at, guard_end: ends_at, hard: 1, strict: 0, made_at: 0, expires_at: null, kind: "meeting", source: 1, ...wanted };
};
const values = (one) => COLUMNS.map((name) => one[name]);

function fresh() {
  const db = new DatabaseSync(":memory:");
  db.exec(readFileSync(`${ROOT}/schema.sql`, "utf8"));
  const insert = db.prepare(INSERT);
  return { db, insert: (one) => insert.run(...values(one)) };
}

/// What SQLite says to it; nothing where it takes it.
function refusal(act) {
  try {
    act();
  } catch (error) {
    return error.message;
  }
}

/// A small generator with a seed, so that a failure can be repeated (mulberry32).
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/// The naive model: time is a row of points, and rows that take part in it are sets of them.
const points = (from, to) => new Set(Array.from({ length: to - from }, (_, n) => from + n));
const meet = (one, other) => [...one].some((point) => other.has(point));
function inTheWay(rows, one) {
  if (!one.hard) return [];
  const [body, guard] = [points(one.starts_at, one.ends_at), points(one.guard_start, one.guard_end)];
  return rows.filter((other) => {
    if (!(other.hard || one.strict) || other.account !== one.account) return false;
    if (other.expires_at !== null && other.expires_at <= one.made_at) return false;
    if (other.kind === "block" && one.kind === "block") return false;
    if (other.kind === one.kind && other.source === one.source) return false;
    if (meet(body, points(other.starts_at, other.ends_at))) return true;
    if (!one.strict || other.kind !== "meeting") return false;
    return meet(guard, points(other.starts_at, other.ends_at)) || meet(body, points(other.guard_start, other.guard_end));
  });
}

const seed = Number(process.env.WHITTLE_SEED ?? Date.now() % 1_000_000);
test(`hard rows never overlap, as a naive model has it, over 2,000 random insertions (seed ${seed})`, () => {
  const pick = random(seed);
  const { db, insert } = fresh();
  let rows = [];
  const counts = { taken: 0, refused: 0, soft: 0, onlyByGuard: 0, bySoft: 0, afterHold: 0 };
  for (let n = 0; n < 2_000; n++) {
    if (pick(8) === 0) {
      const source = 1 + pick(6);
      db.prepare("delete from busy where source = ?").run(source);
      rows = rows.filter((one) => one.source !== source);
    }
    const starts_at = pick(120);
    const ends_at = starts_at + 1 + pick(9);
    const one = row({
      account: 1 + pick(2),
      starts_at,
      ends_at,
      guard_start: starts_at - Math.max(0, pick(6) - 2),
      guard_end: ends_at + Math.max(0, pick(6) - 2),
      hard: Number(pick(4) > 0),
      made_at: n,
      kind: ["meeting", "block", "import"][pick(3)],
      source: 1 + pick(6),
    });
    if (one.hard) one.strict = pick(2);
    // A hold lasts for as long as the next few insertions.
    if (pick(3) === 0) one.expires_at = n + 1 + pick(60);
    const ways = inTheWay(rows, one);
    const said = refusal(() => insert(one));
    const where = `${n}: ${JSON.stringify(one)}`;
    if (ways.length) {
      assert.ok(ways.some((way) => said === `busy:${one.account}:${way.kind}:${way.source}`), `${said}; ${where}; ${JSON.stringify(ways)}`);
      counts.refused += 1;
      if (!ways.some((way) => meet(points(one.starts_at, one.ends_at), points(way.starts_at, way.ends_at)))) counts.onlyByGuard += 1;
      if (ways.every((way) => !way.hard)) counts.bySoft += 1;
    } else {
      assert.equal(said, undefined, where);
      rows.push(one);
      counts.taken += 1;
      if (!one.hard) counts.soft += 1;
      if (inTheWay(rows.slice(0, -1).map((other) => ({ ...other, expires_at: null })), one).length) counts.afterHold += 1;
    }
  }
  const kept = db.prepare(`select ${COLUMNS.join(", ")} from busy order by id`).all().map((one) => ({ ...one }));
  assert.deepEqual(kept, rows);
  for (const [n, one] of rows.entries()) assert.deepEqual(inTheWay(rows.slice(0, n), one), [], "the invariant itself");
  console.log(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.ok(counts.taken > 500 && counts.refused > 500 && counts.soft > 100, "the mix is worth something");
  assert.ok(counts.onlyByGuard > 20 && counts.bySoft > 50 && counts.afterHold > 20, "the mix is worth something");
});

test("what touches does not overlap, and a meeting's guard keeps guests away on either side, nobody else", () => {
  const guest = { strict: 1 };
  const cases = [
    // What is there, what comes, whether it is refused.
    [{}, { starts_at: 10, ends_at: 20 }, false],
    [{}, { starts_at: 9, ends_at: 20 }, true],
    [{}, { starts_at: 3, ends_at: 4 }, true],
    [{ guard_end: 15 }, { ...guest, starts_at: 14, ends_at: 20 }, true],
    [{ guard_end: 15 }, { ...guest, starts_at: 15, ends_at: 20 }, false],
    [{ starts_at: 20, ends_at: 30 }, { ...guest, starts_at: 10, ends_at: 15, guard_end: 21 }, true],
    [{ starts_at: 20, ends_at: 30 }, { ...guest, starts_at: 10, ends_at: 15, guard_end: 20 }, false],
    // Who is no guest may use the buffers of the account.
    [{ guard_end: 15 }, { starts_at: 14, ends_at: 20 }, false],
    [{ starts_at: 20, ends_at: 30 }, { starts_at: 10, ends_at: 15, guard_end: 21 }, false],
    // Buffers lie between meetings.
    [{ kind: "block", guard_end: 15 }, { ...guest, starts_at: 14, ends_at: 20 }, false],
    [{ kind: "import", guard_end: 15 }, { ...guest, starts_at: 14, ends_at: 20 }, false],
    // The larger buffer of two neighbours counts, not the sum: 5 and 5 are 5.
    [{ guard_end: 15 }, { ...guest, starts_at: 15, ends_at: 20, guard_start: 10 }, false],
    [{ guard_end: 15 }, { ...guest, starts_at: 14, ends_at: 20, guard_start: 9 }, true],
    [{ guard_end: 12 }, { ...guest, starts_at: 14, ends_at: 20, guard_start: 9 }, true],
    [{}, { account: 2 }, false],
    [{ hard: 0 }, {}, false],
    [{}, { hard: 0 }, false],
    [{}, { source: 1 }, false],
    [{ kind: "block" }, { kind: "block" }, false],
    [{ kind: "block" }, { kind: "meeting" }, true],
    [{ kind: "import" }, { kind: "import" }, true],
    // What is only agreed or imported is in the way of guests, and of nobody else.
    [{ hard: 0 }, guest, true],
    [{ hard: 0, kind: "import" }, guest, true],
    [{ hard: 0, guard_end: 15 }, { ...guest, starts_at: 14, ends_at: 20 }, true],
    [guest, { hard: 0 }, false],
    [guest, {}, true],
    // A hold is in the way until it ends by the clock of who comes, whether its row was deleted or not.
    [{ ...guest, expires_at: 50 }, { ...guest, made_at: 49 }, true],
    [{ ...guest, expires_at: 50 }, { ...guest, made_at: 50 }, false],
    [{ ...guest, expires_at: 50 }, { made_at: 49, expires_at: 90 }, true],
    [{ hard: 0, expires_at: 50 }, { ...guest, made_at: 51 }, false],
    [{}, { ...guest, made_at: 1e12 }, true],
  ];
  for (const [there, comes, refused] of cases) {
    const { insert } = fresh();
    insert(row({ source: 1, ...there }));
    const said = refusal(() => insert(row({ source: 2, ...comes })));
    assert.equal(said, refused ? `busy:1:${there.kind ?? "meeting"}:1` : undefined, JSON.stringify([there, comes]));
  }
});

test("no way of inserting goes round the trigger, rows never change, and what is no span is refused", () => {
  const { db, insert } = fresh();
  insert(row({}));
  for (const how of ["or ignore", "or replace", "or fail"]) {
    const sql = INSERT.replace("insert", `insert ${how}`);
    assert.equal(refusal(() => db.prepare(sql).run(...values(row({ source: 2 })))), "busy:1:meeting:1", how);
  }
  assert.equal(refusal(() => db.exec("update busy set starts_at = 1")), "busy rows are inserted and deleted");
  assert.equal(refusal(() => db.exec("update busy set hard = 0")), "busy rows are inserted and deleted");
  for (const bad of [
    { ends_at: 0 },
    { ends_at: -1 },
    { guard_start: 1 },
    { guard_end: 9 },
    { hard: 2 },
    { hard: 0, strict: 1 },
    { made_at: null },
    { made_at: 5, expires_at: 5 },
    { kind: "holiday" },
    { account: null },
  ]) {
    const said = refusal(() => insert(row({ account: 9, ...bad })));
    assert.match(said ?? "", /^(CHECK|NOT NULL) constraint failed/, JSON.stringify(bad));
  }
  assert.equal(db.prepare("select count(*) as n from busy").get().n, 1);
});

test("a hold becomes firm in one batch that judges it anew: late, too, if the time is free", () => {
  const confirm = (db, insert, one) => {
    db.exec("begin");
    try {
      db.prepare("delete from busy where kind = 'meeting' and source = ?").run(one.source);
      insert({ ...one, expires_at: null });
      db.exec("commit");
    } catch (error) {
      db.exec("rollback");
      throw error;
    }
  };
  const hold = row({ strict: 1, source: 2, made_at: 0, expires_at: 50 });
  const { db, insert } = fresh();
  insert(hold);
  // Long after its end, with nobody else there.
  confirm(db, insert, { ...hold, made_at: 500 });
  assert.deepEqual(refusal(() => insert(row({ source: 3, made_at: 501 }))), "busy:1:meeting:2");
  // Somebody else has the time by then.
  const late = fresh();
  late.insert(hold);
  late.insert(row({ strict: 1, source: 3, made_at: 60 }));
  assert.equal(refusal(() => confirm(late.db, late.insert, { ...hold, made_at: 70 })), "busy:1:meeting:3");
  assert.deepEqual(late.db.prepare("select source from busy order by 1").all().map(({ source }) => source), [2, 3], "nothing was done");
});

let service;
before(async () => {
  service = await start();
});
after(() => service?.close());

const put = (one) => service.db.prepare(INSERT).bind(...values(one));
const busyOf = async (id) => {
  const query = "select account, starts_at, ends_at, guard_start, guard_end, hard from busy where kind = 'meeting' and source = ? order by account";
  return (await service.db.prepare(query).bind(id).all()).results;
};

test("the trigger of D1 knows holds, guests and buffers as that of SQLite does", async () => {
  const guest = { account: 60, strict: 1, starts_at: 100, ends_at: 200 };
  const said = (one) => put(row(one)).run().then(() => "taken", (error) => /busy:\d+:\w+:\d+/.exec(String(error))?.[0]);
  assert.equal(await said({ ...guest, source: 401, made_at: 10, expires_at: 50, guard_end: 220 }), "taken");
  assert.equal(await said({ ...guest, source: 402, made_at: 49 }), "busy:60:meeting:401");
  assert.equal(await said({ ...guest, source: 402, made_at: 49, starts_at: 210, ends_at: 300 }), "busy:60:meeting:401");
  assert.equal(await said({ ...guest, source: 402, strict: 0, made_at: 49, starts_at: 210, ends_at: 300 }), "taken");
  assert.equal(await said({ ...guest, source: 403, made_at: 50 }), "taken");
  assert.equal(await said({ ...guest, source: 404, hard: 0, strict: 0, starts_at: 500, ends_at: 600 }), "taken");
  assert.equal(await said({ ...guest, source: 405, made_at: 50, starts_at: 550, ends_at: 650 }), "busy:60:meeting:404");
});

test("a batch with one overlap leaves nothing of itself, and its error names whose time and what is in the way", async () => {
  await service.db.batch([put(row({ account: 70, source: 501, starts_at: 100, ends_at: 200 }))]);
  const batch = [
    put(row({ account: 71, source: 502, starts_at: 100, ends_at: 200 })),
    put(row({ account: 70, source: 502, starts_at: 150, ends_at: 250 })),
    put(row({ account: 72, source: 502, starts_at: 100, ends_at: 200 })),
  ];
  await assert.rejects(service.db.batch(batch), /busy:70:meeting:501/);
  assert.deepEqual(await busyOf(502), []);
});

test("of twenty that book one hour at once exactly one gets it", async () => {
  const book = (n) =>
    service.db.batch([
      service.db.prepare("insert into optouts values (?, ?, 0)").bind(`booking-${n}`, 80),
      put(row({ account: 80, source: 600 + n, starts_at: 1_000 + n, ends_at: 2_000 + n })),
    ]);
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => book(n)));
  const won = results.flatMap(({ status }, n) => (status === "fulfilled" ? [n] : []));
  assert.equal(won.length, 1);
  for (const { reason } of results.filter(({ status }) => status === "rejected")) {
    assert.match(String(reason), new RegExp(`busy:80:meeting:${600 + won[0]}\\b`));
  }
  const { results: noted } = await service.db.prepare("select address_key from optouts where account = 80").all();
  assert.deepEqual(noted, [{ address_key: `booking-${won[0]}` }], "what the losers wrote beside it is gone");
});

test("an agreed time makes verified attendees busy, softly, and moves, frees and ends with the meeting", async () => {
  // `zo` and `st` are verified accounts, `un` is none of the two; `ob` only calls the meeting, `bea` has no account.
  const parties = ["zo@localhost", "st@localhost", "un@localhost", "bea@example.org"];
  const [{ begin, duration }] = SLOTS;
  // Somebody's hard time in the same hour is no obstacle, and stays.
  const at = span({ begin, duration });
  await service.db.batch([put(row({ account: 2, source: 900, starts_at: at.begin * 1000, ends_at: at.end * 1000 }))]);
  const p = await agree(service, { parties });
  const rows = (accounts, { begin, end }) =>
    accounts.map((account) => ({ account, starts_at: begin * 1000, ends_at: end * 1000, guard_start: begin * 1000, guard_end: end * 1000, hard: 0 }));
  assert.deepEqual(await busyOf(p.id), rows([2, 11], at));
  assert.equal((await busyOf(900)).length, 1);

  const act = async (method, path, options) => {
    const { status, text } = await service.ask(method, `/meetings/${p.id}/${path}`, options);
    assert.equal(status, method === "DELETE" ? 204 : 202, text);
  };
  await act("POST", "decline/", { as: "zo" });
  assert.deepEqual(await busyOf(p.id), rows([11], at), "who declines is free");
  await act("POST", "accept/", { et: meetingLink(p.id, 1) });
  assert.deepEqual(await busyOf(p.id), rows([2, 11], at), "who comes after all is not");
  await act("POST", "decline/", { et: meetingLink(p.id, 4) });
  assert.deepEqual(await busyOf(p.id), rows([2, 11], at), "an attendee without an account is nobody's row");
  await act("PATCH", "", { as: "ob", json: { begin: "2030-02-01T10:00:00Z", duration: "00:30:00" } });
  const moved = span(await meeting(service, p.id));
  assert.deepEqual(await busyOf(p.id), rows([2, 11], moved));
  await act("DELETE", "", { as: "ob" });
  assert.deepEqual(await busyOf(p.id), []);
  assert.equal((await busyOf(900)).length, 1, "others' rows stay");
});

test("two meetings in one hour make their attendee softly busy twice", async () => {
  const [a, b] = [await agree(service, { parties: ["zo@localhost"] }), await agree(service, { parties: ["zo@localhost"] })];
  assert.deepEqual((await busyOf(a.id)).map(({ account, hard }) => [account, hard]), [[2, 0]]);
  assert.deepEqual(await busyOf(b.id), await busyOf(a.id));
});

test("who kept none of it is not busy by it, and who may still come is", async () => {
  const optional = (email) => ({ email, optional: true });
  const p = await propose(service, { parties: ["bea@example.org", optional("zo@localhost"), optional("st@localhost")], slots: SLOTS.slice(0, 1) });
  assert.equal((await answer(service, p.id, "p2", [])).status, 202);
  assert.equal((await answer(service, p.id, "p1", p.slots)).json.state, "agreed");
  await meeting(service, p.id);
  assert.deepEqual((await busyOf(p.id)).map(({ account }) => account), [11]);
});
