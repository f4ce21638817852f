// The page of a new proposal with its script: what a series makes is shown as one types, and what was typed is kept until it is sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { act, at, compose, fill, kept, sound, stored } from "../support/composing.mjs";
import { start, until } from "../support/harness.mjs";
import { makeWorld, slot } from "../support/world.mjs";

let service, browser, world;
before(async () => {
  service = await start();
  browser = await browse(service);
  world = await makeWorld(service);
});
after(() => browser?.close());

const composing = (...options) => compose(browser, ...options);
const day = (n) => slot(n, 9).begin.slice(0, 10);
const unfold = (v) => v.page.locator("#series > summary").click();
const said = (v) => v.page.locator("#series-said").innerText();
const becomes = (v, wanted) => until(`${wanted} of a series`, async () => wanted.test(await said(v)));

test("what a series makes is shown as one types, and the page stays where it is", async () => {
  const v = await composing();
  await unfold(v);
  const below = () => v.page.locator("#how").evaluate((heading) => heading.getBoundingClientRect().top + scrollY);
  const place = await below();
  assert.match(await said(v), /once the fields/);
  const answered = v.page.waitForResponse((reply) => reply.request().postData()?.includes("do=series"));
  await v.page.locator('[name="series-day"][value="2"]').check();
  await (await answered).finished();
  await v.page.locator("#series > summary").focus();
  assert.match(await said(v), /once the fields/);
  assert.equal(await v.page.locator("#series .fault").count(), 0, "what nobody has come to is no fault");
  await fill(v, { "series-first-day": day(0) });
  await becomes(v, /8 times/);
  await v.page.locator('[name="series-day"][value="4"]').check();
  await becomes(v, /16 times/);
  await fill(v, { "series-minutes": "45" });
  await until("times of 45 minutes", async () => /09:00 to 09:45/.test(await v.page.locator("#series-days").innerText()));
  assert.equal(await v.page.locator("#series-days h3").count(), 2);
  await sound(v);
  assert.equal(await below(), place, "nothing below has moved");
  assert.equal(new URL(v.page.url()).pathname, "/new/");
  assert.equal(await v.page.locator('[name="time"]').count(), 0, "nothing is taken over before its button is pressed");
  await v.press(act(v, "use"));
  assert.equal(await v.page.locator('[name="time"]').count(), 16);
  await v.leave();
});

test("a fault stands beside its field once that is left, and goes when it is mended", async () => {
  const v = await composing();
  await unfold(v);
  const fault = v.page.locator('[data-faults="series-to"] .fault');
  const field = at(v, "series-to");
  await v.page.locator('[name="series-day"][value="2"]').check();
  await fill(v, { "series-first-day": day(0) });
  await becomes(v, /8 times/);
  const answered = v.page.waitForResponse((reply) => reply.request().postData()?.includes("do=series"));
  await field.fill("08:00");
  await (await answered).finished();
  await becomes(v, /once the fields/);
  assert.equal(await fault.count(), 0, "nobody is told of a fault while typing");
  await at(v, "series-minutes").focus();
  await fault.waitFor();
  assert.match(await fault.innerText(), /later than the beginning/);
  assert.deepEqual([await field.getAttribute("aria-invalid"), await field.getAttribute("aria-describedby")], ["true", "series-to-fault-1"]);
  assert.equal(await field.inputValue(), "08:00");
  await sound(v);
  await field.fill("12:00");
  await becomes(v, /3 times/);
  await fault.waitFor({ state: "detached" });
  assert.equal(await field.getAttribute("aria-invalid"), null);
  await v.leave();
});

