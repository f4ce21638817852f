// Nothing is read for a password that is not judged yet: whoever only knows a name causes no more than the read of one row.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { PASSWORD, basic, person } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

/// Takes away the tables that every one of these routes reads beside the account. Whoever gets that far gets 503.
const TABLES = ["contacts", "proposal_parties", "meeting_attendees", "sessions"];
const ROUTES = ["/", "/schedules/contacts/", "/schedules/contacts/groups/", "/schedules/contacts/export/", "/accounts/export/", "/accounts/sessions/"];
const rename = (from, to) => service.db.batch(TABLES.map((table) => service.db.prepare(`alter table ${from(table)} rename to ${to(table)}`)));
const away = (table) => `${table}_away`;
const here = (table) => table;

test("a wrong password, or a name that nobody has, is refused before anything of the account is read", async () => {
  const who = await person(service);
  await rename(here, away);
  try {
    for (const path of ROUTES) {
      for (const caller of [basic(who, "wrong"), { as: "nobody", password: PASSWORD }]) {
        const { status, json } = await service.ask("GET", path, caller);
        assert.deepEqual([status, json], [401, { detail: "Invalid username/password." }], path);
      }
      // The right one is judged, and then the read fails: the test reads the tables that the routes read.
      assert.equal((await service.ask("GET", path, basic(who))).status, 503, path);
      assert.equal((await service.ask("GET", path, basic(who))).status, 503, `${path}, remembered`);
      // One that is remembered opens nothing to another.
      assert.equal((await service.ask("GET", path, basic(who, "wrong"))).status, 401, path);
    }
  } finally {
    await rename(away, here);
  }
  for (const path of ROUTES) assert.equal((await service.ask("GET", path, basic(who))).status, 200, path);
});

test("a password that was remembered opens nothing once the stored one or the epoch is another", async () => {
  const who = await person(service);
  assert.equal((await service.ask("GET", "/schedules/contacts/", basic(who))).status, 200);
  await service.db.prepare("update accounts set epoch = epoch + 1 where id = ?").bind(who.id).run();
  assert.equal((await service.ask("GET", "/schedules/contacts/", basic(who))).status, 200, "it is judged anew");
  await service.db.prepare("update accounts set password = (select password from accounts where username = 'ob') where id = ?").bind(who.id).run();
  assert.equal((await service.ask("GET", "/schedules/contacts/", basic(who))).status, 401);
  await service.db.prepare("update accounts set active = 0 where id = ?").bind(who.id).run();
  assert.equal((await service.ask("GET", "/schedules/contacts/", basic(who, "p"))).status, 401);
});
