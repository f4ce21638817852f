// The grid of times by mouse, by touch and by keys: the same cells change, and no others. Owners of grids are tested where they are.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { cell, drag, fingers, focus, marks, middle, painted, pens, picture, press, toTop, tool, withGrid } from "../support/grid.mjs";
import { start, until } from "../support/harness.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

const PHONE = { width: 320, touch: true };
const EMPTY = painted(5, 16, [9, 9], [9, 9]);
const heard = (v) => v.page.evaluate(() => heard);
const focused = (v) => v.page.evaluate(() => [grid.at.column, grid.at.row, document.activeElement.getAttribute("aria-label")]);

test("mouse, pen, touch and keys give the same cells and tell of the same changes", async () => {
  const options = { days: 2, rows: 8, cells: { "1,2": { level: 0, closed: "Removed by Bea" }, "0,3": null } };
  const mouse = await withGrid(browser, options);
  await drag(mouse, [0, 1], [1, 4]);
  await (await cell(mouse, 0, 6)).click();
  await (await cell(mouse, 0, 1)).click();

  const pen = await withGrid(browser, options);
  const point = await pens(pen);
  await point(await middle(pen, 0, 1), await middle(pen, 1, 4));
  await point(await middle(pen, 0, 6));
  await point(await middle(pen, 0, 1));

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
  for (const v of [mouse, pen, touch, keys]) {
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

test("two fingers paint nothing, wherever the first one is in what it does", async () => {
  const v = await withGrid(browser, { rows: 48 }, PHONE);
  await toTop(v);
  const hand = await fingers(v);
  const [one, other] = [await middle(v, 0, 2), await middle(v, 1, 4)];
  await hand.down(one);
  await v.page.waitForSelector(".painting");
  await hand.down(one, other);
  assert.equal(await v.page.locator(".painting").count(), 0, "a second finger ends the painting");
  assert.equal(await picture(v), await marks(v));
  await hand.up();

  await v.page.clock.install();
  await v.page.clock.pauseAt(Date.now() + 60_000);
  await hand.down(one);
  await hand.down(one, other);
  await v.page.clock.runFor(1000);
  assert.equal(await v.page.locator(".painting").count(), 0, "nor does it begin one");
  await hand.up();
  assert.deepEqual(await heard(v), []);
  assert.doesNotMatch(await marks(v), /1/);
});

test("two fingers scroll, even with painting switched on", async () => {
  const v = await withGrid(browser, { rows: 48 }, PHONE);
  await tool(v, "Paint").tap();
  await toTop(v);
  const hand = await fingers(v);
  const [one, other] = [await middle(v, 0, 6), await middle(v, 1, 6)];
  await hand.down(one);
  await hand.down(one, other);
  for (let n = 1; n <= 10; n++) await hand.move({ ...one, y: one.y - 20 * n }, { ...other, y: other.y - 20 * n });
  await until("the grid scrolls", () => v.page.locator(".grid-scroll").evaluate(({ scrollTop }) => scrollTop > 100));
  await hand.up();
  assert.deepEqual(await heard(v), []);
});

test("a finger that moves before it is held long enough does not paint", async () => {
  const v = await withGrid(browser, {}, PHONE);
  await toTop(v);
  const hand = await fingers(v);
  await v.page.clock.install();
  await v.page.clock.pauseAt(Date.now() + 60_000);
  const from = await middle(v, 0, 5);
  await hand.down(from);
  await hand.move({ x: from.x + 5, y: from.y + 11 });
  await v.page.clock.runFor(1000);
  assert.equal(await v.page.locator(".painting").count(), 0);
  await hand.up();
  assert.deepEqual(await heard(v), []);
});

test("with painting switched on, a finger paints without being held", async () => {
  const v = await withGrid(browser, {}, PHONE);
  const paint = tool(v, "Paint");
  await paint.tap();
  assert.equal(await paint.getAttribute("aria-pressed"), "true");
  await toTop(v);
  const hand = await fingers(v);
  const [from, to] = [await middle(v, 0, 1), await middle(v, 1, 5)];
  await hand.down(from);
  await hand.along(from, to);
  await hand.up();
  assert.equal(await picture(v), painted(5, 16, [0, 1], [1, 5]));
  assert.equal(await v.page.locator(".grid-scroll").evaluate(({ scrollTop }) => scrollTop), 0, "it does not scroll meanwhile");
});

test("Escape gives up what is being painted, and a range", async () => {
  const v = await withGrid(browser);
  await drag(v, [1, 1], [3, 4], async () => {
    assert.match(await marks(v), /1/, "what it will be is shown meanwhile");
    assert.deepEqual(await heard(v), [], "and is not so yet");
    await press(v, "Escape");
  });
  assert.equal(await marks(v), EMPTY);
  assert.deepEqual(await heard(v), []);
  await focus(v, 2, 2);
  await press(v, "Shift+ArrowRight", "Shift+ArrowDown");
  assert.equal(await v.page.locator("[aria-selected=true]").count(), 4);
  await press(v, "Escape");
  assert.equal(await v.page.locator("[aria-selected]").count(), 0);
  await press(v, "Space");
  assert.equal(await picture(v), painted(5, 16, [3, 3], [3, 3]), "the focus stayed");
});

test("painting scrolls at the edges: down, back up, and sideways", async () => {
  const v = await withGrid(browser, { rows: 64, step: 15, days: 12 });
  await toTop(v);
  const box = await v.page.locator(".grid-scroll").boundingBox();
  const scrolled = () => v.page.locator(".grid-scroll").evaluate(({ scrollTop, scrollLeft }) => [scrollTop, scrollLeft]);
  const start = await middle(v, 1, 2);
  await v.page.mouse.move(start.x, start.y);
  await v.page.mouse.down();
  await v.page.mouse.move(start.x, box.y + box.height - 4, { steps: 4 });
  await until("the last row is chosen", async () => (await cell(v, 1, 63).getAttribute("aria-selected")) === "true");
  await v.page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
  await until("the last day is chosen", async () => (await cell(v, 11, 63).getAttribute("aria-selected")) === "true");
  await v.page.mouse.move(box.x + 80, box.y + 60);
  await until("it is back at the beginning", async () => String(await scrolled()) === "0,0");
  const back = await middle(v, 2, 4);
  await v.page.mouse.move(back.x, back.y);
  await v.page.mouse.up();
  assert.equal(await picture(v), painted(12, 64, [1, 2], [2, 4]));
  assert.equal(await marks(v), await picture(v));
});

test("from right to left, arrows and the mouse go where they point", async () => {
  const v = await withGrid(browser, { rtl: true, days: 7 }, { width: 768, touch: false });
  await focus(v, 2, 2);
  await press(v, "ArrowLeft");
  assert.deepEqual((await focused(v)).slice(0, 2), [3, 2]);
  await press(v, "ArrowRight", "ArrowRight");
  assert.deepEqual((await focused(v)).slice(0, 2), [1, 2]);
  await press(v, "Home", "Shift+ArrowLeft", "Space");
  assert.equal(await picture(v), painted(7, 16, [0, 2], [1, 2]));
  await v.page.evaluate(() => grid.undo());
  await drag(v, [1, 3], [4, 6]);
  assert.equal(await picture(v), painted(7, 16, [1, 3], [4, 6]));
});

test("the keys of the grid go where they say", async () => {
  const v = await withGrid(browser, { levels: 4 });
  await focus(v, 1, 3);
  const way = {
    Home: [0, 3], End: [4, 3], "Control+Home": [0, 0], ArrowLeft: [0, 0], ArrowUp: [0, 0], PageDown: [0, 2], ArrowDown: [0, 3], PageUp: [0, 2],
    "Control+End": [4, 15], ArrowRight: [4, 15], "Shift+PageUp": [4, 14], "Shift+Control+Home": [0, 0],
  };
  for (const [key, expected] of Object.entries(way)) {
    await press(v, key);
    assert.deepEqual((await focused(v)).slice(0, 2), expected, key);
  }
  assert.equal(await v.page.locator("time-grid td[aria-selected=true]").count(), 80);
  assert.equal(await v.page.locator("time-grid td[tabindex='0']").count(), 1, "one cell is in the order of Tab");
  await press(v, "3");
  assert.equal(await picture(v), painted(5, 16, [0, 0], [4, 15], 3));
  await press(v, "Control+z", "Escape", "ArrowDown", "Shift+Space");
  assert.equal(await picture(v), painted(5, 16, [0, 1], [4, 1], 3), "the brush is that of the last digit; Shift and Space fill the row");
  await press(v, "Control+z", "Control+Space");
  assert.equal(await picture(v), painted(5, 16, [0, 0], [0, 15], 3));
  await press(v, "Control+z", "2", "Space");
  assert.equal(await picture(v), painted(5, 16, [9, 9], [9, 9]), "what has the brush's level is taken back");
  await press(v, "Control+z");
  assert.equal(await picture(v), painted(5, 16, [0, 1], [0, 1], 2));
  await press(v, "Control+y");
  await press(v, "Control+z", "Control+z", "Control+Shift+z");
  assert.equal(await picture(v), painted(5, 16, [0, 1], [0, 1], 2));
  assert.equal(await v.page.evaluate(() => grid.brush), 2);
  // What is the browser's: keys that the page refuses would not work there any more.
  const taken = await v.page.evaluate(() => {
    const keys = [["a", true], ["f", true], ["A", true], ["a"], ["f"], ["i"], ["z"], ["Tab"], ["Enter"], ["F5"], ["4"], ["9"], ["ArrowDown", false, true], ["l", true]];
    return keys.filter(([key, ctrlKey = false, altKey = false]) => !document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, altKey, bubbles: true, cancelable: true }))).map(([key]) => key);
  });
  assert.deepEqual(taken, []);
  await press(v, "?");
  assert.ok(await v.page.getByRole("dialog", { name: "Keys and gestures" }).isVisible());
  await press(v, "Escape");
  assert.deepEqual((await focused(v)).slice(0, 2), [0, 1], "the focus comes back");
});

