// The directory (D1) fails or is locked while proposals are narrowed by link; and its schema.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { ROOT, SLOTS, files, links, propose, start, until } from "../support/harness.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const listed = async (p) => {
  const answer = await service.ask("GET", "/", { as: "ob" });
  return answer.json?.find?.((one) => one.id === p.id);
};

/// The proposal is narrowed by link while the directory is out of order; `mend` puts it right.
async function outOfOrder(spoil, mend) {
  const p = await propose(service);
  const et = (await links(service, p))["bea@example.org"];
  assert.equal((await listed(p)).slots.length, 3);
  await spoil();
  let narrowed;
  try {
    narrowed = await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: SLOTS.slice(1) } });
    assert.equal(narrowed.status, 202, narrowed.text);
    const again = await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: SLOTS.slice(2) } });
    assert.deepEqual([again.status, again.json.version], [202, 3]);
    assert.equal((await service.ask("GET", `/${p.id}/`, { et })).json.slots.length, 1);
    assert.equal(service.rows(p.id, "select count(*) as n from tasks where kind = 'project'")[0].n, 1, "the debt is kept");
  } finally {
    await mend();
  }
  // Nobody touches the proposal any more: the alarm alone brings the list up to date.
  const row = await until("the list to catch up", async () => {
    const one = await listed(p);
    return one?.version === 3 && one;
  });
  assert.equal(row.slots.length, 1);
  await until("the debt to be paid", () => service.rows(p.id, "select count(*) as n from tasks")[0].n === 0);
}

test("a directory that fails delays no answer, and the list catches up by alarm", () =>
  outOfOrder(
    () => service.db.prepare("alter table proposals rename to gone").run(),
    () => service.db.prepare("alter table gone rename to proposals").run(),
  ));

test("a directory that is locked delays no answer, and the list catches up by alarm", async () => {
  const path = files(service.tmp).find((name) => name.includes("D1DatabaseObject") && name.endsWith(".sqlite") && !name.endsWith("metadata.sqlite"));
  const lock = new DatabaseSync(path);
  await outOfOrder(
    () => lock.exec("begin immediate"),
    () => lock.exec("rollback"),
  );
  lock.close();
});

test("a late projection never undoes a newer one, nor brings a closed proposal back", async () => {
  const p = await propose(service, { parties: ["zo@localhost"] });
  await service.ask("DELETE", `/${p.id}/`, { as: "ob" });
  const source = readFileSync(`${ROOT}/src/proposal/projection.rs`, "utf8");
  const [, upsert] = /const UPSERT: &str =\s*"([\s\S]*?)";/.exec(source);
  const late = {
    id: p.id, entries: 1, creator: 1, title: "late", state: "open", shown: "{}", masked: null, origin: "", created_at: 0,
    updated_at: 0, party_keys: JSON.stringify([["zo@localhost", "required"], ["new@example.org", "given"]]), holds_mail: 0,
    deadline: null, successor: null, required_left: 1,
  };
  // D1 numbers its parameters.
  const names = [...new Set([...upsert.matchAll(/:(\w+)/g)].map(([, name]) => name))];
  const sql = upsert.replace(/:(\w+)/g, (_, name) => `?${names.indexOf(name) + 1}`);
  await service.db.prepare(sql).bind(...names.map((name) => late[name])).run();
  const row = await service.db.prepare("select entries, state, title from proposals where id = ?").bind(p.id).first();
  assert.deepEqual(row, { entries: 2, state: "closed", title: "cybes" });
  const { results } = await service.db.prepare("select * from proposal_parties where proposal = ?").bind(p.id).all();
  assert.deepEqual(results, []);
});

