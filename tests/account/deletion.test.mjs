// The deletion of an account carries itself through, without cron, and nothing can make it stick.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { links, propose, start, until } from "../support/harness.mjs";
import { PASSWORD, basic, person, row, rows } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const leave = (who, options = {}) => service.ask("DELETE", "/accounts/me/", { json: { password: PASSWORD }, ...basic(who), ...options });
const gone = (who) => until(`${who.username} to be gone`, async () => (await row(service, who)) === null, 60);

test("an account with twelve open proposals is gone at once, with the links of all, and cron never runs", { timeout: 120_000 }, async () => {
  const who = await person(service);
  const guest = `${who.username}-guest@example.org`;
  const made = [];
  for (let n = 0; n < 12; n++) {
    const p = await propose(service, { parties: [guest] }, basic(who));
    made.push([p, (await links(service, p))[guest]]);
  }
  assert.equal((await leave(who)).status, 204);
  await gone(who);
  for (const [p, et] of made) {
    const answer = await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: p.slots.slice(1) } });
    assert.equal(answer.status, 410, answer.text);
  }
});

test("cut off right after it was asked for, a deletion goes on by its alarm", { timeout: 120_000 }, async () => {
  const who = await person(service);
  await propose(service, {}, basic(who));
  // The request never ends.
  void leave(who, { dev: "failpoint=after_leaving" }).catch(() => undefined);
  await until("it to leave", async () => (await row(service, who)).leaving === 1);
  await gone(who);
});

test("a proposal that cannot be closed, for it is not there, does not make the deletion stick", async () => {
  const who = await person(service);
  const ghost = 900_719_925_474_000 + who.id % 1000;
  await service.db
    .prepare("insert into proposals (id, entries, creator, title, state, shown, origin, created_at, updated_at, party_keys) values (?1, 1, ?2, 'ghost', 'open', '{}', '', 0, 0, '[]')")
    .bind(ghost, who.id)
    .run();
  assert.equal((await leave(who)).status, 204);
  await gone(who);
  assert.equal((await service.db.prepare("select state from proposals where id = ?").bind(ghost).first()).state, "closed");
});

test("an export of more than a page has every row, in order, and breaks off for nobody", async () => {
  const who = await person(service);
  const count = 1_203;
  await service.db
    .prepare(
      `insert into contacts (id, owner, first_name, last_name, email, email_key, first_folded, last_folded, email_folded, in_groups, created_at, updated_at)
       with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
       select ?1 % 1000000 * 10000 + i, ?1, 'f' || i, 'l', i || '@example.org', i || '@example.org', 'f' || i, 'l', i || '@example.org', '[]', i / 3, 0 from n`,
    )
    .bind(who.id, count)
    .run();
  assert.equal(await rows(service, "contacts", who, "owner"), count);
  await service.ask("POST", "/accounts/address/", { json: { email: `next-${who.email}`, password: PASSWORD }, ...basic(who) });
  const { status, json, headers, text } = await service.ask("GET", "/accounts/export/", basic(who));
  assert.equal(status, 200, text);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="whittle.json"');
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.deepEqual(Object.keys(json), ["account", "contacts", "proposals", "calendars", "meetings", "imported_busy_times", "subscribed_calendars", "working_hours", "blocked_hours", "booking_pages", "offers", "bookings", "address_changes", "unsubscribed", "sessions"]);
  assert.deepEqual(json.contacts.map(({ first_Name }) => first_Name), Array.from({ length: count }, (_, i) => `f${i + 1}`));
  assert.equal(json.address_changes.length, 1);
});