test("an earlier question is given up for a later one, and what cannot be answered is said", async () => {
  const v = await composing();
  await unfold(v);
  await v.page.locator('[name="series-day"][value="2"]').check();
  await fill(v, { "series-first-day": day(0) });
  await becomes(v, /8 times/);
  const held = [];
  const isQuestion = (request) => request.method() === "POST" && request.postData()?.includes("do=series");
  await v.page.route("**/new/", (route) => (held.length || !isQuestion(route.request()) ? route.fallback() : void held.push(route)));
  await fill(v, { "series-weeks": "2" });
  await until("the first question", () => held.length === 1);
  const given = v.page.waitForEvent("requestfailed", isQuestion);
  await fill(v, { "series-weeks": "3" });
  assert.equal((await given).failure().errorText, "net::ERR_ABORTED");
  await becomes(v, /24 times/);
  await v.page.unroute("**/new/");
  await v.page.route("**/new/", (route) => (isQuestion(route.request()) ? route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Busy</h1>" }) : route.fallback()));
  await fill(v, { "series-weeks": "1" });
  await becomes(v, /could not be worked out/);
  assert.equal(await v.page.locator("#series-days").innerText(), "", "no times of an earlier question stand beside it");
  await v.leave();
});

test("a draft outlives its tab, is offered to its account alone, and goes on as it was", async () => {
  const v = await composing();
  await fill(v, { title: "Summer plan", people: "Bea <bea@example.org>\ncyd@example.org", "t0-date": day(1), "t0-clock": "10:00", "t0-minutes": "45", description: "One\ntwo" });
  await stored(v, "One");
  assert.doesNotMatch(JSON.stringify(await kept(v)), /csrf/, "no token is kept");
  await v.page.close();
  v.page = await v.context.newPage();
  await v.page.goto("/new/?title=Other");
  const found = v.page.locator(".draft-found .notice");
  await found.waitFor();
  assert.match(await found.innerText(), /^You began this at \d\d:\d\d on \w+day and did not send it\./);
  await sound(v);
  await v.page.locator("main").getByRole("button", { name: "Go on with it" }).click();
  await v.page.waitForURL(/\/new\//);
  await v.page.locator('[name="time"]').first().waitFor({ state: "attached" });
  assert.deepEqual(
    [await at(v, "title").inputValue(), await at(v, "people").inputValue(), await at(v, "description").inputValue()],
    ["Summer plan", "Bea <bea@example.org>\ncyd@example.org", "One\ntwo"],
  );
  assert.equal(await v.page.locator('[name="time"]').inputValue(), `${day(1)}T10:00 45 -`);

  await v.page.goto(`/new/?again=${world.exhausted.id}`);
  await v.page.locator("form.compose[data-ready]").waitFor();
  assert.equal(await found.count(), 0, "a next round has a draft of its own");
  // The session ends elsewhere: nobody has signed out here.
  await v.context.clearCookies();
  await v.page.goto("/api-auth/login/");
  for (const [name, value] of [["username", "nia"], ["password", "p"]]) await v.page.locator(`[name=${name}]`).fill(value);
  await v.page.locator("main form button").first().click();
  await v.page.waitForURL((url) => url.pathname === "/");
  await v.page.goto("/new/");
  await v.page.locator("form.compose[data-ready]").waitFor();
  assert.equal(await found.count(), 0, "nobody is offered the draft of another account");
  await v.leave();
});

test("a draft is kept at once where the page is left, and dropped when it is discarded", async () => {
  const v = await composing();
  await at(v, "title").fill("In a hurry");
  await v.open("/");
  assert.match(JSON.stringify(await kept(v)), /In a hurry/);
  await v.open("/new/");
  await v.page.getByRole("button", { name: "Discard it" }).click();
  assert.deepEqual(await kept(v), {});
  assert.equal(await v.page.locator(".draft-found").innerText(), "");
  assert.equal(await v.page.evaluate(() => document.activeElement.id), "title");
  await v.leave();
});

test("a draft is dropped when it is sent, and only then", async () => {
  const v = await composing();
  await fill(v, { title: "Sent at last", people: "bea@example.org", "t0-date": day(2), "t0-clock": "10:00" });
  await v.press(act(v, "preview"));
  await v.press(act(v, "edit"));
  assert.match(JSON.stringify(await kept(v)), /Sent at last/, "the preview sends nothing");
  await v.press(act(v, "preview"));
  // The way back is no sending, and a page that fails is none either.
  await v.open("/");
  assert.match(JSON.stringify(await kept(v)), /Sent at last/);
  await v.open("/new/");
  await Promise.all([v.page.waitForEvent("framenavigated"), v.page.getByRole("button", { name: "Go on with it" }).click()]);
  await v.page.waitForLoadState();
  await v.press(act(v, "preview"));
  await v.press(act(v, "send"));
  assert.match(new URL(v.page.url()).pathname, /^\/\d+\/$/);
  await until("no draft", async () => Object.keys(await kept(v)).length === 0);
  await v.open("/new/");
  assert.equal(await v.page.locator(".draft-found .notice").count(), 0);
  await v.leave();
});

test("signing out drops every draft, and a week drops it as well", async () => {
  const v = await composing();
  await at(v, "title").fill("Nobody else's");
  await stored(v, "Nobody else");
  await v.page.evaluate(() => localStorage.setItem("draft answer 7 p2", JSON.stringify({ at: Date.now(), fields: [["note", "x"]] })));
  await v.open("/api-auth/logout/");
  await v.press(v.page.locator("main form button"));
  assert.deepEqual(await kept(v), {});
  await v.signIn("ana");
  const aged = (days) => v.page.evaluate((at) => localStorage.setItem("draft new ana", JSON.stringify({ at, fields: [["title", "Long ago"]] })), Date.now() - days * 86_400_000);
  await aged(6.9);
  await v.open("/new/");
  assert.equal(await v.page.locator(".draft-found .notice").count(), 1);
  await aged(7.1);
  await v.open("/new/");
  assert.equal(await v.page.locator(".draft-found .notice").count(), 0);
  assert.deepEqual(await kept(v), {});
  await v.leave();
});

test("leaving asks where something is unsent, and nowhere else", async () => {
  const v = await composing();
  const asked = [];
  v.page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await dialog.accept();
  });
  await v.open("/");
  await v.open("/new/");
  assert.deepEqual(asked, [], "nothing was typed");
  await at(v, "title").pressSequentially("Half");
  await v.press(act(v, "preview"));
  assert.deepEqual(asked, [], "a button of the form sends what was typed");
  await at(v, "title").pressSequentially("way");
  await v.open("/");
  assert.deepEqual(asked, ["beforeunload"]);
  await v.open("/new/");
  await v.page.getByRole("button", { name: "Go on with it" }).click();
  await v.page.locator("main .notice.bad, main form.compose:not([data-opened])").first().waitFor();
  assert.deepEqual(asked, ["beforeunload"], "going on leaves nothing behind");
  await v.leave();
});

test("a browser that keeps nothing, and one without the script, propose as before", async () => {
  for (const broken of ["storage", "script"]) {
    const v = await browser.visitor();
    if (broken === "script") await v.context.route(/main\.[^/]*\.js$/, (route) => route.abort());
    else {
      await v.context.addInitScript(() => {
        for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: () => { throw new DOMException("no", "SecurityError"); } });
      });
    }
    await v.signIn("ana");
    await v.open("/new/");
    await fill(v, { title: `Without ${broken}`, people: "bea@example.org", "t0-date": day(2), "t0-clock": "10:00", "t0-minutes": "45" });
    await unfold(v);
    await v.page.locator('[name="series-day"][value="2"]').check();
    await fill(v, { "series-first-day": day(0) });
    if (broken === "storage") await becomes(v, /8 times/);
    await v.press(act(v, "series"));
    assert.match(await said(v), /8 times/);
    await v.press(act(v, "preview"));
    await v.press(act(v, "create"));
    assert.match(new URL(v.page.url()).pathname, /^\/\d+\/$/);
    v.problems.splice(0, v.problems.length, ...v.problems.filter((problem) => !/ERR_FAILED/.test(problem)));
    await v.leave();
  }
});
