// A grid in a page of ours, and hands for it: mouse, fingers and keys.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

/// The file that brings the grid, which pages load when it is asked for.
const FILE = () => `/static/${readdirSync(join(ROOT, "assets/static")).find((name) => /^answer_grid\..*\.js$/.test(name))}`;

/// Puts a grid into the page that a visitor has open, in the place of its form: days from Monday 23 November 2026 on, and rows from 9:00
/// on (of a whole day, from 0:00 on). `cells` has what is not as the others, by "column,row": a cell, or null where there is none.
/// Two levels are no and yes; four are no and the preferences 1 to 3. The page has it as `grid`, with its `shape`, and what it told as `heard`.
export const putGrid = (v, options = {}) =>
  v.page.evaluate(async ({ file, days = 5, rows = 16, step = 30, levels = 2, gap = -1, rtl = false, cells = {}, level = 0, ownHistory = false }) => {
    await import(file);
    const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const clock = (minute) => [minute / 60, minute % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
    const from = rows * step > 900 ? 0 : 540;
    if (rtl) document.documentElement.dir = "rtl";
    const all = Array.from({ length: days }, (_, n) => n);
    const shape = {
      columns: all.map((n) => ({ short: `${DAYS[n % 7].slice(0, 3)} ${23 + n} Nov`, long: `${DAYS[n % 7]} ${23 + n} November 2026` })),
      rows: Array.from({ length: rows }, (_, n) => ({ short: clock(from + n * step), long: `${clock(from + n * step)} to ${clock(from + (n + 1) * step)}` })),
      levels:
        levels === 2
          ? [{ name: "no", mark: "" }, { name: "yes", mark: "✓" }]
          : [{ name: "no", mark: "" }, ...[1, 2, 3].map((n) => ({ name: `preference ${n} of 3`, mark: String(n) }))],
      cell: (column, row) => (cells[`${column},${row}`] === null ? undefined : { level, ...cells[`${column},${row}`] }),
      gapBefore: (column) => column === gap,
      major: (row) => (row * step) % 60 === 0,
      copyTargets: (column) => [
        { label: "the next day", columns: all.filter((n) => n === column + 1) },
        { label: "all days", columns: all.filter((n) => n !== column) },
      ],
    };
    const grid = document.createElement("time-grid");
    grid.toggleAttribute("no-history", ownHistory);
    const heard = [];
    grid.addEventListener("grid-change", ({ detail }) => heard.push(detail));
    document.querySelector("main").classList.add("wide");
    document.querySelector("main form").replaceWith(grid);
    grid.show(shape);
    Object.assign(globalThis, { grid, shape, heard });
  }, { file: FILE(), ...options });

/// Somebody with a grid before them.
export async function withGrid(browser, options = {}, visitor = {}) {
  const v = await browser.visitor(visitor);
  await v.open("/api-auth/login/");
  await putGrid(v, options);
  return v;
}

/// The levels of all cells: a line a row, a digit a column.
export const picture = (v) =>
  v.page.evaluate(() => shape.rows.map((_, row) => shape.columns.map((_, column) => grid.level(column, row)).join("")).join("\n"));

/// What the cells say, as a picture too: so that what is seen is what the grid knows.
export const marks = (v) =>
  v.page.evaluate(() => [...document.querySelectorAll("time-grid tbody tr")].map((row) => [...row.cells].slice(1).map((cell) => (cell.textContent === "✓" ? 1 : cell.textContent || 0)).join("")).join("\n"));

/// A picture in which the cells of a rectangle have a level.
export const painted = (columns, rows, [left, top], [right, bottom], level = 1) =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => (column >= left && column <= right && row >= top && row <= bottom ? level : 0)).join("")).join("\n");

export const cell = (v, column, row) => v.page.locator("time-grid tbody tr").nth(row).locator("td").nth(column);

/// The middle of a cell, in the window.
export async function middle(v, column, row) {
  const { x, y, width, height } = await cell(v, column, row).boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/// Drags with the mouse from cell to cell; `before` the button is let go.
export async function drag(v, from, to, before = () => {}) {
  const [one, other] = [await middle(v, ...from), await middle(v, ...to)];
  await v.page.mouse.move(one.x, one.y);
  await v.page.mouse.down();
  await v.page.mouse.move(other.x, other.y, { steps: 7 });
  await before();
  await v.page.mouse.up();
}

/// A pen, which goes from point to point.
export async function pens(v) {
  const session = await v.context.newCDPSession(v.page);
  const send = (type, { x, y }, more) => session.send("Input.dispatchMouseEvent", { type, x, y, pointerType: "pen", ...more });
  return async (from, to = from) => {
    const held = { button: "left", buttons: 1, clickCount: 1 };
    await send("mouseMoved", from);
    await send("mousePressed", from, held);
    if (to !== from) await send("mouseMoved", to, held);
    await send("mouseReleased", to, { ...held, buttons: 0 });
  };
}

/// Fingers, as the browser gets them from a screen: it scrolls, and cancels what it takes for itself.
export async function fingers(v) {
  const session = await v.context.newCDPSession(v.page);
  const send = (type, ...points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(({ x, y }, id) => ({ x, y, id })) });
  const self = {
    down: (...points) => send("touchStart", ...points),
    move: (...points) => send("touchMove", ...points),
    up: () => send("touchEnd"),
    /// Moves in small steps, as a finger does.
    async along(from, to, steps = 8) {
      for (let n = 1; n <= steps; n++) await self.move({ x: from.x + ((to.x - from.x) * n) / steps, y: from.y + ((to.y - from.y) * n) / steps });
    },
    async tap(point) {
      await self.down(point);
      await self.up();
    },
    /// Holds until the grid paints, drags, and lets go.
    async holdAndDrag(from, to) {
      await self.down(from);
      await v.page.waitForSelector("time-grid .painting");
      await self.along(from, to);
      await self.up();
    },
  };
  return self;
}

/// Presses keys one after the other.
export const press = async (v, ...keys) => {
  for (const key of keys) await v.page.keyboard.press(key);
};

export const focus = (v, column, row) => cell(v, column, row).focus();

/// Scrolls the page so that the cells begin at its top.
export const toTop = (v) => v.page.locator(".grid-scroll").evaluate((grid) => grid.scrollIntoView());

/// A button of the grid.
export const tool = (v, name) => v.page.locator("time-grid").getByRole("button", { name, exact: true });
