// Objects that are older than the code: their tables are brought up to date when they are next asked, and what they owe by
// today's rules they pay.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { SLOTS, devServer, files, objectFiles, propose, query, until } from "../support/harness.mjs";

/// The outbox of the first version.
const OUTBOX_1 = `create table outbox (
  id text primary key,
  kind text not null check (kind in ('mail', 'projection')),
  body text not null check (json_valid(body)),
  key_id text not null,
  status text not null check (status in ('due', 'held', 'dead')),
  due_at integer not null,
  created_at integer not null,
  attempts integer not null,
  error text
) strict, without rowid`;
const NEW_FIELDS = ["predecessor", "successor", "cuts", "pending", "creator_opted_out", "refused"];

const dev = await devServer("upgrade");
after(() => dev.kill());

const fileOf = (id) =>
  objectFiles(dev.state).find((path) =>
    query(path, "select 1 from sqlite_master where name = 'proposal'").length &&
    query(path, "select json_extract(state, '$.id') as id from proposal")[0]?.id === id);
const directory = () =>
  files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));

function edit(path, change) {
  const file = new DatabaseSync(path);
  try {
    change(file);
  } finally {
    file.close();
  }
}

/// Makes an object what the first version left: its outbox, its state, its version.
function age(id, more = () => {}) {
  edit(fileOf(id), (file) => {
    file.exec(`drop table outbox; ${OUTBOX_1}; delete from migrations; insert into migrations values (1);`);
    const state = JSON.parse(file.prepare("select state from proposal").get().state);
    for (const field of NEW_FIELDS) delete state[field];
    for (const party of state.parties) for (const field of ["opted_out", "undeliverable", "former", "reminded_at"]) delete party[field];
    file.prepare("update proposal set state = ?").run(JSON.stringify(state));
    more(file, state);
  });
}

test("a proposal of the first version that was agreed gets its meeting", { timeout: 180_000 }, async () => {
  await dev.start();
  const agreed = await propose(dev, { parties: ["ob@localhost", { email: "opt@example.org", optional: true }], slots: SLOTS.slice(0, 1) });
  assert.equal(agreed.state, "agreed");
  await until("the meeting", async () => (await dev.ask("GET", `/meetings/${agreed.id}/`, { as: "ob" })).status === 200);
  await until("its mail", () => dev.mails(agreed.id).length === 2);
  await dev.kill();
  edit(directory(), (file) => {
    file.exec("delete from meetings; delete from meeting_attendees; delete from busy; delete from outbox; delete from dev_outbox;");
  });
  age(agreed.id);
  await dev.again();
  for (const id of [agreed.id]) {
    const { status, json } = await dev.ask("GET", `/${id}/`, { as: "ob" });
    assert.deepEqual([status, json.state], [200, "agreed"]);
  }
  await until("the meeting, made anew", async () => (await dev.ask("GET", `/meetings/${agreed.id}/`, { as: "ob" })).status === 200);
  await until("its invitations", () => dev.mails(agreed.id).length === 2);
  for (const id of [agreed.id]) {
    assert.deepEqual(query(fileOf(id), "select version from migrations order by 1").map((row) => row.version), [1, 2]);
    assert.deepEqual(query(fileOf(id), "select name from sqlite_master where name like 'outbox%'").map((row) => row.name), ["outbox"]);
  }
});
