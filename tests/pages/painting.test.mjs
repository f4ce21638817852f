// The page of a new proposal with its script: times are painted on a week.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { act, compose, fill, kept, sound, stored } from "../support/composing.mjs";
import { cell, drag, fingers, middle } from "../support/grid.mjs";
import { start, until } from "../support/harness.mjs";
import { makeWorld } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await makeWorld(service);
});
after(() => browser?.close());

const composing = (...options) => compose(browser, ...options);

/// Somebody who paints, on the page of a new proposal, in the week of this day; in the first that has time left without one.
async function painting(date, { zone = "Europe/Berlin", ...options } = {}) {
  const v = await composing("ana", options);
  if (zone !== "Europe/Berlin") await v.page.locator("#zone").selectOption(zone);
  await v.page.getByRole("button", { name: "Paint a week" }).click();
  await v.page.locator("time-grid table").waitFor();
  if (date) await weekOf(v, date);
  return v;
}
const weekOf = async (v, date) => {
  await v.page.locator("#paint-day").fill(date);
  await v.page.locator("#paint-day").dispatchEvent("change");
};
/// Paints with the mouse, where the rows are in view.
async function paint(v, [column, first], [other, last]) {
  await v.page.locator(".grid-scroll").evaluate((box) => box.scrollIntoView());
  await cell(v, column, row((first + last) / 2)).evaluate((td) => td.scrollIntoView({ block: "center" }));
  await drag(v, [column, row(first)], [other, row(last)]);
}
/// The row of an hour.
const row = (hour) => Math.floor(hour * 2);
const times = (v) => v.page.locator('[name="time"]').evaluateAll((inputs) => inputs.map(({ value }) => value));
const runs = (v) => v.page.locator(".runs > li p").allInnerTexts();
const count = (v) => v.page.locator('#paint [data-part="count"]').innerText();
/// Makes a proposal of what is painted; gives its times as the API has them.
async function create(v, title) {
  await fill(v, { title, people: "bea@example.org" });
  await v.press(act(v, "preview"));
  await v.press(act(v, "create"));
  return (await service.ask("GET", new URL(v.page.url()).pathname, { as: "ana" })).json.slots;
}
/// A Monday far enough ahead, in winter: Berlin is an hour ahead of UTC.
const MONDAY = "2031-01-13";

test("mouse, touch and keys paint the same times", { timeout: 180_000 }, async () => {
  const mouse = await painting(MONDAY);
  await paint(mouse, [1, 10], [1, 12]);
  await paint(mouse, [3, 9], [4, 9.5]);
  await (await cell(mouse, 3, row(9))).click();

  const touch = await painting(MONDAY, { width: 320, touch: true });
  const hand = await fingers(touch);
  const show = (column, row) => cell(touch, column, row).evaluate((td) => td.scrollIntoView({ block: "center", inline: "center" }));
  await show(1, row(11));
  await hand.holdAndDrag(await middle(touch, 1, row(10)), await middle(touch, 1, row(12)));
  for (const [column, hour] of [[3, 9.5], [4, 9], [4, 9.5]]) {
    await show(column, row(hour));
    await hand.tap(await middle(touch, column, row(hour)));
  }

  const keys = await composing("ana");
  const press = async (...all) => {
    for (const key of all) await keys.page.keyboard.press(key);
  };
  await keys.tabTo(keys.page.getByRole("button", { name: "Paint a week" }));
  await press("Enter");
  await keys.tabTo(keys.page.locator("#paint-day"));
  await keys.page.keyboard.type("01132031");
  await until("the week", async () => (await keys.page.locator("time-grid thead th").nth(1).innerText()) === "Mon 13 Jan");
  await keys.tabTo(cell(keys, 0, 0));
  await press("ArrowRight", ...Array(row(10)).fill("ArrowDown"), ...Array(4).fill("Shift+ArrowDown"), "Space", "Escape");
  await press("ArrowRight", "ArrowRight", ...Array(5).fill("ArrowUp"), "Space", "ArrowRight", "Space", "ArrowUp", "Space");
  const told = [
    "Tuesday 14 January 2031, 10:00 to 12:30, 2 hours 30 minutes",
    "Thursday 16 January 2031, 09:30 to 10:00, 30 minutes",
    "Friday 17 January 2031, 09:00 to 10:00, 1 hour",
  ];
  const slots = [
    { begin: "2031-01-14T09:00:00Z", duration: "02:30:00" },
    { begin: "2031-01-16T08:30:00Z", duration: "00:30:00" },
    { begin: "2031-01-17T08:00:00Z", duration: "01:00:00" },
  ];
  for (const [way, v] of Object.entries({ mouse, touch, keys })) {
    assert.deepEqual(await runs(v), told, way);
    assert.equal(await count(v), "3 times are offered.");
    await sound(v);
    assert.deepEqual(await create(v, `Painted by ${way}`), slots, way);
    await v.leave();
  }
});

