// What the script adds to the page of an answer: steps that can be taken back, drafts, sending without leaving, the grid, one's own
// calendar, another zone at once, and what the owner does meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ROWS, as, askWhen, day, edit, linkTo, mine, own, stored } from "../support/availability.mjs";
import { browse } from "../support/browser.mjs";
import { answered, at } from "../support/calendars.mjs";
import { cell, drag, fingers, middle, press, toTop, tool } from "../support/grid.mjs";
import { start, until } from "../support/harness.mjs";
import { axe, wide } from "../support/look.mjs";
import { settle } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const row = (v, begin) => v.page.locator("li[data-slot]", { has: v.page.locator(`time[datetime="${begin}"]`) });
const choice = (v, begin, level) => row(v, begin).locator(`input[value="${level}"]`);
const act = (v, what) => v.page.locator(`button[data-act="${what}"], button[name="do"][value="${what}"]:visible`).first();
const state = (v) => v.page.locator("[data-state]");
const says = (v, like) => state(v).filter({ hasText: like }).waitFor();
const PICTURE = (form) => [...form.querySelectorAll("li[data-slot]")].map((item) => item.querySelector("input:checked")?.value.replace("keep", "~") ?? "?").join("");
const picture = (v) => v.page.locator("form.rating").evaluate(PICTURE);
async function opened(name, options = {}, more = {}) {
  const c = await askWhen(service, name, more);
  const v = await browser.visitor(options);
  await v.open(linkTo(c, 1));
  await v.page.locator("form.rating[data-ready]").waitFor();
  return { c, v };
}
async function onGrid(v) {
  await v.toggle(act(v, "grid"));
  await v.page.locator("time-grid table").waitFor();
}
/// What the grid shows, a line a row: the marks of its cells, with - where there is none.
const marks = (v) => v.page.evaluate(() => [...document.querySelectorAll("time-grid tbody tr")].map((line) => [...line.cells].slice(1).map((one) => (one.classList.contains("missing") ? "-" : one.textContent || 0)).join("")));

test("each step can be taken back and done again, whatever took it", async () => {
  const { c, v } = await opened("Steps");
  const steps = [await picture(v)];
  const invert = act(v, "invert");
  for (const control of [choice(v, ROWS[0], 1), choice(v, ROWS[0], 3), v.page.locator(`button[name=bulk][value="3 ${day(1)}"]`), invert, act(v, "clear"), act(v, "all"), v.page.locator(`button[name=bulk][value="0 ${day(0)}"]`)]) {
    await control.click();
    steps.push(await picture(v));
  }
  assert.deepEqual(steps, ["0000000000000", "1000000000000", "3000000000000", "3000000333300", "0333333000033", "0000000000000", "3333333333333", "0000000333333"]);
  for (const before of steps.slice(0, -1).reverse()) {
    await act(v, "undo").click();
    assert.equal(await picture(v), before);
  }
  assert.equal(await act(v, "undo").getAttribute("aria-disabled"), "true");
  for (const after of steps.slice(1)) {
    await v.page.keyboard.press("Control+y");
    assert.equal(await picture(v), after);
  }
  assert.equal(await stored(service, c), undefined, "nothing is sent by all this");
  await v.leave();
});

