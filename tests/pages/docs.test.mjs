// /docs/: the description of the API as a page. Swagger UI shows it, from our own origin and under a policy that is hardly wider than that of
// other pages; by keys, light and dark; and without JavaScript the page says where the description is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { start, until } from "../support/harness.mjs";
import { operations } from "../support/routes.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

/// The page as a program sees it.
const asked = (path = "/docs/", Accept = "text/html") => service.ask("GET", path, { headers: { Accept } });
/// The block of an operation, by the name that the description gives it.
const operation = (page, id) => page.locator(`.opblock[id$="-${id}"]`);
/// A group of operations, and the button that opens it.
const group = (page, tag) => page.locator(`.opblock-tag-section:has(#operations-tag-${tag}) .expand-operation`);
/// Swagger UI draws in pieces, while there is nothing else to do.
const PATIENCE = { timeout: 60_000 };
/// Opens a group. What is drawn anew just then takes no key.
const open = (page, tag) =>
  until(`the group ${tag}`, async () => {
    if ((await group(page, tag).getAttribute("aria-expanded", PATIENCE)) !== "true") await group(page, tag).press("Enter", PATIENCE);
    return page.locator(`.opblock[id^="operations-${tag}-"]`).count();
  }, 60);
/// The page with a group open; `as` is who is signed in.
async function opened(options, tag) {
  const visitor = await browser.visitor(options);
  const requests = [];
  visitor.context.on("request", (request) => requests.push(request.url()));
  if (options?.as) await visitor.signIn(options.as);
  await visitor.open("/docs/");
  if (tag) await open(visitor.page, tag);
  return { ...visitor, requests };
}

test("a browser gets the page under its own narrow policy, and others get the description", async () => {
  for (const path of ["/docs", "/docs/"]) {
    const { status, headers } = await asked(path);
    assert.deepEqual([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    assert.equal(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    assert.deepEqual([headers.get("x-frame-options"), headers.get("referrer-policy"), headers.get("x-content-type-options")], ["DENY", "no-referrer", "nosniff"]);
  }
  const [described, other] = [await asked("/docs/", "application/json"), await asked("/openapi", "application/json")];
  assert.equal(described.text, other.text);
  assert.doesNotMatch(other.headers.get("content-security-policy"), /data:/);
});

test("its files are those of our own origin, with names of their own that are kept for ever", async () => {
  const { text } = await asked();
  const files = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path]) => path);
  assert.equal(new Set(files).size, 5);
  assert.doesNotMatch(text, /(?:href|src)="(?:https?:|\/\/)/);
  for (const path of files) {
    const response = await fetch(new URL(path, service.url));
    assert.equal(response.status, 200, path);
    assert.match(path, /\.[0-9a-f]{10}\.(js|css|svg)$/);
    assert.match(response.headers.get("cache-control"), /immutable/, path);
    await response.arrayBuffer();
  }
  // The file of a library names the licences of what is in it.
  const bundle = files.find((path) => /swagger-ui-bundle/.test(path));
  const [, licences] = /license information please see (\S+)/.exec((await (await fetch(new URL(bundle, service.url))).text()).slice(0, 300));
  assert.equal((await fetch(new URL(`/static/${licences}`, service.url))).status, 200);
});

test("every operation is listed, and nothing is asked of another origin or refused by the policy", { timeout: 300_000 }, async () => {
  const { paths } = (await asked("/openapi", "application/json")).json;
  const all = Object.values(paths).flatMap((item) => Object.values(item).filter(({ operationId }) => operationId));
  assert.equal(all.length, operations().length);
  const { page, requests, problems } = await opened();
  for (const [tag, of] of Object.entries(Object.groupBy(all, ({ tags }) => tags[0]))) {
    // One at a time: of very many that are open, those in view alone are in the page.
    await open(page, tag);
    const ids = () => page.locator(".opblock").evaluateAll((blocks) => blocks.map(({ id }) => id.split("-").at(-1)));
    await until(`all of ${tag}`, async () => (await ids()).sort().join() === of.map(({ operationId }) => operationId).sort().join(), 60);
    // The last of each group shows what the viewer has of parameters, bodies, models, examples and texts.
    const last = page.locator(".opblock").last();
    await last.locator(".opblock-summary-control").press("Enter", PATIENCE);
    await last.locator(".responses-wrapper").waitFor(PATIENCE);
    await group(page, tag).press("Enter", PATIENCE);
    await until(`${tag} to close`, async () => (await page.locator(".opblock").count()) === 0);
  }
  const { origin } = new URL(page.url());
  assert.ok(requests.includes(`${origin}/openapi?format=json`));
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:")), []);
  assert.deepEqual(problems, []);
});

test("an operation is found, opened and tried by keys alone", { timeout: 300_000 }, async () => {
  const { page } = await opened();
  const focused = (element) => element.evaluate((one) => one === document.activeElement);
  /// Goes on to an element by the Tab key, and presses Enter there.
  async function enter(element) {
    await element.waitFor(PATIENCE);
    for (let n = 0; n < 200 && !(await focused(element)); n++) await page.keyboard.press("Tab");
    assert.ok(await focused(element), "it can be reached");
    await page.keyboard.press("Enter");
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await enter(group(page, "service"));
  const health = operation(page, "health");
  const control = health.locator(".opblock-summary-control");
  await control.waitFor(PATIENCE);
  assert.equal(await control.getAttribute("aria-expanded"), "false");
  await enter(control);
  assert.equal(await control.getAttribute("aria-expanded"), "true");
  for (const name of ["Try it out", "Execute"]) await enter(health.getByRole("button", { name, exact: true }));
  await health.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor(PATIENCE);
});

test("by a session, what is tried carries the session's token", { timeout: 300_000 }, async () => {
  const { page } = await opened({ as: "zo" }, "meetings");
  const rotate = operation(page, "rotateFeed");
  await rotate.locator(".opblock-summary-control").click(PATIENCE);
  for (const name of ["Try it out", "Execute"]) await rotate.getByRole("button", { name, exact: true }).click(PATIENCE);
  await rotate.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor(PATIENCE);
});

test("it is dark where the system is, and changes with it", { timeout: 300_000 }, async () => {
  const { page } = await opened({ dark: true }, "service");
  const colors = () => page.evaluate(() => [document.body, document.querySelector(".opblock-summary-path")].map((one) => Number(/\d+/.exec(getComputedStyle(one).color)[0])));
  // Colours change over a moment.
  await until("light on dark", async () => (await colors()).every((red) => red > 150));
  await page.emulateMedia({ colorScheme: "light" });
  await until("dark on light", async () => (await colors()).every((red) => red < 110));
});

test("without JavaScript it says where the description is, and the links lead there", async () => {
  const { page, open } = await browser.visitor({ javaScript: false });
  await open("/docs/");
  const text = await page.locator("main").innerText();
  assert.match(text, /needs JavaScript/);
  assert.match(text, /docs\/api\.md/);
  for (const href of await page.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) {
    assert.match(href, /^\/openapi\?format=(yaml|json)$/);
    assert.equal((await service.ask("GET", href)).status, 200);
  }
});

test("every page leads to it", async () => {
  const visitor = await browser.visitor();
  await visitor.open("/");
  await visitor.press(visitor.page.getByRole("link", { name: "API", exact: true }));
  assert.equal(new URL(visitor.page.url()).pathname, "/docs/");
});
