// The account's week with its script: hours are painted on a grid, and sent by the form that is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { cell, drag, fingers, middle } from "../support/grid.mjs";
import { start } from "../support/harness.mjs";
import { makeWorld } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await makeWorld(service);
});
after(() => browser?.close());

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
const blocked = async (date) => (await service.ask("GET", `/api/user/get_available_slots/?date=${date}`, { as: "nia" })).json.response.blocked_slots;

/// Nia before her week, which begins with a day, with the grid open.
async function painting(date, options = {}) {
  const v = await browser.visitor(options);
  await v.signIn("nia");
  await v.open(`/api/user/busy/?from=${date}`);
  await v.page.getByRole("button", { name: "Paint the hours" }).click();
  await v.page.locator("time-grid table").waitFor();
  return v;
}
const send = (v) => v.press(v.page.getByRole("button", { name: "Block these hours" }));
/// Puts the hours from 9 on into view.
const see = (v) => cell(v, 0, 11).evaluate((td) => td.scrollIntoView({ block: "center" }));

test("mouse, touch and keys block the same hours", { timeout: 180_000 }, async () => {
  for (const [n, paint] of [
    async (v) => drag(v, [0, 10], [0, 12]),
    async (v) => {
      const hand = await fingers(v);
      const [from, to] = [await middle(v, 0, 10), await middle(v, 0, 12)];
      await hand.holdAndDrag(from, to);
    },
    async (v) => {
      await cell(v, 0, 10).focus();
      for (const key of ["Shift+ArrowDown", "Shift+ArrowDown", "Space"]) await v.page.keyboard.press(key);
    },
  ].entries()) {
    const date = day(10 + n);
    const v = await painting(date, n === 1 ? { width: 320, touch: true } : {});
    await see(v);
    await paint(v);
    await send(v);
    assert.deepEqual(await blocked(date), [10, 11, 12], `way ${n}`);
    await v.leave();
  }
});

test("what is painted is taken back, and what is booked cannot be painted", { timeout: 180_000 }, async () => {
  const date = day(20);
  const { status } = await service.ask("POST", "/api/event/", { as: "nia", json: { title: "Dentist", description: "", participants: [], time_slot: `${date} 11:00:00` } });
  assert.equal(status, 201);
  const v = await painting(date);
  await see(v);
  assert.match(await cell(v, 0, 11).getAttribute("aria-label"), /Dentist/);
  assert.equal(await cell(v, 0, 11).getAttribute("aria-disabled"), "true");
  await drag(v, [0, 9], [0, 12]);
  assert.equal(await v.page.locator("input[name=hour]:checked").count(), 3);
  await v.page.keyboard.press("Control+z");
  assert.equal(await v.page.locator("input[name=hour]:checked").count(), 0);
  await v.page.keyboard.press("Control+y");
  await send(v);
  assert.deepEqual(await blocked(date), [9, 10, 11, 12]);
  // Painted again, they are open again.
  const again = await painting(date);
  await see(again);
  await drag(again, [0, 9], [0, 12]);
  await send(again);
  assert.deepEqual(await blocked(date), [11]);
  await v.leave();
  await again.leave();
});

test("without script the same hours are boxes, and the grid is not offered", async () => {
  const v = await browser.visitor({ javaScript: false });
  await v.signIn("nia");
  await v.open(`/api/user/busy/?from=${day(30)}`);
  assert.equal(await v.page.getByRole("button", { name: "Paint the hours" }).isVisible(), false);
  await v.page.locator("main summary").first().click();
  await v.page.locator(`input[value="${day(30)} 14"]`).check();
  await send(v);
  assert.deepEqual(await blocked(day(30)), [14]);
  await v.leave();
});

test("the grid is offered once the code that paints has come, and until then the boxes are there", async () => {
  const v = await browser.visitor();
  await v.signIn("nia");
  const line = await v.hold("**/static/week.*.js");
  await v.open(`/api/user/busy/?from=${day(40)}`);
  await line.asked;
  const paint = v.page.getByRole("button", { name: "Paint the hours" });
  assert.equal(await paint.isVisible(), false);
  assert.ok(await v.page.locator("fieldset.day summary").first().isVisible());
  line.come();
  await paint.click();
  await v.page.locator("time-grid table").waitFor();
  await v.leave();
});
