// What people see and hear of the grid of times: in themes and forced colours, on a phone, by a reader.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { focus, press, toTop, tool, withGrid } from "../support/grid.mjs";
import { start, until } from "../support/harness.mjs";
import { axe, small, wide } from "../support/look.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

const PHONE = { width: 320, touch: true };

/// In the page: marks without enough contrast to the ground of their cell. axe leaves out texts of one letter.
const faint = () => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const marked = [...document.querySelectorAll("time-grid td")].filter((cell) => cell.textContent);
  return marked.flatMap((cell) => {
    const { color, backgroundColor } = getComputedStyle(cell);
    const [dark, bright] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
    return bright / dark < 4.5 ? [`${cell.textContent} has a contrast of ${(bright / dark).toFixed(2)}`] : [];
  });
};

test("many steps are said once", async () => {
  const v = await withGrid(browser, { days: 5, rows: 8 });
  await v.page.evaluate(() => {
    globalThis.said = [];
    const live = document.querySelector("time-grid [role=status]");
    new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true });
    for (let row = 0; row < 6; row++) grid.apply([{ column: 0, row, level: 1 }, { column: 1, row, level: 1 }]);
  });
  await until("it is said", () => v.page.evaluate(() => said.length));
  assert.deepEqual(await v.page.evaluate(() => said), ["2 cells set to yes. 12 of 40 possible."]);
});

test("days that do not fit are turned to, and the edge of the next is seen", async () => {
  const v = await withGrid(browser, { days: 14, gap: 5 }, PHONE);
  await toTop(v);
  const seen = () =>
    v.page.evaluate(() => {
      const box = document.querySelector(".grid-scroll").getBoundingClientRect();
      const [corner, ...days] = [...document.querySelectorAll("time-grid thead th")].map((head) => head.getBoundingClientRect());
      const whole = days.flatMap(({ left, right }, n) => (left >= corner.right - 2 && right <= box.right + 2 ? [n] : []));
      return { whole, cut: days.findIndex(({ left, right }) => left < box.right - 8 && right > box.right + 8) };
    });
  assert.deepEqual(await seen(), { whole: [0, 1], cut: 2 });
  await tool(v, "Later days").tap();
  assert.deepEqual((await seen()).whole, [2, 3]);
  await tool(v, "Later days").tap();
  assert.ok((await seen()).whole.includes(4));
  await tool(v, "Earlier days").tap();
  await tool(v, "Earlier days").tap();
  assert.deepEqual((await seen()).whole, [0, 1]);
  const desk = await withGrid(browser, { days: 7 });
  assert.equal(await tool(desk, "Later days").isVisible(), false, "where all fit there is nothing to turn");
});

test("axe finds nothing, light and dark, on a phone and a desk, with a grid in all its states", async () => {
  const cells = { "0,1": { level: 0, closed: "Removed by Bea" }, "1,1": null, "1,2": { level: 1, busy: true }, "2,2": { level: 0, busy: true }, "0,3": { level: 1 }, "1,3": { level: 2 }, "2,3": { level: 3 } };
  for (const visitor of [PHONE, { dark: true }, { ...PHONE, dark: true }, {}]) {
    for (const levels of [2, 4]) {
      const v = await withGrid(browser, { days: 7, rows: 12, levels, gap: 3, cells: levels === 4 ? cells : { ...cells, "1,3": { level: 1 }, "2,3": { level: 1 } } }, visitor);
      await focus(v, 0, 3);
      await press(v, "Shift+ArrowRight");
      await v.page.locator("time-grid summary").click();
      const where = JSON.stringify({ ...visitor, levels });
      assert.deepEqual([...(await axe(v.page, where)), ...(await wide(v.page, where)), ...(await v.page.evaluate(small)), ...(await v.page.evaluate(faint))], []);
      await focus(v, 0, 3);
      await press(v, "?");
      assert.deepEqual(await axe(v.page, `${where}, help`), []);
      await v.leave();
    }
  }
});

test("a reader hears the whole of it", async () => {
  const v = await withGrid(browser, { days: 2, rows: 2, levels: 4, cells: { "0,0": { level: 2, note: "4 of 6 others can" }, "1,0": { level: 0, closed: "Removed by Bea" }, "0,1": { level: 0, busy: true }, "1,1": null } });
  assert.equal(
    (await v.page.getByRole("grid").ariaSnapshot()).trim(),
    `- grid "Times":
  - rowgroup:
    - row "Time Monday 23 November 2026 Tuesday 24 November 2026":
      - columnheader "Time"
      - columnheader "Monday 23 November 2026": Mon 23 Nov
      - columnheader "Tuesday 24 November 2026": Tue 24 Nov
  - rowgroup:
    - row "09:00 to 09:30 Monday 23 November 2026, 09:00 to 09:30, preference 2 of 3, 4 of 6 others can Tuesday 24 November 2026, 09:00 to 09:30, Removed by Bea":
      - rowheader "09:00 to 09:30": 09:00
      - gridcell "Monday 23 November 2026, 09:00 to 09:30, preference 2 of 3, 4 of 6 others can": "2"
      - gridcell "Tuesday 24 November 2026, 09:00 to 09:30, Removed by Bea" [disabled]
    - row "09:30 to 10:00 Monday 23 November 2026, 09:30 to 10:00, no, you are busy Tuesday 24 November 2026, 09:30 to 10:00, no time here":
      - rowheader "09:30 to 10:00": 09:30
      - gridcell "Monday 23 November 2026, 09:30 to 10:00, no, you are busy"
      - gridcell "Tuesday 24 November 2026, 09:30 to 10:00, no time here" [disabled]`,
  );
  const { describedby, rowcount, colcount, help } = await v.page.getByRole("grid").evaluate((grid) => ({
    describedby: grid.getAttribute("aria-describedby"),
    rowcount: grid.getAttribute("aria-rowcount"),
    colcount: grid.getAttribute("aria-colcount"),
    help: document.getElementById(grid.getAttribute("aria-describedby"))?.textContent,
  }));
  assert.deepEqual([rowcount, colcount], ["3", "3"]);
  assert.match(help, /arrows/, describedby);
});

test("in forced colours each state has a shape of its own", async () => {
  const cells = { "0,1": { level: 0, closed: "Removed by Bea" }, "0,2": { level: 0, busy: true }, "0,3": { level: 1 } };
  const v = await withGrid(browser, { cells }, { forced: true });
  const looks = await v.page.evaluate(() => [0, 1, 2, 3].map((row) => {
    const cell = document.querySelectorAll("time-grid tbody tr")[row].cells[1];
    const { backgroundColor, borderInlineEndStyle } = getComputedStyle(cell);
    const { content, borderBlockStartStyle } = getComputedStyle(cell, "::after");
    return { ground: backgroundColor, edge: borderInlineEndStyle, line: content === "none" ? "none" : borderBlockStartStyle, text: cell.textContent };
  }));
  const [no, closed, busy, yes] = looks;
  assert.equal(closed.line, "solid");
  assert.equal(no.line, "none");
  assert.equal(busy.edge, "double");
  assert.notEqual(yes.ground, no.ground);
  assert.equal(yes.text, "✓");
});
