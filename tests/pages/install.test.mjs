// The pages can be installed as an app, by Chromium's own judgement; nothing of it keeps pages that show old times.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { ORIGIN, start } from "../support/harness.mjs";

let service, browser, v;
before(async () => {
  service = await start();
  browser = await browse(service);
  v = await browser.visitor();
  await v.open("/");
});
after(() => browser?.close());

const linked = (rel) => v.page.locator(`link[rel="${rel}"]`).getAttribute("href");

test("Chromium finds no fault with the manifest, and would install it", async () => {
  const devtools = await v.context.newCDPSession(v.page);
  const { url, errors, data } = await devtools.send("Page.getAppManifest");
  assert.equal(url, ORIGIN + (await linked("manifest")));
  assert.deepEqual(errors, []);
  assert.deepEqual((await devtools.send("Page.getInstallabilityErrors")).installabilityErrors, []);
  const { name, id, start_url, scope, display } = JSON.parse(data);
  assert.deepEqual({ name, id, start_url, scope, display }, { name: "Whittle", id: "/", start_url: "/", scope: "/", display: "standalone" });
});

test("every file that is linked is there, of its type, of its size, and kept for ever under a name of its own", async () => {
  const manifest = await service.ask("GET", await linked("manifest"));
  const { icons } = manifest.json;
  assert.match(manifest.headers.get("content-type"), /^application\/manifest\+json/);
  assert.deepEqual(icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`), ["192x192 any", "512x512 any", "512x512 maskable", "any any"]);
  const files = [...icons, { src: await linked("apple-touch-icon"), type: "image/png", sizes: "180x180" }, { src: await linked("icon"), type: "image/svg+xml", sizes: "any" }];
  for (const { src, type, sizes } of files) {
    const response = await fetch(new URL(src, service.url));
    assert.deepEqual([src, response.status, response.headers.get("content-type")], [src, 200, type]);
    assert.match(src, /^\/static\/[a-z0-9-]+\.[0-9a-f]{10}\.(png|svg)$/);
    assert.match(response.headers.get("cache-control"), /immutable/);
    const bytes = new DataView(await response.arrayBuffer());
    // A PNG begins with eight bytes of its own and the chunk IHDR: width and height are at 16 and 20.
    if (type === "image/png") assert.equal(`${bytes.getUint32(16)}x${bytes.getUint32(20)}`, sizes);
    assert.ok(bytes.byteLength < 20_000, `${src}: ${bytes.byteLength} bytes`);
  }
});

test("the browser's own frame has the colour of the page, in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await v.page.emulateMedia({ colorScheme });
    const [named, shown] = await v.page.evaluate(() => {
      const [{ content }] = [...document.querySelectorAll("meta[name=theme-color]")].filter(({ media }) => matchMedia(media).matches);
      const [, ...rgb] = /^#(..)(..)(..)$/.exec(content);
      return [`rgb(${rgb.map((hex) => parseInt(hex, 16)).join(", ")})`, getComputedStyle(document.body).backgroundColor];
    });
    assert.equal(named, shown, colorScheme);
  }
});

test("no service worker answers in place of the service, and no page is stored", async () => {
  await v.signIn("ob");
  for (const path of ["/", "/new/", "/schedules/contacts/", "/accounts/me/", "/demo/"]) {
    const { headers } = await v.open(path);
    assert.match(headers["cache-control"], /no-store/, path);
    assert.equal(await v.page.evaluate(() => navigator.serviceWorker.controller), null, path);
  }
  assert.deepEqual(v.context.serviceWorkers(), []);
  const files = await v.page.locator("script[src], link[rel=modulepreload]").evaluateAll((all) => all.map((one) => one.getAttribute("src") ?? one.getAttribute("href")));
  assert.ok(files.length > 0);
  for (const file of files) assert.doesNotMatch((await service.ask("GET", file)).text, /serviceWorker/, file);
});