test("on 7 days of 96 cells only those cells are written that change", async (t) => {
  const v = await withGrid(browser, { days: 7, rows: 96, step: 15 });
  await toTop(v);
  // The browser's own word for it, beside the grid's.
  await v.page.evaluate(() => {
    globalThis.touched = new Set();
    globalThis.steps = [];
    const cellOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest("td");
    globalThis.observer = new MutationObserver((records) => {
      // The focus moves without writing what a cell shows.
      for (const { target, attributeName } of records) if (attributeName !== "tabindex" && cellOf(target)) touched.add(cellOf(target));
    });
    observer.observe(grid.querySelector("tbody"), { subtree: true, attributes: true, childList: true, characterData: true });
    for (const name of ["pointermove", "pointerup", "keydown"]) grid.addEventListener(name, () => steps.push(grid.lastStepMs));
  });
  const written = () =>
    v.page.evaluate(() => {
      const found = [grid.writes - (globalThis.seen ?? 0), touched.size];
      globalThis.seen = grid.writes;
      touched.clear();
      return found;
    });
  const from = await middle(v, 1, 2);
  await v.page.mouse.move(from.x, from.y);
  await v.page.mouse.down();
  assert.deepEqual(await written(), [1, 1]);
  const to = await middle(v, 3, 5);
  await v.page.mouse.move(to.x, to.y);
  assert.deepEqual(await written(), [11, 11], "what the rectangle gains");
  const less = await middle(v, 3, 4);
  await v.page.mouse.move(less.x, less.y);
  assert.deepEqual(await written(), [3, 3], "what it loses");
  await v.page.mouse.move(less.x + 2, less.y + 2);
  assert.deepEqual(await written(), [0, 0], "within a cell nothing happens");
  await v.page.mouse.up();
  assert.deepEqual(await written(), [9, 9], "what is set is chosen no more");
  await focus(v, 1, 2);
  await press(v, "ArrowDown");
  assert.deepEqual(await written(), [0, 0], "the focus alone writes no cell");
  await press(v, "Control+z");
  assert.deepEqual(await written(), [9, 9]);
  await press(v, "Space");
  assert.deepEqual(await written(), [1, 1]);
  await tool(v, "All").click();
  assert.deepEqual(await written(), [671, 671], "all but the one that was so");
  const all = await v.page.evaluate(() => grid.lastStepMs);
  const steps = await v.page.evaluate(() => steps);
  t.diagnostic(`script time: a step ${Math.max(...steps).toFixed(1)} ms at most, of all 671 cells ${all.toFixed(1)} ms`);
  assert.ok(steps.some((ms) => ms > 0));
});