test("a person knows whether the times are sent, and a draft comes back", { timeout: 60_000 }, async () => {
  const { c, v } = await opened("States");
  assert.equal(await state(v).innerText(), "");
  for (const n of [0, 1]) await choice(v, ROWS[n], 2).click();
  assert.match(await state(v).innerText(), /Not sent yet: 2 of 13 marked/);
  assert.equal(await act(v, "keep").innerText(), "Send these 2 times");
  // The window is closed, and the page asks before that.
  let asked = 0;
  v.page.on("dialog", (dialog) => (asked++, dialog.accept()));
  await v.page.close({ runBeforeUnload: true });
  await v.page.waitForEvent("close");
  assert.equal(asked, 1);
  const w = { ...v, page: await v.context.newPage() };
  await w.page.goto(at(c.id, "respond/"));
  await says(w, /unsaved changes of \d\d:\d\d on \w+day are back/);
  assert.equal(await picture(w), "2200000000000");
  // The network fails, and comes back.
  let fails = (route) => route.abort();
  await w.page.route("**/respond/", (route) => (route.request().method() === "POST" ? fails(route) : route.continue()));
  await act(w, "keep").click();
  await says(w, /Not saved: the service did not answer/);
  assert.equal(await stored(service, c), undefined);
  fails = (route) => route.continue();
  await state(w).getByRole("button").click();
  await says(w, /Saved at \d\d:\d\d/);
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 2)]);
  assert.equal(await w.page.evaluate(() => Object.keys(localStorage).length), 0, "what is sent leaves no draft");
  assert.match(await w.page.locator("form.rating").getAttribute("action"), /_method=PUT/);
  v.problems.length = 0;
  await v.leave();
});

test("the grid and the list are two views of the same answer", { timeout: 90_000 }, async () => {
  const results = [];
  for (const way of ["list", "mouse", "keys", "touch"]) {
    const { c, v } = await opened(`Grid by ${way}`, way === "touch" ? { width: 320, touch: true } : {});
    if (way === "list") for (const [n, level] of [[0, 3], [1, 3], [7, 3], [8, 3], [4, 1], [5, 1], [11, 2]]) await choice(v, ROWS[n], level).click();
    else await onGrid(v);
    if (way === "mouse") {
      await toTop(v);
      await drag(v, [0, 0], [1, 1]);
      await tool(v, "1 If need be").click();
      await drag(v, [0, 4], [0, 5]);
      await tool(v, "2 Good").click();
      await cell(v, 2, 0).click();
    }
    if (way === "keys") {
      await cell(v, 0, 0).focus();
      await press(v, "Shift+ArrowDown", "Shift+ArrowRight", "3", "Escape");
      await cell(v, 0, 4).focus();
      await press(v, "1", "ArrowDown", "Space");
      await cell(v, 2, 0).focus();
      await press(v, "2");
    }
    if (way === "touch") {
      await toTop(v);
      const finger = await fingers(v);
      await finger.holdAndDrag(await middle(v, 0, 0), await middle(v, 1, 1));
      await tool(v, "1 If need be").tap();
      for (const n of [4, 5]) await cell(v, 0, n).tap();
      await tool(v, "2 Good").tap();
      await tool(v, "Later days").tap();
      await cell(v, 2, 0).tap();
    }
    assert.equal(await picture(v), "3300110330020", way);
    if (way !== "list") {
      assert.deepEqual(await marks(v), ["332", "330", "00-", "00-", "1--", "1--", "0--"], "the cells say it");
      await act(v, "undo").click();
      assert.equal(await picture(v), "3300110330000", `${way}: undo takes back a step of the grid`);
      assert.equal((await marks(v))[0], "330", "the grid follows");
      await v.page.keyboard.press("Control+y");
      assert.equal(await picture(v), "3300110330020");
      assert.deepEqual(await axe(v.page, `the grid by ${way}`), []);
      assert.deepEqual(await wide(v.page, way), []);
    }
    await act(v, "keep").click();
    await says(v, /Saved at/);
    results.push(await stored(service, c));
    await v.leave();
  }
  for (const answer of results) assert.deepEqual(answer, [as(0, 9, 10, 3), as(0, 14, 15, 1), as(1, 9, 10, 3), as(3, 9, 9.5, 2)]);
});

