// Slots and moves that are sent as wall time in a time zone: they become the instants that clocks there mean, and what clocks do
// not show, or show twice, is not guessed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { propose, start } from "../support/harness.mjs";
import { agree, meeting } from "../support/agree.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const BERLIN = "Europe/Berlin";
const hour = (begin, more = {}) => ({ begin, duration: "01:00:00", timezone: BERLIN, ...more });
const create = (slots) => service.ask("POST", "/", { as: "ob", json: { parties: ["zo@localhost"], slots } });
const begins = ({ json }) => json.slots.map(({ begin }) => begin);
const GAP = /^2030-03-31T02:30 does not exist in Europe\/Berlin, .* 2030-03-31T01:59 and 2030-03-31T03:00\.$/;
const TWICE = /^2030-10-27T02:30 comes twice .* 0 for the first \(\+02:00, which is 2030-10-27T00:30:00Z\) or .* 1 for the second \(\+01:00, which is 2030-10-27T01:30:00Z\)\.$/;

test("a wall time is the instant that it is there, in winter, in summer and in other zones", async () => {
  const created = await create([
    hour("2030-01-07T09:00"),
    hour("2030-07-01 09:00:30"),
    hour("2030-07-01T09:00", { timezone: "asia/kathmandu", fold: 1 }),
    { begin: "2030-07-02T09:00", duration: "01:00:00", fold: 5 },
    { begin: "2030-07-03T09:00+02:00", duration: "01:00:00", timezone: null },
  ]);
  assert.equal(created.status, 201, created.text);
  assert.deepEqual(begins(created), [
    "2030-01-07T08:00:00Z",
    "2030-07-01T03:15:00Z",
    "2030-07-01T07:00:30Z",
    "2030-07-02T09:00:00Z",
    "2030-07-03T07:00:00Z",
  ]);
});

test("what clocks leave out or show twice is refused with the choices, beside the faults of the other slots", async () => {
  const { status, json } = await create([
    hour("2030-03-31T01:59"),
    hour("2030-03-31T02:30", { fold: 1 }),
    hour("2030-10-27T02:30"),
    hour("2030-10-27T02:30+02:00"),
    hour("2030-10-27T02:30", { fold: 2 }),
    hour("2030-10-27T02:30", { timezone: "Mars/Base" }),
    hour("2030-10-27T03:00", { duration: 0 }),
  ]);
  assert.equal(status, 400);
  const [fine, gap, twice, offset, fold, zone, duration] = json.slots;
  assert.deepEqual(fine, {});
  assert.deepEqual(Object.keys(gap), ["begin"]);
  assert.match(gap.begin[0], GAP);
  assert.match(twice.begin[0], TWICE);
  assert.match(offset.begin[0], /^With a time zone beside it, this must be a wall time without an offset/);
  assert.deepEqual(fold, { fold: ["Must be 0 (the first) or 1 (the second)."] });
  assert.deepEqual(zone, { timezone: ["Not a time zone of the IANA database."] });
  assert.deepEqual(Object.keys(duration), ["duration"]);
});

test("with a fold, both of two equal wall times can be proposed", async () => {
  const created = await create([hour("2030-10-27T02:30", { fold: 0 }), hour("2030-10-27T02:30", { fold: "1" })]);
  assert.deepEqual(begins(created), ["2030-10-27T00:30:00Z", "2030-10-27T01:30:00Z"]);
});

test("an answer, a choice and a next round take wall time, too", async () => {
  const p = await propose(service, { slots: [hour("2030-01-07T09:00"), hour("2030-01-08T09:00")], parties: ["ob@localhost", "zo@localhost"] });
  const answered = await service.ask("PATCH", `/${p.id}/`, { as: "zo", json: { slots: [hour("2030-01-08T09:00", { duration: "00:30:00" })] } });
  assert.deepEqual(begins(answered), ["2030-01-08T08:00:00Z"]);
  const gone = await propose(service, { parties: ["ob@localhost", "zo@localhost"] });
  await service.ask("PATCH", `/${gone.id}/`, { as: "zo", json: { slots: [] } });
  const round = (slots) => service.ask("POST", `/${gone.id}/round/`, { as: "ob", json: { slots } });
  const refused = await round([hour("2030-03-31T02:30")]);
  assert.equal(refused.status, 400);
  assert.match(refused.json.slots[0].begin[0], GAP);
  const opened = await round([hour("2030-03-31T03:00")]);
  assert.equal(opened.status, 201, opened.text);
  assert.deepEqual(begins(opened), ["2030-03-31T01:00:00Z"]);
});

test("a meeting is moved to a wall time of the zone beside it; without one nothing changes", async () => {
  const p = await agree(service);
  const move = (json) => service.ask("PATCH", `/meetings/${p.id}/`, { as: "ob", json });
  for (const [json, begin, timezone] of [
    [{ begin: "2030-07-01T09:00", timezone: BERLIN }, "2030-07-01T07:00:00Z", BERLIN],
    [{ begin: "2030-10-27T02:30", timezone: BERLIN, fold: 1 }, "2030-10-27T01:30:00Z", BERLIN],
    [{ begin: "2030-07-01T09:00" }, "2030-07-01T09:00:00Z", BERLIN],
    [{ begin: "2030-07-01T09:00Z", timezone: "Asia/Tokyo" }, "2030-07-01T09:00:00Z", "Asia/Tokyo"],
  ]) {
    const { status, json: moved, text } = await move(json);
    assert.equal(status, 202, text);
    assert.deepEqual([moved.begin, moved.timezone], [begin, timezone]);
  }
  const before = await meeting(service, p.id);
  for (const [json, fault] of [
    [{ begin: "2030-03-31T02:30", timezone: BERLIN }, { begin: GAP }],
    [{ begin: "2030-10-27T02:30", timezone: BERLIN }, { begin: TWICE }],
    [{ begin: "2030-10-27T02:30", timezone: BERLIN, fold: "later" }, { begin: TWICE, fold: /^Must be 0/ }],
  ]) {
    const refused = await move(json);
    assert.equal(refused.status, 400);
    assert.deepEqual(Object.keys(refused.json), Object.keys(fault));
    for (const [field, words] of Object.entries(fault)) assert.match(refused.json[field][0], words);
  }
  assert.deepEqual(await meeting(service, p.id), before);
});