test("the buttons change all, none, the opposite, and copy a day; undo and redo", async () => {
  const v = await withGrid(browser, { days: 3, rows: 4, cells: { "1,1": { level: 0, closed: "Removed by Bea" }, "2,0": null } });
  assert.equal(await tool(v, "Undo").getAttribute("aria-disabled"), "true");
  await tool(v, "All").click();
  assert.equal(await picture(v), "110\n101\n111\n111");
  await cell(v, 0, 0).click();
  await cell(v, 0, 3).click();
  await tool(v, "Invert").click();
  assert.equal(await picture(v), "100\n000\n000\n100");
  await v.page.locator("summary", { hasText: "Copy Mon 23 Nov to" }).click();
  await tool(v, "all days").click();
  assert.equal(await picture(v), "110\n000\n000\n111");
  await tool(v, "None").click();
  assert.equal(await picture(v), "000\n000\n000\n000");
  for (let n = 0; n < 6; n++) await tool(v, "Undo").click();
  assert.equal(await picture(v), "000\n000\n000\n000");
  assert.equal(await tool(v, "Undo").getAttribute("aria-disabled"), "true");
  for (let n = 0; n < 5; n++) await tool(v, "Redo").click();
  assert.equal(await picture(v), "110\n000\n000\n111");
  assert.equal(await marks(v), await picture(v));
});