test("a run is split, and each of its times removed; undo goes back through all of it", async () => {
  const v = await painting(MONDAY);
  await paint(v, [1, 9], [1, 16.5]);
  await paint(v, [2, 9], [2, 9.5]);
  const split = (day) => v.page.locator(".runs > li", { hasText: day }).getByRole("button", { name: /^(Split|Make)/ });
  assert.deepEqual([await v.page.locator("#paint-length").inputValue(), await v.page.locator("#paint-every").inputValue()], ["45", "60"]);
  await split("Tuesday").press("Enter");
  assert.equal(await count(v), "9 times are offered.");
  assert.equal(await v.page.evaluate(() => document.activeElement.innerText.split("\n")[0].split(":")[0]), "Make it one time", "the focus stays");
  await v.page.getByRole("button", { name: /^Remove ?: Tuesday 14 January 2031, 12:00 to 12:45/ }).press("Enter");
  assert.equal(await count(v), "8 times are offered.");
  assert.ok((await times(v)).every((value) => !value.startsWith("2031-01-14T12:00")));
  await sound(v);
  // Another week changes nothing, and undo leads back to where it was done.
  await v.page.getByRole("button", { name: "Week after" }).click();
  assert.equal(await count(v), "8 times are offered.");
  await v.page.locator("#paint").getByRole("button", { name: "Undo", exact: true }).click();
  assert.equal(await count(v), "9 times are offered.");
  assert.equal(await v.page.locator("time-grid thead th").nth(1).innerText(), "Mon 13 Jan");
  await cell(v, 6, 47).focus();
  for (const [key, wanted] of [["Control+z", 2], ["Control+z", 1], ["Control+z", 0], ["Control+y", 1], ["Control+y", 2], ["Control+y", 9]]) {
    await v.page.keyboard.press(key);
    assert.equal((await times(v)).length, wanted, key);
  }
  await split("Tuesday").click();
  assert.equal((await times(v)).length, 2);
  await v.page.locator("#paint-length").fill("500");
  await v.page.getByRole("button", { name: "Split all" }).click();
  assert.match(await v.page.locator('#paint [data-part="problem"]').innerText(), /No time of 500 minutes/);
  assert.equal((await times(v)).length, 2, "nothing is lost");
  await v.page.locator("#paint-length").fill("30");
  await v.page.locator("#paint-every").fill("30");
  await v.page.getByRole("button", { name: "Split all" }).click();
  assert.equal(await count(v), "18 times are offered.");
  await v.page.getByRole("button", { name: /^Remove ?: Wednesday 15 January 2031, 09:00 to 10:00/ }).click();
  assert.equal(await count(v), "16 times are offered.");
  assert.equal(await v.page.evaluate(() => document.activeElement.tagName), "UL", "the focus goes to the list where its button is gone");
  const slots = await create(v, "Split");
  assert.deepEqual([slots.length, slots[1]], [16, { begin: "2031-01-14T08:30:00Z", duration: "00:30:00" }]);
  await v.leave();
});

test("what was chosen before is shown painted, and what the rows cannot show stays as it is", async () => {
  const v = await composing();
  await fill(v, { "t0-date": MONDAY, "t0-clock": "10:00", "t0-minutes": "60", "t1-date": MONDAY, "t1-clock": "11:00", "t1-minutes": "30", "t2-date": MONDAY, "t2-clock": "14:10", "t2-minutes": "25" });
  await v.press(act(v, "add"));
  const given = [`${MONDAY}T10:00 60 -`, `${MONDAY}T11:00 30 -`, `${MONDAY}T14:10 25 -`];
  assert.deepEqual(await times(v), given);
  await v.page.locator(`[name="keep"][value="${given[1]}"]`).uncheck();
  await v.page.getByRole("button", { name: "Paint a week" }).click();
  await v.page.locator("time-grid table").waitFor();
  const level = (column, row) => v.page.locator("time-grid").evaluate((grid, at) => grid.level(...at), [column, row]);
  assert.deepEqual(await runs(v), ["Monday 13 January 2031, 10:00 to 11:00, 1 hour", "Monday 13 January 2031, 14:10 to 14:35, 25 minutes"]);
  assert.deepEqual([await level(0, row(10)), await level(0, row(10.5)), await level(0, row(11)), await level(0, row(14))], [1, 1, 0, 0]);
  assert.match(await cell(v, 0, row(14)).getAttribute("aria-label"), /14:10 to 14:35 is offered already/);
  // What is painted is written, what was not ticked stays unticked, and what is taken away is gone.
  await (await cell(v, 2, row(9))).click();
  assert.deepEqual(await times(v), [...given, "2031-01-15T09:00 30 -"]);
  await paint(v, [0, 10], [0, 10.5]);
  assert.deepEqual(await times(v), [given[1], given[2], "2031-01-15T09:00 30 -"]);
  await v.page.getByRole("button", { name: "Done with painting" }).click();
  const boxes = await v.page.locator('#chosen [name="keep"]').evaluateAll((all) => all.map(({ checked }) => checked));
  assert.deepEqual(boxes, [false, true, true]);
  assert.match(await v.page.locator("#chosen").innerText(), /^2 times are ticked[^]*Monday 13 January 2031\s+11:00 to 11:30\s+14:10 to 14:35\s+Wednesday 15 January 2031\s+09:00 to 09:30$/);
  assert.deepEqual((await create(v, "Some painted")).map(({ begin }) => begin), ["2031-01-13T13:10:00Z", "2031-01-15T08:00:00Z"]);
  await v.leave();
});

