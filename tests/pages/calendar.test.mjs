// One's own calendar beside the times of an answer: chosen or dropped, read in the browser alone, and never part of the answer but by what
// it has unticked.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { propose, start } from "../support/harness.mjs";
import { BEA, CYD, WEEK, linkTo, settle } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const fixture = (name) => readFileSync(new URL(`../support/fixtures/calendars/${name}`, import.meta.url), "utf8");
const compact = (begin) => begin.replace(/[-:]/g, "");
const event = (title, begin, duration) => `BEGIN:VEVENT\nUID:${title}\nDTSTART:${compact(begin)}\nDURATION:${duration}\nSUMMARY:${title}\nEND:VEVENT\n`;
const calendar = (...events) => `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Tests//EN\n${events.join("")}END:VCALENDAR\n`;
/// Busy at the second time, for a part of it, and at the fifth, twice; the day of the fourth is taken as a whole.
const day = compact(WEEK[3].begin).slice(0, 8);
const MINE = calendar(
  event("Standup", WEEK[1].begin, "PT15M"),
  event("Dentist", WEEK[4].begin, "PT1H"),
  event("Call", WEEK[4].begin.replace(":30:", ":45:"), "PT10M"),
  `BEGIN:VEVENT\nUID:trip\nDTSTART;VALUE=DATE:${day}\nSUMMARY:Trip\nEND:VEVENT\n`,
);
/// Which times of the week are busy then: those of the day of the trip, too.
const BUSY = [1, 2, 3, 4];

const asked = () => propose(service, { title: "Kick-off", parties: [BEA, CYD], slots: WEEK, timezone: "Europe/Berlin" }, { as: "ana" });
async function answering(options = {}) {
  const p = await asked();
  const v = await browser.visitor({ zone: "Europe/Berlin", ...options });
  await v.open(`${linkTo(p, 1)}&zone=Europe/Berlin`);
  const place = v.page.locator("details.calendar[data-ready]");
  await place.waitFor();
  return { p, v, place, said: place.locator("[data-part=said]"), input: place.locator("input[type=file]") };
}
const upload = (name, text) => ({ name, mimeType: "text/calendar", buffer: Buffer.from(text) });
const choose = async ({ place, input, said }, name, text, like = /\.$/) => {
  if (!(await place.evaluate((details) => details.open))) await place.locator("summary").click();
  await input.setInputFiles(upload(name, text));
  await said.filter({ hasText: like }).waitFor();
  return said.innerText();
};
const marks = (v) => v.page.locator("form.answer li[data-slot]").evaluateAll((items) => items.flatMap((item, n) => (item.classList.contains("busy") ? [[n, item.querySelector(".busy-with").textContent]] : [])));
const ticks = (v) => v.page.locator("form.answer [name=keep]").evaluateAll((boxes) => boxes.flatMap((box, n) => (box.checked ? [n] : [])));
const FREE = WEEK.map((_, n) => n).filter((n) => !BUSY.includes(n));
const MARKS = [
  [1, "You are busy: Standup, 14:00 to 14:15"],
  [2, "You are busy: Trip, all day"],
  [3, "You are busy: Trip, all day"],
  [4, "You are busy: Dentist and 1 more, 10:30 to 11:30"],
];
/// What Berlin's clocks show differs by an hour where the week is in summer.
const clocks = (text) => text.replace(/\d\d:(\d\d)/g, "..:$1");
const stored = async ({ id }) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json.slots;

