// What the script adds to pages: it does not hold up or move a page that comes, an answer can be taken back step by step, and a person
// always knows whether it is saved.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { browse } from "../support/browser.mjs";
import { ROOT, start } from "../support/harness.mjs";
import { WEEK, askForWeek, linkTo, settle } from "../support/world.mjs";

/// What all script of a page may weigh, gzipped; the parser of calendar files, which is loaded when one is given, is apart.
const SCRIPT_BUDGET = 20 * 1024;

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const ask = (title, more) => askForWeek(service, title, more);
const boxes = (v) => v.page.locator('input[name="keep"]');
const ticks = (v) => boxes(v).evaluateAll((all) => all.map((box) => (box.checked ? "x" : "-")).join(""));
const state = (v) => v.page.locator("[data-state]");
const act = (v, what) => v.page.locator(`button[data-act="${what}"], .acts button[value="${what}"], .foot button[value="${what}"]`);
/// How many cells of the grid are kept, by what they show and by what they say.
const kept = async (v) => [await v.page.locator("time-grid td", { hasText: "✓" }).count(), await v.page.locator('time-grid td[aria-label*=", keep"]').count()];
const shown = async ({ id }) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const says = (v, like) => v.page.waitForFunction((like) => new RegExp(like).test(document.querySelector("[data-state]")?.textContent), like.source);

test("the script that every page loads is small, and the rest comes when it is needed", async (t) => {
  const size = (name) => gzipSync(readFileSync(join(ROOT, "assets/static", name)), { level: 9 }).length;
  const { text } = await service.ask("GET", "/", { headers: { Accept: "text/html" } });
  const loaded = [...text.matchAll(/\/static\/([^"]+\.js)/g)].map(([, name]) => name);
  const all = readdirSync(join(ROOT, "assets/static")).filter((name) => name.endsWith(".js"));
  for (const name of all) t.diagnostic(`${name}: ${size(name)} bytes gzipped${loaded.includes(name) ? ", loaded by every page" : ""}`);
  const sum = loaded.reduce((sum, name) => sum + size(name), 0);
  t.diagnostic(`every page: ${sum} bytes gzipped`);
  assert.ok(loaded.length > 0 && sum < SCRIPT_BUDGET);
  assert.ok(!loaded.some((name) => name.startsWith("parser")));
});

test("a page is painted while its script has not come, and nothing moves when it starts", { timeout: 120_000 }, async () => {
  const p = await ask("Still");
  for (const [who, path] of [["bea", `/${p.id}/`], ["bea", `/${p.id}/log/`], ["ana", `/${p.id}/`], ["ana", "/new/"], ["ana", "/"]]) {
    for (const width of [320, 1280]) {
      const v = await browser.visitor({ width, zone: "Asia/Tokyo" });
      if (who === "ana") await v.signIn("ana");
      else await v.open(linkTo(p, 1));
      let come;
      const waits = new Promise((resolve) => (come = resolve));
      await v.page.route("**/static/main.*.js", async (route) => {
        await waits;
        await route.continue();
      });
      await v.page.addInitScript(() => {
        window.shifts = [];
        const named = ({ node, previousRect, currentRect }) => `${node?.outerHTML?.slice(0, 80)} ${Math.round(previousRect.y)} -> ${Math.round(currentRect.y)}`;
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) => [value, ...sources.map(named)]))).observe({ type: "layout-shift", buffered: true });
      });
      await v.page.goto(path, { waitUntil: "commit" });
      await v.page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
      assert.equal(await v.page.locator("[data-ready]").count(), 0, "the script has not come");
      come();
      await v.page.waitForLoadState("load");
      await v.page.waitForFunction(() => document.querySelectorAll("[data-enhance]:not([data-ready])").length === 0);
      // Two frames later whatever moved has moved.
      const shifts = await v.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shifts)))));
      assert.deepEqual(shifts, [], `${path} at ${width}`);
      const blocking = await v.page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/main.")).map(({ renderBlockingStatus }) => renderBlockingStatus));
      assert.deepEqual(blocking, ["non-blocking"]);
      await v.leave();
    }
  }
});

