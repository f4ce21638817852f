// The grid of times by mouse, by touch and by keys: the same cells change, and no others. Owners of grids are tested where they are.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { cell, drag, fingers, marks, middle, painted, picture, withGrid } from "../support/grid.mjs";
import { start, until } from "../support/harness.mjs";
import { axe, small, wide } from "../support/look.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

const PHONE = { width: 320, touch: true };
const EMPTY = painted(5, 16, [9, 9], [9, 9]);
const heard = (v) => v.page.evaluate(() => heard);
const press = async (v, ...keys) => {
  for (const key of keys) await v.page.keyboard.press(key);
};
const focus = (v, column, row) => cell(v, column, row).focus();
const focused = (v) => v.page.evaluate(() => [grid.at.column, grid.at.row, document.activeElement.getAttribute("aria-label")]);
/// Scrolls the page so that the cells begin at its top.
const toTop = (v) => v.page.locator(".grid-scroll").evaluate((grid) => grid.scrollIntoView());
const tool = (v, name) => v.page.locator("time-grid").getByRole("button", { name, exact: true });

test("mouse, touch and keys give the same cells and tell of the same changes", async () => {
  const options = { days: 2, rows: 8, cells: { "1,2": { level: 0, closed: "Removed by Bea" }, "0,3": null } };
  const mouse = await withGrid(browser, options);
  await drag(mouse, [0, 1], [1, 4]);
  await (await cell(mouse, 0, 6)).click();
  await (await cell(mouse, 0, 1)).click();

  const touch = await withGrid(browser, options, PHONE);
  await toTop(touch);
  const hand = await fingers(touch);
  await hand.holdAndDrag(await middle(touch, 0, 1), await middle(touch, 1, 4));
  await hand.tap(await middle(touch, 0, 6));
  await hand.tap(await middle(touch, 0, 1));

  const keys = await withGrid(browser, options);
  await focus(keys, 0, 1);
  await press(keys, "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "Space");
  await press(keys, "Escape", "ArrowDown", "ArrowDown", "ArrowLeft", "Space");
  await press(keys, "Home", "PageUp", "PageUp", "PageUp", "ArrowDown", "Space");

  const expected = "00\n01\n10\n01\n11\n00\n10\n00";
  for (const v of [mouse, touch, keys]) {
    assert.equal(await picture(v), expected);
    assert.equal(await marks(v), expected, "what is seen is what the grid knows");
    assert.deepEqual(await heard(v), await heard(mouse));
    assert.equal(await v.page.locator("time-grid [aria-selected]").count(), 0, "nothing is left chosen");
  }
  assert.equal((await heard(mouse)).length, 3);
});

test("a swipe scrolls the grid and changes nothing", async () => {
  const v = await withGrid(browser, { rows: 48, days: 7 }, PHONE);
  await toTop(v);
  const hand = await fingers(v);
  const writes = await v.page.evaluate(() => grid.writes);
  const scrolled = () => v.page.locator(".grid-scroll").evaluate(({ scrollTop, scrollLeft }) => ({ scrollTop, scrollLeft }));
  const from = await middle(v, 0, 6);
  await hand.down(from);
  await hand.along(from, { x: from.x, y: from.y - 200 });
  await until("the grid scrolls down", async () => (await scrolled()).scrollTop > 120);
  await hand.up();
  const there = await middle(v, 1, 9);
  await hand.down(there);
  await hand.along(there, { x: there.x - 120, y: there.y });
  await until("the grid scrolls on to the next days", async () => (await scrolled()).scrollLeft > 60);
  await hand.up();
  assert.deepEqual(await heard(v), []);
  assert.equal(await v.page.evaluate(() => grid.writes), writes, "no cell was written");
});

test("a held finger paints exactly the rectangle, and not before 300 ms", async () => {
  const v = await withGrid(browser, {}, PHONE);
  await toTop(v);
  const hand = await fingers(v);
  await hand.holdAndDrag(await middle(v, 0, 2), await middle(v, 1, 7));
  assert.equal(await picture(v), painted(5, 16, [0, 2], [1, 7]));
  await hand.holdAndDrag(await middle(v, 1, 4), await middle(v, 0, 3));
  const expected = painted(5, 16, [0, 2], [1, 7]).split("\n").map((row, n) => ([3, 4].includes(n) ? "00000" : row)).join("\n");
  assert.equal(await picture(v), expected, "what begins on a cell that is yes takes back");

  await v.page.clock.install();
  const from = await middle(v, 0, 8);
  await v.page.clock.pauseAt(Date.now() + 60_000);
  await hand.down(from);
  await v.page.clock.runFor(299);
  assert.equal(await v.page.locator(".painting").count(), 0, "a short press does not paint");
  await v.page.clock.runFor(2);
  assert.equal(await v.page.locator(".painting").count(), 1);
  assert.equal(await v.page.locator(".grid-scroll").evaluate((grid) => grid.dispatchEvent(new Event("contextmenu", { bubbles: true, cancelable: true }))), true, "menus of others stay");
  assert.equal(await cell(v, 0, 8).evaluate((cell) => cell.dispatchEvent(new Event("contextmenu", { bubbles: true, cancelable: true }))), false, "a held finger asks for no menu");
  await hand.up();
});