test("what is painted reads as the server would render it", async () => {
  const v = await painting(MONDAY);
  await paint(v, [1, 9], [2, 16.5]);
  await v.page.getByRole("button", { name: "Split all" }).click();
  await v.page.getByRole("button", { name: "Done with painting" }).click();
  const shown = () => v.page.locator("#chosen").evaluate((place) => place.innerHTML.replace(/\s*\n\s*/g, "").replace(/ checked=""| class="time"/g, ""));
  const painted = await shown();
  await v.press(act(v, "add"));
  assert.equal(await shown(), painted);
  await v.leave();
});

test("more than thirty times are said before they are sent, and none is dropped", async () => {
  const v = await painting(MONDAY);
  await paint(v, [0, 8], [3, 11.5]);
  await v.page.locator("#paint-length").fill("30");
  await v.page.locator("#paint-every").fill("30");
  await v.page.getByRole("button", { name: "Split all" }).click();
  assert.equal(await count(v), "You offer 32 times, and 30 is the most. Remove some, or make fewer of them longer.");
  assert.equal((await times(v)).length, 32);
  await fill(v, { title: "Too many", people: "bea@example.org" });
  await v.press(act(v, "preview"));
  assert.match(await v.text(), /You have 32 times; 30 is the most/);
  assert.equal((await times(v)).length, 32);
  await v.leave();
});

for (const [date, zone, column, why, first, before, after] of [
  ["2027-03-22", "Europe/Berlin", 6, /put forward/, "01:00, 1 hour", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"],
  ["2027-10-25", "Europe/Berlin", 6, /comes twice/, "01:00 to 02:00, 1 hour", "2027-10-30T23:00:00Z", "2027-10-31T02:00:00Z"],
]) {
  test(`on a day whose clocks are ${why.source} the hour cannot be painted, and the others are what they say`, async () => {
    const v = await painting(date, { zone });
    assert.match(await cell(v, column, row(2)).getAttribute("aria-label"), why);
    assert.match(await cell(v, column, row(2.5)).getAttribute("aria-label"), why);
    await paint(v, [column, 1], [column, 3.5]);
    assert.deepEqual((await runs(v)).map((words) => words.replace(/^.*\d{4}, /, "")), [first, "03:00 to 04:00, 1 hour"]);
    const slots = await create(v, `Clocks ${why.source}`);
    assert.deepEqual(slots, [before, after].map((begin) => ({ begin, duration: "01:00:00" })));
    await v.leave();
  });
}

test("another zone keeps the times of day, and what has passed is closed", async () => {
  const v = await painting();
  // On a weekend it begins with the next week.
  for (let n = 0; n < 2; n++) await v.page.getByRole("button", { name: "Week before" }).click();
  assert.equal(await v.page.locator("time-grid td.closed").count(), 7 * 48);
  assert.match(await cell(v, 0, 0).getAttribute("aria-label"), /it has passed/);
  await weekOf(v, MONDAY);
  await paint(v, [1, 10], [1, 10.5]);
  await v.page.locator("#zone").selectOption("America/New_York");
  assert.match(await v.page.locator('#paint [data-part="zone"]').innerText(), /You paint in America\/New_York/);
  assert.equal(await v.page.locator("time-grid").evaluate((grid) => grid.level(1, 20)), 1);
  assert.deepEqual(await create(v, "In New York"), [{ begin: "2031-01-14T15:00:00Z", duration: "01:00:00" }]);
  await v.leave();
});

test("painting is kept as a draft, and nothing of how one paints is sent", async () => {
  const v = await painting(MONDAY);
  await v.page.locator("#paint-rows").selectOption("15");
  // Whatever waits to be kept is kept when the page is not seen any more.
  await v.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  assert.deepEqual(await kept(v), {}, "looking around is nothing that is unsent");
  await (await cell(v, 1, 40)).click();
  await stored(v, "2031-01-14T10:00 15 -");
  assert.doesNotMatch(JSON.stringify(await kept(v)), /paint/);
  // Enter in one of its fields sends nothing.
  await v.page.locator("#paint-length").press("Enter");
  assert.equal(await v.page.locator("#paint").isVisible(), true);
  await v.leave();
});