test("a day is copied to others, to all of its weekday, and an answer's own edges stay where they are", async () => {
  const c = await askWhen(service, "Copies", {}, [own(0, 9, 11), own(1, 9, 11), own(2, 9, 10), own(7, 9, 11), own(14, 9, 11)]);
  await answered(service, c.id, 1, [mine(0, 9, 9.5, 2), mine(0, 9.5, 9.75, 1)]);
  const v = await browser.visitor();
  await v.open(linkTo(c, 1));
  await onGrid(v);
  assert.deepEqual(await marks(v), ["20000", "~0000", "00-00", "00-00"]);
  assert.match(await cell(v, 0, 1).getAttribute("aria-label"), /as you answered.*09:30 to 09:45 If need be/);
  const copy = async (like) => {
    await cell(v, 0, 0).focus();
    await v.page.locator(".grid-copy summary").click();
    await v.page.locator(".grid-copy button", { hasText: like }).click();
  };
  await copy(/every Monday/);
  assert.deepEqual(await marks(v), ["20022", "~0000", "00-00", "00-00"]);
  await copy(/^Tue/);
  assert.deepEqual(await marks(v), ["22022", "~0000", "00-00", "00-00"]);
  await copy(/all other days/);
  assert.deepEqual(await marks(v), ["22222", "~0000", "00-00", "00-00"]);
  await cell(v, 0, 1).focus();
  await press(v, "3");
  assert.deepEqual((await marks(v))[1], "30000");
  await press(v, "Control+z");
  assert.deepEqual((await marks(v))[1], "~0000", "undo brings back what was answered");
  await act(v, "keep").click();
  await v.page.getByText(/No time is long enough/).first().waitFor();
  await v.press(/Send them all the same/);
  assert.deepEqual(await stored(service, c), [as(0, 9, 9.5, 2), as(0, 9.5, 9.75, 1), ...[1, 2, 7, 14].map((n) => as(n, 9, 9.5, 2))]);
  await v.leave();
});

test("what one's own calendar has is striped, and set to No when asked", async () => {
  const { c, v } = await opened("Busy");
  await act(v, "all").click();
  const stamp = (begin) => begin.replace(/[-:]/g, "");
  const event = `BEGIN:VEVENT\nUID:a\nDTSTART:${stamp(ROWS[1])}\nDURATION:PT15M\nSUMMARY:Dentist\nEND:VEVENT\n`;
  await v.page.locator("details.calendar summary").click();
  await v.page.locator("details.calendar input").setInputFiles({ name: "mine.ics", mimeType: "text/calendar", buffer: Buffer.from(`BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Tests//EN\n${event}END:VCALENDAR\n`) });
  await row(v, ROWS[1]).locator(".busy-with").waitFor();
  assert.match(await row(v, ROWS[1]).innerText(), /You are busy: Dentist, 09:30 to 09:45/);
  await onGrid(v);
  assert.match(await cell(v, 0, 1).getAttribute("aria-label"), /you are busy/);
  assert.equal(await v.page.locator("time-grid td.busy").count(), 1);
  await v.page.getByRole("button", { name: "Set what is taken to No" }).click();
  await v.page.getByText("One time is set to No, because you are busy then. Nothing is sent yet.").waitFor();
  assert.equal(await picture(v), "3033333333333");
  await act(v, "undo").click();
  assert.equal(await picture(v), "3333333333333");
  assert.equal(await stored(service, c), undefined);
  await v.leave();
});

test("times are shown in another zone at once, with what is marked", async () => {
  const { v } = await opened("Zones");
  for (const n of [4, 12]) await choice(v, ROWS[n], 1).click();
  const live = [];
  let go;
  const waits = new Promise((resolve) => (go = resolve));
  await v.page.route("**/*show=live*", async (route) => {
    live.push(route.request().url());
    await waits;
    await route.continue().catch(() => {});
  });
  await v.page.locator(".zone summary").click();
  await v.page.locator(".zone select").selectOption("Asia/Tokyo");
  await v.page.locator(".zone button").click();
  const shown = async () => [await picture(v), await row(v, ROWS[5]).innerText(), await row(v, ROWS[5]).getByRole("radiogroup").getAttribute("aria-label"), await v.page.locator(".bulk button").evaluateAll((all) => all.map(({ value }) => value))];
  const [marked, words, label, buttons] = await shown();
  assert.equal(marked, "0000100000001");
  assert.match(words, /^23:30 to 00:00 the next day\s+14:30 to 15:00 in UTC/);
  assert.match(label, /^Monday \d+ \w+ \d{4}, 23:30 to 00:00 the next day$/);
  assert.deepEqual(buttons, [0, 1, 3].flatMap((n) => [`3 ${day(n)}`, `0 ${day(n)}`]));
  go();
  await v.page.waitForFunction(() => document.querySelector(".zone").dataset.zone === "Asia/Tokyo");
  assert.deepEqual((await shown()).slice(0, 3), [marked, words, label], "the Worker says the same");
  await v.leave();
});