test("each step can be taken back and done again", async () => {
  const p = await ask("Steps");
  const v = await browser.visitor();
  await v.open(linkTo(p, 1));
  const steps = [await ticks(v)];
  for (const press of [boxes(v).nth(1), act(v, "invert"), boxes(v).nth(0), act(v, "clear"), act(v, "all"), boxes(v).nth(6)]) {
    await press.click();
    steps.push(await ticks(v));
  }
  assert.deepEqual(steps, ["xxxxxxx", "x-xxxxx", "-x-----", "xx-----", "-------", "xxxxxxx", "xxxxxx-"]);
  for (const before of steps.slice(0, -1).reverse()) {
    await act(v, "undo").click();
    assert.equal(await ticks(v), before);
  }
  assert.equal(await act(v, "undo").getAttribute("aria-disabled"), "true");
  for (const after of steps.slice(1)) {
    await v.page.keyboard.press("Control+y");
    assert.equal(await ticks(v), after);
  }
  await v.page.keyboard.press("Control+z");
  await act(v, "invert").click();
  assert.equal(await act(v, "redo").getAttribute("aria-disabled"), "true", "a new step leaves nothing to do again");
  assert.deepEqual((await shown(p)).answers.map(({ kept }) => kept ?? null), [null, null], "nothing is saved by all this");
});

test("a person knows whether the answer is saved", { timeout: 60_000 }, async () => {
  const p = await ask("States");
  const v = await browser.visitor();
  await v.open(linkTo(p, 1));
  assert.equal(await state(v).innerText(), "");
  await boxes(v).nth(0).click();
  assert.match(await state(v).innerText(), /Not saved yet: 6 of 7/);
  assert.equal(await act(v, "keep").innerText(), "Keep these 6 times");

  // The network fails: what was ticked and typed stays, and trying again saves it.
  await v.page.locator("[name=note]").fill("Mondays are full.");
  let fails = (route) => route.abort();
  await v.page.route(`**/${p.id}/?_method=PATCH`, (route) => fails(route));
  await act(v, "keep").click();
  await says(v, /Not saved: the service did not answer/);
  assert.equal((await shown(p)).slots.length, 7);
  let answer;
  fails = async (route) => {
    await new Promise((resolve) => (answer = resolve));
    await route.continue();
  };
  await state(v).getByRole("button").click();
  await says(v, /Saving/);
  await act(v, "keep").click();
  answer();
  await says(v, /Saved at \d\d:\d\d/);
  assert.deepEqual([(await shown(p)).slots.length, await ticks(v)], [6, "xxxxxx"]);
  const log = await service.ask("GET", `/${p.id}/log/`, { as: "ana" });
  assert.match(log.text, /Mondays are full/);
  assert.equal(log.text.match(/Mondays are full/g).length, 1, "pressed twice, it is saved once");
  v.problems.length = 0;
});

test("what is unsaved comes back after the window was closed, until it is saved or discarded", async () => {
  const p = await ask("Draft");
  const v = await browser.visitor();
  await v.open(linkTo(p, 1));
  await boxes(v).nth(2).click();
  await v.page.locator("[name=note]").fill("After noon.");
  let asked = 0;
  v.page.on("dialog", (dialog) => (asked++, dialog.accept()));
  await v.page.close({ runBeforeUnload: true });
  await v.page.waitForEvent("close");
  assert.equal(asked, 1, "leaving what is unsaved is asked about");

  const page = await v.context.newPage();
  const w = { ...v, page };
  await page.goto(`/${p.id}/`);
  await says(w, /unsaved changes of \d\d:\d\d on \w+day are back/);
  assert.deepEqual([await ticks(w), await page.locator("[name=note]").inputValue()], ["xx-xxxx", "After noon."]);
  await Promise.all([page.waitForNavigation(), (page.on("dialog", (dialog) => dialog.accept()), page.getByRole("button", { name: "Discard them" }).click())]);
  assert.deepEqual([await ticks(w), await state(w).innerText()], ["xxxxxxx", ""]);

  await boxes(w).nth(0).click();
  await act(w, "keep").click();
  await says(w, /Saved at/);
  await page.reload();
  assert.deepEqual([await ticks(w), await state(w).innerText()], ["xxxxxx", ""], "what was saved leaves no draft, and asks nothing");
  assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 0);
});

