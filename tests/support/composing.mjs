// The page of a new proposal, for tests of what its script does.
import assert from "node:assert/strict";
import axeCore from "axe-core";
import { until } from "./harness.mjs";

/// The control of a name that is seen, and the button of the form that does something.
export const at = (v, name) => v.page.locator(`main [name="${name}"]:visible`).first();
export const act = (v, what) => v.page.locator(`main button[name="do"][value="${what}"]:visible`).last();
export const fill = async (v, fields) => {
  for (const [name, value] of Object.entries(fields)) await at(v, name).fill(value);
};

/// Somebody who has signed in and opened the page.
export async function compose(browser, username = "ana", options = {}) {
  const v = await browser.visitor(options);
  await v.signIn(username);
  await v.open("/new/");
  return v;
}

/// The drafts that the browser keeps; and waits until what was typed is among them.
export const kept = (v) => v.page.evaluate(() => Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith("draft "))));
export const stored = (v, text) => until(`a draft with ${text}`, async () => JSON.stringify(await kept(v)).includes(text));

/// Fails where axe, by all of its rules, finds something wrong with the page.
export async function sound(v) {
  await v.page.evaluate(axeCore.source);
  const violations = await v.page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
  assert.deepEqual(violations, []);
}