test("the owner's changes come while the page is open: marks stay, and what came or went is said", { timeout: 60_000 }, async () => {
  const c = await askWhen(service, "Live");
  const v = await browser.visitor();
  const heard = new Promise((resolve) => v.page.on("websocket", (socket) => socket.on("framereceived", resolve)));
  await v.open(linkTo(c, 1));
  await heard;
  for (const [n, level] of [[0, 3], [7, 2], [11, 1]]) await choice(v, ROWS[n], level).click();
  const { json } = await service.ask("GET", at(c.id, "details/"), { as: "ana" });
  const gone = json.Owner_availability.slots.find(({ date }) => date === day(3)).id;
  await edit(service, c, { add_availabilities: [own(2, 9, 9.5)] });
  await v.page.locator("li.is-new").waitFor();
  assert.match(await v.page.locator("[data-changes]").innerText(), /^New: Wednesday [^,]*, 09:00 to 09:30\.$/);
  assert.equal(await picture(v), "30000002000010");
  await edit(service, c, { remove_availabilities: [gone] });
  await v.page.getByText("2 times are not offered any more.").first().waitFor();
  assert.equal(await picture(v), "300000020000");
  assert.deepEqual(await axe(v.page, "changed by the owner"), []);
  await choice(v, ROWS[1], 3).click();
  await act(v, "keep").click();
  await says(v, /Saved at/);
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 3), as(1, 9, 9.5, 2)]);
  // Once it is closed, another page is due.
  await service.ask("DELETE", at(c.id), { as: "ana" });
  await v.page.getByText(/Ana Lee has closed this/).waitFor();
  await v.leave();
});

test("by keyboard alone, on the grid, from the first Tab to what was sent", { timeout: 60_000 }, async () => {
  const { c, v } = await opened("Keys");
  await v.tabTo(act(v, "grid"));
  await press(v, "Enter");
  await v.page.locator("time-grid table").waitFor();
  await v.tabTo(cell(v, 0, 0));
  await press(v, "Shift+ArrowDown", "2", "ArrowRight", "3", "ArrowDown", "Space");
  assert.equal(await picture(v), "2200000033000");
  await v.pressByKey(v.page.locator("button[name=do][value=keep]:visible"));
  await says(v, /Saved at/);
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 2), as(1, 9.5, 10.5, 3)]);
  await v.leave();
});

test("the grid stands from right to left, in forced colours and in the dark", async () => {
  for (const [name, options, rtl] of [["rtl", {}, true], ["dark", { dark: true }, false], ["forced", { forced: true, width: 320, touch: true }, false]]) {
    const { v } = await opened(`Looks ${name}`, options);
    if (rtl) await v.page.evaluate(() => (document.documentElement.dir = "rtl"));
    for (const n of [0, 1]) await choice(v, ROWS[n], 3).click();
    await onGrid(v);
    assert.deepEqual([...(await axe(v.page, name)), ...(await wide(v.page, name))], []);
    await cell(v, 1, 0).focus();
    await press(v, rtl ? "ArrowRight" : "ArrowLeft", "1");
    assert.equal((await picture(v)).slice(0, 2), "13", name);
    await v.leave();
  }
});
