// What an account publishes: its booking page, whose name is its own for good, and its kinds of meeting.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { basic, person, stranger } from "../support/people.mjs";
import { told } from "../support/events.mjs";
import { date, free, guest, held, publish, starts, stored } from "../support/guests.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const page = (as, json, method = "PUT") => service.ask(method, "/api/user/booking_page/", { as, json });
const offer = (as, json) => service.ask("POST", "/api/user/offers/", { as, json });

test("a page has a name, words, and a URL once it is there; withdrawn it keeps its name", async () => {
  const nothing = { name: null, title: "", description: "", published: false, url: null };
  assert.deepEqual(told(await page("ob", undefined, "GET")), [200, nothing]);
  const set = { name: "Ob-Office", title: " Ob’s office ", description: "Glad to\r\nhear from you" };
  const shown = { name: "ob-office", title: "Ob’s office", description: "Glad to\nhear from you", published: true, url: "http://127.0.0.1:8787/book/ob-office/" };
  assert.deepEqual(told(await page("ob", set)), [200, shown]);
  assert.deepEqual(told(await page("ob", undefined, "GET")), [200, shown]);
  const seen = await service.ask("GET", "/book/ob-office/");
  assert.deepEqual(told(seen), [200, { name: "ob-office", title: "Ob’s office", description: "Glad to\nhear from you", offers: [] }]);
  assert.equal(seen.headers.get("X-Robots-Tag"), "noindex");
  for (const _ of [1, 2]) assert.equal((await page("ob", undefined, "DELETE")).status, 204);
  assert.deepEqual(told(await page("ob", undefined, "GET")), [200, { ...shown, published: false }]);
  assert.equal((await service.ask("GET", "/book/ob-office/")).status, 404);
  assert.deepEqual(told(await page("zo", set)), [400, { name: ["This name is taken."] }]);
  assert.equal((await page("ob", set)).status, 200, "taken back");
  assert.equal((await service.ask("GET", "/book/ob-office/")).status, 200);
});

test("a name stays the account's when it takes another, and for good when it is deleted", async () => {
  const leaving = await person(service);
  const as = basic(leaving);
  const put = (json) => service.ask("PUT", "/api/user/booking_page/", { ...as, json: { title: "T", ...json } });
  assert.equal((await put({ name: "first-name" })).status, 200);
  assert.equal((await put({ name: "second-name" })).status, 200);
  assert.equal((await service.ask("GET", "/book/first-name/")).status, 404);
  assert.deepEqual(told(await page("zo", { name: "first-name", title: "Z" })), [400, { name: ["This name is taken."] }]);
  assert.equal((await put({ name: "first-name" })).status, 200);
  for (const name of ["n-3", "n-4", "n-5"]) assert.equal((await put({ name })).status, 200);
  assert.deepEqual(told(await put({ name: "n-6" })), [400, { name: ["An account can have 5 names at most, and keeps each for good."] }]);
  assert.equal((await put({ name: "second-name" })).status, 200, "one of its own");
  await service.db.prepare("delete from accounts where id = ?").bind(leaving.id).run();
  for (const name of ["first-name", "second-name", "n-5"]) {
    assert.equal((await service.ask("GET", `/book/${name}/`)).status, 404);
    assert.deepEqual(told(await page("zo", { name, title: "Z" })), [400, { name: ["This name is taken."] }], name);
  }
});

test("of two accounts that want a name at once, one has it", async () => {
  const both = await Promise.all(["zo", "st"].map((as) => page(as, { name: "wanted", title: as })));
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 400]);
});

test("whoever has not verified the address publishes nothing", async () => {
  const refused = await service.ask("PUT", "/api/user/booking_page/", { ...basic(await stranger(service)), json: { name: "nobody", title: "N" } });
  assert.deepEqual(told(refused), [403, { err_message: ["Verify your address first: then you can publish when you can be booked."] }]);
});

test("what cannot be a page is refused with all its faults", async () => {
  const faults = (await page("ob", { name: "a_b", title: "", description: 7.5, published: "perhaps" })).json;
  assert.deepEqual(Object.keys(faults).sort(), ["name", "published", "title"]);
  for (const name of ["api", "book", "admin", "whittle"]) {
    assert.deepEqual(told(await page("ob", { name, title: "T" })), [400, { name: ["This name is taken."] }]);
  }
});