test("an answer on the grid is the answer of the list", { timeout: 60_000 }, async () => {
  const results = [];
  for (const way of ["list", "mouse", "touch", "keys"]) {
    const p = await ask(`Grid by ${way}`);
    const v = await browser.visitor(way === "touch" ? { width: 320, touch: true } : {});
    await v.open(linkTo(p, 1));
    if (way === "list") for (const n of [1, 3]) await boxes(v).nth(n).click();
    else {
      await v.toggle(act(v, "grid"));
      for (const value of [await boxes(v).nth(1).inputValue(), await boxes(v).nth(3).inputValue()]) {
        const said = await v.page.evaluate((value) => {
          const item = document.querySelector(`[data-slot="${value}"]`);
          return [item.closest(".day").querySelector("legend").textContent, item.querySelector("time").textContent];
        }, value);
        const target = v.page.locator(`time-grid [aria-label^="${said[0]}, ${said[1]}"]`);
        if (way === "keys") {
          await target.focus();
          await v.page.keyboard.press("Space");
        } else {
          while (way === "touch" && !(await target.isVisible())) await v.page.getByRole("button", { name: "Later days" }).tap();
          await v.toggle(target);
        }
      }
      assert.equal(await ticks(v), "x-x-xxx", way);
      await act(v, "undo").click();
      assert.equal(await ticks(v), "x-xxxxx", "undo takes back a step of the grid");
      assert.deepEqual(await kept(v), [6, 6], "the grid follows");
      await v.page.keyboard.press("Control+y");
    }
    await act(v, "keep").click();
    await says(v, /Saved at/);
    results.push((await shown(p)).slots);
    await v.leave();
  }
  for (const slots of results) assert.deepEqual(slots, WEEK.filter((_, n) => n !== 1 && n !== 3));
});

test("a time of day that clocks show twice has two rows on the grid", async () => {
  const slots = ["2031-10-26T00:00:00Z", "2031-10-26T01:00:00Z", "2031-10-27T01:00:00Z"].map((begin) => ({ begin, duration: "00:30:00" }));
  const p = await ask("Twice", { slots });
  const v = await browser.visitor();
  await v.open(linkTo(p, 1));
  await v.open(`/${p.id}/?zone=Europe/Berlin`);
  await act(v, "grid").click();
  await v.page.locator("time-grid tbody tr").first().waitFor();
  assert.equal(await v.page.locator("time-grid tbody tr").count(), 2);
  await v.page.locator('time-grid [aria-label^="Sunday 26 October 2031, 02:00 to 02:30"]').last().click();
  assert.equal(await ticks(v), "x-x");
});

test("a browser that knows other rules of a time zone is put right by the Worker", async () => {
  const p = await ask("Older rules", { slots: ["2031-01-10T14:30:00Z", "2031-01-10T18:30:00Z", "2031-01-11T14:30:00Z"].map((begin) => ({ begin, duration: "00:30:00" })) });
  const v = await browser.visitor();
  // This browser takes Tokyo for a place that is six hours behind it.
  await v.page.addInitScript(() => {
    const Right = Intl.DateTimeFormat;
    Intl.DateTimeFormat = function (locale, options) {
      return new Right(locale, options?.timeZone === "Asia/Tokyo" ? { ...options, timeZone: "Asia/Karachi" } : options);
    };
  });
  await v.open(linkTo(p, 1));
  const said = () => v.page.locator("[data-days]").innerText();
  await boxes(v).nth(2).click();
  let go;
  await v.page.route("**/*show=live*", async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });
  await v.page.locator(".zone summary").click();
  await v.page.locator(".zone select").selectOption("Asia/Tokyo");
  await v.page.locator(".zone button").click();
  assert.match(await said(), /Friday 10 January 2031\s+19:30 to 20:00\s+15:30 to 16:00 in Europe\/Berlin[^]*23:30 to 00:00 the next day[^]*Saturday/);
  while (!go) await v.page.evaluate(() => new Promise(requestAnimationFrame));
  go();
  await v.page.waitForFunction(() => /Friday 10 January 2031\s+23:30 to 00:00 the next day[^]*Saturday 11 January 2031\s+03:30 to 04:00/.test(document.querySelector("[data-days]").innerText));
  assert.equal(await ticks(v), "xx-", "what is ticked stays");
});
