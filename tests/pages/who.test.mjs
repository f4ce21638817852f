// Two links to one proposal, a session and a link, a link to another proposal, all in one browser: nobody acts as somebody else
// unawares. Each page says as whom one acts, and a form that was made for somebody else changes nothing.
import assert from "node:assert/strict";
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

const ask = (title, parties = [BEA, CYD]) => propose(service, { title, parties, slots: WEEK }, { as: "ana" });
const shown = async ({ id }) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const kept = async (p) => (await shown(p)).answers.map(({ kept }) => kept);
const save = (v, page = v.page) => page.locator('button[name="do"][value="keep"]');
/// Answers without the last time.
async function answer(v) {
  await v.toggle(v.page.getByRole("checkbox").last());
  return v.press(save(v));
}
const said = (v) => v.page.locator("main").innerText();

test("a page that was opened by one link does not act by another that was opened since", async () => {
  const p = await ask("Two links");
  const one = await browser.visitor({ javaScript: false });
  await one.open(linkTo(p, 1));
  assert.match(await said(one), /Bea Marini/);
  // The other link is opened in another tab of the same browser, and takes the first one's place.
  const tab = await one.context.newPage();
  await tab.goto(linkTo(p, 2));
  assert.match(await tab.locator("main").innerText(), /as Cyd Park/);
  const { status } = await answer(one);
  assert.equal(status, 409);
  await one.look("somebody else by now");
  assert.deepEqual(await kept(p), [null, null], "nothing is changed");
  assert.ok(await one.page.locator(`main a[href="/${p.id}/"]`).count(), "it leads to the page of who one is now");
  await tab.reload();
  await tab.getByRole("checkbox").last().uncheck();
  await Promise.all([tab.waitForURL((url) => url.pathname === `/${p.id}/`), save(undefined, tab).click()]);
  assert.deepEqual((await kept(p)).map((count) => count === null), [true, false], "the page that is Cyd's answers as Cyd");
});

test("a session that has standing acts, and not the link beside it", async () => {
  const ben = { email: "ben@localhost", name: "Ben Okafor" };
  const p = await ask("A session and a link", [BEA, ben]);
  const v = await browser.visitor({ javaScript: false });
  await v.open(linkTo(p, 1));
  await v.look("as Bea, by her link");
  const tab = await v.context.newPage();
  await tab.goto("/api-auth/login/");
  await tab.locator("[name=username]").fill("ben");
  await tab.locator("[name=password]").fill("p");
  await Promise.all([tab.waitForURL((url) => !url.pathname.startsWith("/api-auth")), tab.locator("main form button").first().click()]);
  const { status } = await answer(v);
  assert.equal(status, 409, "the page was made for Bea");
  assert.deepEqual(await kept(p), [null, null]);
  await v.open(`/${p.id}/`);
  assert.match(await said(v), /as Ben Okafor/);
  await v.look("as Ben, by his session");
  await answer(v);
  assert.deepEqual((await kept(p)).map((count) => count === null), [true, false], "Ben answered, Bea did not");
});

test("a session without standing leaves the link its page", async () => {
  const p = await ask("A stranger's session");
  const v = await browser.visitor({ javaScript: false });
  await v.signIn("st");
  await v.open(linkTo(p, 1));
  assert.equal(v.answer().status, 200);
  assert.match(await said(v), /as Bea Marini/);
  await answer(v);
  assert.deepEqual((await kept(p)).map((count) => count === null), [false, true]);
});

test("links to two proposals live side by side", async () => {
  const [first, second] = [await ask("The first"), await ask("The second", [CYD, BEA])];
  const v = await browser.visitor({ javaScript: false });
  await v.open(linkTo(first, 1));
  await v.open(linkTo(second, 1));
  assert.match(await said(v), /as Cyd Park/);
  await v.open(`/${first.id}/`);
  assert.match(await said(v), /as Bea Marini/);
  await answer(v);
  await v.open(`/${second.id}/`);
  await answer(v);
  assert.deepEqual([await kept(first), await kept(second)].map((counts) => counts.map((count) => count === null)), [[false, true], [false, true]]);
});

test("who is not the person of the link has the browser forget it", async () => {
  const p = await ask("Not me");
  const v = await browser.visitor({ javaScript: false });
  await v.open(linkTo(p, 1));
  await v.page.locator("details.who summary").click();
  await v.press(v.page.locator('form[action$="/forget/"] button'));
  await v.look("the link is forgotten");
  await v.open(`/${p.id}/`);
  assert.equal(v.answer().status, 401);
  await v.look("without a link");
  assert.deepEqual(await kept(p), [null, null]);
});