test("a calendar that is chosen marks what is busy, with its name and time, and asks nobody", async () => {
  const at = await answering();
  const { v } = at;
  const sent = [];
  v.context.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname.replace(/\.\w+\.js$/, ".js")}`));
  assert.equal(await choose(at, "mine.ics", MINE), "4 of the 7 times are taken in mine.ics. They are striped above.");
  assert.deepEqual((await marks(v)).map(([n, text]) => [n, clocks(text)]), MARKS.map(([n, text]) => [n, clocks(text)]));
  assert.deepEqual(await ticks(v), WEEK.map((_, n) => n), "nothing is unticked by itself");
  assert.deepEqual([...new Set(sent)], ["GET /static/compare.js", "GET /static/parser.js"], "only what reads it is loaded");
  const kept = await v.page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]);
  assert.deepEqual(kept, [0, 0, 0, 0], "nothing is stored");
  const box = v.page.locator("form.answer [name=keep]").nth(1);
  assert.match(await box.evaluate((one) => one.labels[0].textContent), /You are busy: Standup/, "the box's own name says it");
});

test("what is free is kept at once, can be undone, and is stored as if it had been ticked by hand", async () => {
  const at = await answering();
  const { v, p, place, said } = at;
  await choose(at, "mine.ics", MINE);
  await place.getByRole("button", { name: "Keep what is free" }).click();
  assert.deepEqual(await ticks(v), FREE);
  assert.equal(await said.innerText(), "4 times are unticked, because you are busy then. Nothing is saved yet.");
  await v.page.locator("form.answer").press("Control+z");
  assert.deepEqual(await ticks(v), WEEK.map((_, n) => n), "one step of undo");
  await place.getByRole("button", { name: "Keep what is free" }).click();
  await place.getByRole("button", { name: "Keep what is free" }).click();
  assert.equal(await said.innerText(), "Nothing had to be unticked: every time that is ticked is free.");
  await v.page.locator(".foot button[value=keep]").click();
  await v.page.locator(".notice").first().waitFor();
  assert.match(await v.text(), /Your answer is saved/);
  const byHand = await answering();
  for (const n of BUSY) await byHand.v.page.locator("form.answer [name=keep]").nth(n).uncheck();
  await byHand.v.page.locator(".foot button[value=keep]").click();
  await byHand.v.page.locator(".notice").first().waitFor();
  assert.deepEqual(await stored(p), await stored(byHand.p));
  assert.equal((await stored(p)).length, FREE.length);
});

test("a calendar that is dropped anywhere on the form is read; what else is dragged is left alone", async () => {
  const { v, said } = await answering();
  const form = v.page.locator("form.answer");
  const drag = (type, how) =>
    form.locator("fieldset").first().evaluate((target, [type, how, text]) => {
      const dataTransfer = new DataTransfer();
      if (how === "file") dataTransfer.items.add(new File([text], "dropped.ics", { type: "text/calendar" }));
      else dataTransfer.setData("text/plain", "hello");
      return target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    }, [type, how, MINE]);
  assert.equal(await drag("dragover", "text"), true, "a text that is dragged is the browser's");
  assert.equal(await drag("dragover", "file"), false);
  assert.match(await form.getAttribute("class"), /dropping/);
  assert.equal(await drag("drop", "file"), false);
  await said.filter({ hasText: "dropped.ics" }).filter({ hasText: "striped" }).waitFor();
  assert.doesNotMatch(await form.getAttribute("class"), /dropping/);
  assert.equal((await marks(v)).length, 4);
});

test("a calendar is forgotten when asked, with its marks; ticks stay", async () => {
  const at = await answering();
  const { v, place, said } = at;
  await v.page.evaluate(() => {
    window.heard = 0;
    document.addEventListener("whittle:busy", () => window.heard++);
  });
  await choose(at, "mine.ics", MINE);
  await place.getByRole("button", { name: "Keep what is free" }).click();
  await place.getByRole("button", { name: "Forget this calendar" }).click();
  assert.deepEqual([await marks(v), await ticks(v), await said.innerText()], [[], FREE, "The calendar is forgotten. What is marked stays as it is."]);
  assert.equal(await place.locator("button:visible").count(), 0, "there is nothing to press");
  assert.equal(await v.page.evaluate(() => window.heard), 2, "who shows it elsewhere hears of it");
});

test("marks are made again when the page has read itself again, and in another zone days are that zone's", async () => {
  const at = await answering();
  const { v, said } = at;
  await choose(at, "mine.ics", MINE);
  await v.page.evaluate(() => {
    for (const item of document.querySelectorAll("li.busy")) {
      const fresh = item.cloneNode(true);
      fresh.classList.remove("busy");
      fresh.querySelector(".busy-with").remove();
      item.replaceWith(fresh);
    }
    document.dispatchEvent(new Event("whittle:refreshed"));
  });
  assert.equal((await marks(v)).length, 4);
  assert.equal(await v.page.locator(".busy-with").count(), 4, "each once");
  await v.page.locator("details.zone summary").click();
  await v.page.locator("#zone").selectOption("Pacific/Auckland");
  await v.page.locator("details.zone button").click();
  await said.filter({ hasText: "3 of the 7 times are taken" }).waitFor();
  assert.deepEqual((await marks(v)).map(([n, text]) => [n, clocks(text)]), [
    [1, "You are busy: Trip and 1 more, all day"],
    [2, "You are busy: Trip, all day"],
    [4, "You are busy: Dentist and 1 more, ..:30 to ..:30"],
  ], "the afternoon before is that day there, and its own afternoon is the day after");
});

test("after saving, the marks are there again, and on another page they are not", async () => {
  const at = await answering();
  const { v } = at;
  await choose(at, "mine.ics", MINE);
  await v.page.locator("form.answer [name=keep]").first().uncheck();
  await v.page.locator(".foot button[value=keep]").click();
  await v.page.locator(".notice").first().waitFor();
  assert.equal(await v.page.locator("form.answer li.busy").count(), 4);
  await v.page.reload();
  assert.equal(await v.page.locator("form.answer li.busy").count(), 0, "the page forgets it");
});

const TROUBLE = {
  "what is no calendar": ["card.vcf", () => fixture("card.vcf"), "card.vcf cannot be read as a calendar. Export your calendar as an .ics file and choose that. Nothing has changed."],
  "a calendar that ends in the middle": ["half.ics", () => MINE.slice(0, 200), "half.ics cannot be read as a calendar. Export your calendar as an .ics file and choose that. Nothing has changed."],
  "an event every second": ["tick.ics", () => fixture("secondly.ics"), "“Tick” in tick.ics repeats too often to be compared with these times. Nothing has changed."],
  "a file that is too large": ["large.ics", () => MINE + "x".repeat(1024 * 1024), "large.ics is larger than 1 MB. Export a shorter part of your calendar, such as the next months. Nothing has changed."],
  "a rule that never comes true": ["never.ics", () => fixture("never.ics"), "never.ics takes too long to read. Export a shorter part of your calendar, such as the next months. Nothing has changed."],
};

test("what cannot be read is said plainly, the page stays quick, and what was read before stays", { timeout: 60_000 }, async () => {
  const at = await answering();
  const { v, said } = at;
  await choose(at, "mine.ics", MINE);
  for (const [name, make, expected] of Object.values(TROUBLE)) {
    const shown = choose(at, name, make(), /Nothing has changed/);
    // The page answers while the file is read.
    assert.equal(await v.page.evaluate(() => 1 + 1), 2);
    assert.equal(await shown, expected);
    assert.equal(await said.getAttribute("role"), "alert");
    assert.equal((await marks(v)).length, 4);
  }
  await choose(at, "free.ics", calendar(), /None of the 7 times is taken in free\.ics\./);
  assert.deepEqual([await marks(v), await said.getAttribute("role")], [[], "status"]);
});

test("without the parser nothing changes, and the page says so", async () => {
  const at = await answering();
  const { v } = at;
  await v.page.route("**/static/parser.*", (route) => route.abort());
  assert.equal(await choose(at, "mine.ics", MINE, /Nothing has changed/), "mine.ics could not be opened just now. Choose it again in a moment. Nothing has changed.");
  v.problems.splice(0);
});

test("the page with a calendar is as the looks want it; it is reached by keys, and by touch on a phone", async () => {
  const at = await answering({ width: 320 });
  await choose(at, "mine.ics", MINE);
  await browser.look("respond, with a calendar", { ...at.v.answer(), url: at.v.page.url(), html: await at.v.page.content() });
  const desk = await answering();
  await desk.v.tabTo(desk.place.locator("summary"));
  await desk.v.page.keyboard.press("Enter");
  await choose(desk, "mine.ics", MINE);
  await desk.v.tabTo(desk.place.getByRole("button", { name: "Keep what is free" }));
  await desk.v.page.keyboard.press("Enter");
  assert.deepEqual(await ticks(desk.v), FREE);
});
