// When several people could meet: all are free and within their hours, the fewest soft engagements first, in the asker's zone.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { account, booked, told } from "../support/events.mjs";
import { start } from "../support/harness.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());
beforeEach(async () => {
  await service.db.batch(["busy", "blocked_days", "contacts", "meetings", "meeting_attendees"].map((table) => service.db.prepare(`delete from ${table}`)));
  await service.db.prepare("update accounts set timezone = 'UTC', hours = null, hours_version = 0, bookable_by = 'anyone'").run();
});

const suggest = (query, as = "zo") => service.ask("GET", `/api/event/suggest/?${new URLSearchParams(query)}`, { as });
const hours = async (as, from, to) => {
  const weekly = ["monday", "tuesday"].map((weekday) => ({ weekday, from, to }));
  const { status, text } = await service.ask("PUT", "/api/user/working_hours/", { as, json: { timezone: "UTC", weekly, exceptions: [] } });
  assert.equal(status, 200, text);
};
async function soft(as, from, to) {
  const { id } = await account(service, as);
  await service.db.prepare("insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (?1, ?2, ?3, ?2, ?3, 0, 0, 'import', 5)").bind(id, Date.parse(from), Date.parse(to)).run();
}

test("what is suggested is free for all, soft engagements come last and are named, and it can be booked", async () => {
  // 2030-11-04 is a Monday.
  await hours("ob", "09:00", "13:00");
  await hours("st", "10:00", "15:00");
  await booked(service, "ob", "2030-11-04 11:00:00", []);
  await service.ask("POST", "/api/user/block_slots/", { as: "zo", json: { date: "2030-11-05", blocked_slots: [10, 11] } });
  await soft("st", "2030-11-04T10:30:00Z", "2030-11-04T10:45:00Z");
  const { status, json } = await suggest({ participants: "ob@localhost, ST@localhost", from: "2030-11-04", days: 2 });
  assert.equal(status, 200);
  const at = (time_slot, ...names) => ({ time_slot, soft: names });
  assert.deepEqual(json, {
    participants: ["ob@localhost", "ST@localhost"],
    from: "2030-11-04",
    days: 2,
    suggestions: [at("2030-11-04 12:00:00"), at("2030-11-05 12:00:00"), at("2030-11-04 10:00:00", "st@localhost")],
  });
  for (const { time_slot } of json.suggestions) await booked(service, "zo", time_slot, ["ob", "st"]);
  assert.deepEqual((await suggest({ participants: "ob@localhost,st@localhost", from: "2030-11-04", days: 2 })).json.suggestions, []);
});

test("the asker's own hours do not bind it, and times are of its zone", async () => {
  await hours("zo", "01:00", "02:00");
  await hours("st", "10:00", "12:00");
  await service.db.prepare("update accounts set timezone = 'Asia/Kathmandu' where username = 'zo'").run();
  const { json } = await suggest({ participants: "st@localhost", from: "2030-11-04", days: 1 });
  assert.deepEqual(json.suggestions.map(({ time_slot }) => time_slot), ["2030-11-04 16:00:00"], "10:15 UTC is the one whole hour there");
  const alone = (await suggest({ from: "2030-11-04", days: 3 })).json.suggestions;
  assert.equal(alone.length, 50, "no more than 50");
});

test("hours that have begun are not suggested, and a repeated hour is suggested once", async () => {
  await service.db.prepare("update accounts set timezone = 'Europe/Berlin' where username = 'zo'").run();
  const day = (await suggest({ from: "2030-10-27", days: 1 })).json.suggestions;
  assert.equal(day.length, 24);
  assert.equal((await suggest({ from: "2030-03-31", days: 1 })).json.suggestions.length, 23, "clocks skip one");
  assert.deepEqual((await suggest({ from: "2020-10-27", days: 31 })).json.suggestions, []);
  const now = (await suggest({ days: 1 })).json;
  assert.ok(now.suggestions.length <= 25);
});

test("what is wrong with a question is told at once", async () => {
  const wrong = await suggest({ participants: "ob@localhost,a@b.ca,zz", from: "2030-2-3", days: 32 });
  assert.deepEqual(told(wrong), [400, {
    participants: { 1: ['Invalid email "a@b.ca" - object does not exist.'], 2: ['Invalid email "zz" - object does not exist.'] },
    from: ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
    days: ["Must be a number from 1 to 31."],
  }]);
  for (const days of ["0", "-1", "x", "1.5"]) assert.equal((await suggest({ days })).status, 400, days);
  assert.equal((await suggest({ from: "9999-12-31" })).status, 400);
  const many = Array.from({ length: 101 }, (_, n) => `p${n}@b.ca`).join(",");
  assert.deepEqual((await suggest({ participants: many })).json.participants !== undefined, true);
  assert.equal((await service.ask("GET", "/api/event/suggest/")).status, 401);
});