test("the owner applies, closes, marks and shows again; it may keep the history itself", async () => {
  const v = await withGrid(browser, { days: 3, rows: 4, ownHistory: true });
  await v.page.evaluate(() => grid.apply([{ column: 0, row: 1, level: 1 }, { column: 2, row: 3, level: 1 }, { column: 7, row: 0, level: 1 }]));
  await v.page.evaluate(() => grid.close(0, 1, "Removed by Bea"));
  assert.equal(await picture(v), "000\n000\n000\n001");
  assert.deepEqual(await heard(v), [{ changes: [{ column: 0, row: 1, level: 1 }, { column: 2, row: 3, level: 1 }], origin: "owner" }]);
  assert.equal(await cell(v, 0, 1).getAttribute("aria-label"), "Monday 23 November 2026, 09:30 to 10:00, Removed by Bea");
  assert.equal(await cell(v, 0, 1).getAttribute("aria-disabled"), "true");
  const { x, y } = await middle(v, 0, 1);
  await v.page.mouse.click(x, y);
  await until("it is said why", async () => (await v.page.locator("time-grid [role=status]").textContent()).includes("Removed by Bea"));
  assert.equal(await picture(v), "000\n000\n000\n001");

  assert.equal(await tool(v, "Undo").count(), 0);
  await v.page.evaluate(() => {
    globalThis.asked = [];
    for (const name of ["grid-undo", "grid-redo"]) document.querySelector("main").addEventListener(name, (event) => (asked.push(name), event.preventDefault()));
  });
  await focus(v, 2, 3);
  await press(v, "Control+z", "Control+y");
  assert.deepEqual(await v.page.evaluate(() => asked), ["grid-undo", "grid-redo"]);
  assert.equal((await heard(v)).length, 1, "the owner's history is the only one");

  await v.page.evaluate(() => {
    const { cell } = shape;
    shape.cell = (column, row) => ({ ...cell(column, row), ...(column === 2 && row === 3 ? { busy: true, note: "4 of 6 others can" } : {}) });
    grid.refresh();
  });
  assert.equal(await cell(v, 2, 3).getAttribute("aria-label"), "Wednesday 25 November 2026, 10:30 to 11:00, yes, you are busy, 4 of 6 others can");
  assert.equal(await v.page.evaluate(() => grid.canUndo), true, "the history stays");

  await v.page.evaluate(() => grid.show({ ...shape, columns: shape.columns.slice(1), cell: () => ({ level: 1 }) }));
  assert.deepEqual(await focused(v), [1, 3, "Wednesday 25 November 2026, 10:30 to 11:00, yes"], "the focus stays at its day and time");
  assert.equal(await v.page.evaluate(() => grid.canUndo), false);
});

test("what is cut while somebody paints is left out, and the rest is painted", async () => {
  const v = await withGrid(browser, { days: 3, rows: 4 });
  await drag(v, [0, 0], [1, 2], async () => {
    await v.page.evaluate(() => grid.close(0, 1, "Removed by Bea"));
    assert.equal(await marks(v), "110\n010\n110\n000", "what is being painted is still shown");
  });
  assert.equal(await picture(v), "110\n010\n110\n000");
  await v.page.evaluate(() => grid.undo());
  assert.equal(await picture(v), painted(3, 4, [9, 9], [9, 9]));
  assert.equal(await marks(v), await picture(v));
});
