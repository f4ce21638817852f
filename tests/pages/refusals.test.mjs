// Refusals as pages that nobody meets on a good day: too many attempts, an object that does not answer, a database that fails.
// And what is told apart by colour is told apart without colours, too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { start } from "../support/harness.mjs";
import { linkTo, makeWorld } from "../support/world.mjs";

let service, browser, world;
before(async () => {
  // With the rate limits of a deployment, on a server of its own.
  service = await start({ env: undefined });
  browser = await browse(service);
  world = await makeWorld(service);
});
after(() => browser?.close());

test("cut and kept times are told apart where the system chooses the colours", async () => {
  const cyd = await browser.visitor({ forced: true });
  await cyd.open(linkTo(world.open, 2));
  const look = (row) =>
    row.evaluate((element) => {
      const style = getComputedStyle(element);
      const time = getComputedStyle(element.querySelector("strong"));
      return { border: style.borderTopStyle, width: style.borderTopWidth, line: time.textDecorationLine, box: Boolean(element.querySelector("input")), says: /Removed by/.test(element.innerText) };
    });
  const cut = await look(cyd.page.locator(".time.cut").first());
  const kept = await look(cyd.page.locator("label.time").first());
  assert.deepEqual([cut.line, cut.box, cut.says], ["line-through", false, true]);
  assert.deepEqual([kept.line, kept.box, kept.says], ["none", true, false]);
  assert.notDeepEqual([cut.border, cut.width], [kept.border, kept.width]);
  const before = await look(cyd.page.locator("label.time").first());
  await cyd.toggle(cyd.page.getByRole("checkbox").first());
  assert.notEqual((await look(cyd.page.locator("label.time").first())).width, before.width, "what is unticked has another edge");
  await cyd.leave();
});

test("too many attempts are a page that says when to try again", async () => {
  const v = await browser.visitor({ javaScript: false });
  await v.open("/api-auth/login/");
  for (let n = 0; n < 40 && v.answer().status !== 429; n++) {
    await v.page.locator("[name=username]").fill("ana");
    await v.page.locator("[name=password]").fill("wrong");
    await v.press(v.page.locator("main form button").first());
  }
  assert.equal(v.answer().status, 429);
  await v.look("error 429");
  assert.match(await v.text(), /minute|second/);
});

test("a service that does not answer says so, and what to do", { timeout: 60_000 }, async () => {
  const bea = await browser.visitor({ javaScript: false });
  await bea.open(linkTo(world.fresh, 2));
  // The object stops there for ever, as if it had broken down.
  await bea.context.setExtraHTTPHeaders({ "Whittle-Dev": "failpoint=before_commit" });
  await bea.press(bea.page.locator('button[name="do"][value="keep"]'));
  assert.equal(bea.answer().status, 503);
  await bea.look("error 503");
});

test("a database that fails is a page that tells nothing of it", async () => {
  const v = await browser.visitor({ javaScript: false });
  await v.open("/accounts/signup/");
  await service.db.prepare("alter table accounts rename to elsewhere").run();
  for (const [name, text] of Object.entries({ first_name: "Fay", last_name: "Ray", username: "fay", email: "fay@example.org", password: "correct horse", password2: "correct horse" })) {
    if (await v.page.locator(`main [name="${name}"]`).count()) await v.page.locator(`main [name="${name}"]`).fill(text);
  }
  await v.press(v.page.locator("main form button").first());
  assert.equal(v.answer().status, 503);
  await v.look("a database that fails");
  assert.doesNotMatch(await v.text(), /no such table|D1|SQL|elsewhere/);
});