test("an offer is added, read, changed and removed, and its bookings stay", async () => {
  const added = await offer("zo", { title: "Über uns", minutes: 45 });
  const shown = {
    slug: "ueber-uns", title: "Über uns", description: "", location: "", minutes: 45, step: 45, buffer_before: 0, buffer_after: 0,
    notice: 60, horizon_days: 60, daily_cap: null, questions: [], approval: false, paused: false, version: 1,
  };
  const { url, ...rest } = added.json;
  assert.deepEqual([added.status, rest, added.headers.get("ETag")], [201, shown, '"1"']);
  const published = await publish(service, "zo", { title: "Über uns", minutes: 30, slug: "talk" });
  const { json: listed } = await service.ask("GET", "/api/user/offers/", { as: "zo" });
  assert.deepEqual(listed.map(({ slug }) => slug), ["ueber-uns", "talk"]);
  assert.equal(listed[1].url, `http://127.0.0.1:8787${published.path}`);
  const path = "/api/user/offers/talk/";
  assert.deepEqual(told(await service.ask("GET", path, { as: "zo" })), [200, listed[1]]);
  for (const as of ["ob", "st"]) assert.equal((await service.ask("GET", path, { as })).status, 404);

  const change = (json, headers = {}) => service.ask("PATCH", path, { as: "zo", json, headers });
  const changed = await change({ minutes: 60, daily_cap: 3, questions: ["Why?"] }, { "If-Match": '"1"' });
  assert.deepEqual([changed.status, changed.json], [200, { ...listed[1], minutes: 60, daily_cap: 3, questions: ["Why?"], version: 2 }]);
  assert.equal((await change({ minutes: 15 }, { "If-Match": '"1"' })).status, 412);
  assert.equal((await change({ minutes: 60 })).json.version, 2, "the same again is no change");
  assert.deepEqual(told(await change({ slug: "ueber-uns" })), [400, { slug: ["You have a kind of meeting with this slug already."] }]);
  assert.deepEqual(told(await change({ minutes: 4, step: "x", paused: null })), [
    400,
    { minutes: ["Ensure this value is greater than or equal to 5."], step: ["A valid integer is required."], paused: ["This field may not be null."] },
  ]);
  // Another test may have left the clock of its shard ahead.
  const booking = await held(service, published, (await starts(service, published))[0], guest(), { dev: "offset=0" });
  assert.equal((await service.ask("DELETE", path, { as: "ob" })).status, 404);
  assert.equal((await service.ask("DELETE", path, { as: "zo" })).status, 204);
  assert.equal((await service.ask("DELETE", path, { as: "zo" })).status, 404);
  assert.equal((await stored(service, booking)).status, "held");
  assert.equal((await service.ask("POST", `/meetings/${booking.meeting}/confirm/`, { et: booking.et })).status, 200);
});

test("an account has twenty offers at most, each with a slug of its own", async () => {
  const as = basic(await person(service));
  const add = (json) => service.ask("POST", "/api/user/offers/", { ...as, json: { title: "Call", minutes: 5, ...json } });
  const slugs = [];
  for (let n = 0; n < 18; n++) slugs.push((await add()).json.slug);
  assert.deepEqual([slugs[0], slugs[1], slugs[17], new Set(slugs).size], ["call", "call-2", "call-18", 18]);
  assert.deepEqual(told(await add({ slug: "call-2" })), [400, { slug: ["You have a kind of meeting with this slug already."] }]);
  const last = await Promise.all(["a", "b", "c", "d"].map((slug) => add({ slug })));
  assert.deepEqual(last.map(({ status }) => status).sort(), [201, 201, 400, 400]);
  assert.deepEqual(told(await add()), [400, { non_field_errors: ["An account has 20 kinds of meeting at most."] }]);
});

test("unknown, withdrawn, paused and removed are one answer to guests", async () => {
  const published = await publish(service, "st", { title: "Once" });
  const answers = async () => {
    const asked = [free(service, published), service.ask("POST", published.path, { json: { start: `${date(1)}T10:00:00Z`, ...guest() } })];
    return (await Promise.all(asked)).map(({ status, text, headers }) => [status, text, headers.get("X-Robots-Tag")]);
  };
  const nowhere = await service.ask("GET", "/book/nobody-here/once/");
  const wanted = [404, nowhere.text, nowhere.headers.get("X-Robots-Tag")];
  const pause = (paused) => service.ask("PATCH", "/api/user/offers/once/", { as: "st", json: { paused } });
  assert.equal((await free(service, published)).status, 200);
  await pause(true);
  assert.deepEqual(await answers(), [wanted, wanted]);
  assert.deepEqual((await service.ask("GET", `/book/${published.name}/`)).json.offers, []);
  await pause(false);
  await page("st", undefined, "DELETE");
  assert.deepEqual(await answers(), [wanted, wanted]);
  const gone = await service.ask("GET", `/book/${published.name}/`);
  assert.deepEqual([gone.status, gone.text], wanted.slice(0, 2));
  await page("st", { name: published.name, title: "T" });
  assert.equal((await free(service, published)).status, 200);
  await service.ask("DELETE", "/api/user/offers/once/", { as: "st" });
  assert.deepEqual(await answers(), [wanted, wanted]);
  assert.deepEqual((await service.ask("GET", `/book/${published.name}/Once/`)).status, 404);
});
