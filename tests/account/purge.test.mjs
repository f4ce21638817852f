// Accounts that never verify their address and own nothing are deleted after 30 days.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { propose, start, until } from "../support/harness.mjs";
import { basic, person, row, stranger } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const DAY = 86_400_000;
const cron = () => service.worker.scheduled({ cron: "*/5 * * * *" });
const age = (who, days) => service.db.prepare("update accounts set created_at = ? where id = ?").bind(Date.now() - days * DAY, who.id).run();

test("cron deletes who has not verified the address for 30 days and owns nothing, and nobody else", async () => {
  const forgotten = [];
  for (let n = 0; n < 7; n++) forgotten.push(await stranger(service));
  const [young, verified, proposes, knows] = [await stranger(service), await person(service), await stranger(service), await stranger(service)];
  await propose(service, {}, basic(proposes));
  const contact = { first_Name: "A", last_Name: "B", email: "a@example.org" };
  assert.equal((await service.ask("POST", "/schedules/contacts/", { json: contact, ...basic(knows) })).status, 201);
  for (const who of [...forgotten, verified, proposes, knows]) await age(who, 31);
  await age(young, 29);
  await until("them to be gone", async () => {
    await cron();
    return (await Promise.all(forgotten.map((who) => row(service, who)))).every((found) => found === null);
  });
  await cron();
  for (const [name, who] of Object.entries({ young, verified, proposes, knows })) {
    const { active, leaving } = await row(service, who);
    assert.deepEqual([active, leaving], [1, 0], name);
  }
  assert.equal((await service.outbox()).filter(({ subject }) => /^Your account is deleted$/.test(subject)).length, 0, "nobody proved to be there to hear of it");
});