test("the list of a caller reads the caller's rows alone, however many there are", () => {
  const source = readFileSync(`${ROOT}/src/proposal/list.rs`, "utf8");
  const [, offered, latest] = /"(p\.state[^"]*)",\s*"([^"]*)"/.exec(source);
  const template = /format!\(\s*"([\s\S]*?)",\s*shown/.exec(source.slice(source.indexOf("fn page_sql")))[1];
  const sql = template.replaceAll("{offered}", offered).replaceAll("{latest}", latest).replace("{shown}", "s.shown");
  const me = "with me as materialized (select * from accounts where username = :name)";
  const db = new DatabaseSync(":memory:");
  db.exec(readFileSync(`${ROOT}/schema.sql`, "utf8"));
  const plan = db.prepare(`explain query plan ${me} ${sql}`).all({ name: "zo", before_time: 2 ** 52, before_id: 0, most: 50 }).map((row) => row.detail);
  const reads = plan.filter((detail) => /\b(p|proposals|proposal_parties)\b/.test(detail));
  assert.deepEqual(reads, [
    "SEARCH p USING INDEX proposals_created (created_at<?)",
    "SEARCH proposals USING COVERING INDEX proposals_creator (creator=?)",
    "SEARCH proposal_parties USING PRIMARY KEY (address_key=?)",
    "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)",
  ]);
});

test("the directory learns who has answered from the rows that it has, and takes a row of the release before", () => {
  const db = new DatabaseSync(":memory:");
  const [first, ...later] = readdirSync(`${ROOT}/migrations`).sort().map((name) => readFileSync(`${ROOT}/migrations/${name}`, "utf8"));
  db.exec(first);
  const insert = `insert into proposals (id, entries, creator, title, state, shown, origin, created_at, updated_at, party_keys)
    values (:id, 1, 1, 't', :state, :shown, '', 0, 0, :keys)`;
  const person = (email, optional, kept) => ({ email, optional, kept });
  const answers = [person("A@x", false, null), person("b@x", true, null), person("c@x", false, 0), person("d@x", true, 2), person("e@x", false, null)];
  const keys = answers.map(({ email }) => email.toLowerCase());
  const add = (id, state, shown) => db.prepare(insert).run({ id, state, shown: JSON.stringify(shown), keys: JSON.stringify(state === "closed" ? [] : keys) });
  add(1, "open", { deadline: "2030-01-01T00:00:00.250000Z", successor: null, answers });
  add(2, "exhausted", { deadline: null, successor: 7, answers });
  add(3, "closed", { deadline: null, successor: null, answers });
  db.exec(later.join("\n"));
  const rows = (sql) => db.prepare(sql).all().map((row) => Object.values(row));
  assert.deepEqual(rows("select id, deadline, successor, required_left from proposals"), [[1, 1_893_456_000_250, null, 2], [2, null, 7, 0], [3, null, null, 0]]);
  const parties = () => rows("select proposal, address_key, answer from proposal_parties order by proposal, address_key");
  const due = ["required", "optional", "given", "given", "required"];
  assert.deepEqual(parties(), [...keys.map((key, n) => [1, key, due[n]]), ...keys.map((key) => [2, key, null])]);
  // Addresses alone: the Worker of before writes on until the new one is there.
  db.prepare("update proposals set party_keys = ? where id = 2").run(JSON.stringify(keys.slice(2)));
  db.prepare(insert).run({ id: 4, state: "open", shown: "{}", keys: JSON.stringify(["f@x"]) });
  db.prepare("update proposals set party_keys = ? where id = 4").run(JSON.stringify([["f@x", "required"], ["g@x", "given"]]));
  assert.deepEqual(parties().slice(5), [...keys.slice(2).map((key) => [2, key, null]), [4, "f@x", "required"], [4, "g@x", "given"]]);
  db.prepare("update proposals set party_keys = ? where id = 4").run(JSON.stringify([["g@x", null]]));
  assert.deepEqual(parties().slice(8), [[4, "g@x", null]]);
});

test("the migrations give the very schema of schema.sql", () => {
  const shape = (sql) => {
    const db = new DatabaseSync(":memory:");
    db.exec(sql);
    const rows = db.prepare("select type, name, tbl_name, sql from sqlite_master where sql is not null order by name").all();
    const columns = db.prepare("select m.name as tbl, c.* from sqlite_master m, pragma_table_xinfo(m.name) c order by 1, cid").all();
    // Comments and white space are no part of a schema.
    const plain = (text) => text.replace(/--.*$/gm, "").replace(/\s+/g, " ").replace(/ ?([(),]) ?/g, "$1");
    return JSON.stringify([rows.map((row) => ({ ...row, sql: plain(row.sql) })), columns]);
  };
  const migrations = readdirSync(`${ROOT}/migrations`).sort().map((name) => readFileSync(`${ROOT}/migrations/${name}`, "utf8"));
  assert.equal(shape(migrations.join("\n")), shape(readFileSync(`${ROOT}/schema.sql`, "utf8")));
  for (const table of readFileSync(`${ROOT}/schema.sql`, "utf8").match(/create table[\s\S]*?\n\)[^;]*;/g)) assert.match(table, /\) strict/);
});
