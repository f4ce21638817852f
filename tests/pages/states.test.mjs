// Every page in each of its states passes the looks: axe (WCAG 2.2 AA) in both themes, at 320 and 1280 px, nothing that scrolls
// sideways, text at 200 %, forced colours. And it is light.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { start } from "../support/harness.mjs";
import { PAGE_BUDGET, STYLE_BUDGET, weight } from "../support/look.mjs";
import { STATES, tour } from "../support/states.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

test("every page in each of its states passes the looks", { timeout: 600_000 }, async () => {
  const wrong = [];
  await tour(service, browser, async (name, visitor) => {
    await visitor.look(name).catch((error) => wrong.push(error.message));
  });
  assert.equal(browser.seen.size, Object.keys(STATES).length);
  if (wrong.length) assert.fail(`${wrong.length} states:\n${wrong.join("\n")}`);
});

test("pages are light", async (t) => {
  const weights = await Promise.all([...browser.seen].map(async ([name, state]) => [name, await weight(service, state)]));
  const total = (parts) => Object.values(parts).reduce((a, b) => a + b, 0);
  weights.sort(([, a], [, b]) => total(b) - total(a));
  const [[heaviest, parts]] = weights;
  const style = Object.entries(parts).find(([path]) => path.endsWith(".css"));
  t.diagnostic(`style: ${style[1]} bytes gzipped; the heaviest of ${weights.length} pages, "${heaviest}": ${total(parts)} bytes in its first view`);
  assert.ok(style[1] < STYLE_BUDGET, `${style[1]} bytes of style`);
  assert.ok(total(parts) < PAGE_BUDGET, `${heaviest}: ${JSON.stringify(parts)}`);
});
