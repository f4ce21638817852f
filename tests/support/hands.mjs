// Ways to use a page: by mouse, by keys alone, by touch on a small phone; without JavaScript, and where the script fails. A journey is
// written once and goes through with each of them.
import assert from "node:assert/strict";

/// Each way by its name: the visitor's browser, and what its hands do.
export const HANDS = {
  "without JavaScript": { options: { javaScript: false }, hands: pointing },
  "with the script's request aborted": { options: { script: "aborted" }, hands: pointing },
  "with a script that throws at its start": { options: { script: "throwing", width: 320, touch: true }, hands: pointing },
  "by mouse": { options: {}, hands: pointing },
  "by keyboard alone": { options: { width: 1280 }, hands: keys },
  "by touch at 320 px": { options: { width: 320, touch: true }, hands: pointing },
};

/// Gives somebody a browser with hands of this way.
export async function person(browser, way) {
  const { options, hands } = HANDS[way];
  const visitor = await browser.visitor(options);
  return { ...visitor, ...hands(visitor) };
}

/// By mouse or finger.
function pointing(visitor) {
  const { page } = visitor;
  return {
    press: (target) => visitor.press(target),
    toggle: (control) => visitor.toggle(control),
    async unfold(summary) {
      await visitor.toggle(page.locator("summary", { hasText: summary }).first());
    },
    async write(name, text, within) {
      const field = named(page, name, within);
      await visitor.toggle(field);
      await field.fill(text);
    },
    async choose(name, option) {
      await named(page, name).selectOption(option);
    },
  };
}

/// By Tab, Enter, Space, arrows and letters.
function keys(visitor) {
  const { page } = visitor;
  const reach = (target) => visitor.tabTo(target);
  return {
    press: (target) => visitor.pressByKey(target),
    async toggle(control) {
      if ((await control.getAttribute("type")) === "radio") {
        // Tab goes to the one that is chosen; arrows go on from there.
        const group = page.locator(`[name="${await control.getAttribute("name")}"]:checked`);
        await reach(group);
        for (let n = 0; n < 50 && !(await control.isChecked()); n++) await page.keyboard.press("ArrowDown");
        assert.ok(await control.isChecked(), "arrows choose it");
        return;
      }
      const before = await control.isChecked();
      await reach(control);
      await page.keyboard.press("Space");
      assert.notEqual(await control.isChecked(), before, "Space toggles it");
    },
    async unfold(summary) {
      await reach(page.locator("summary", { hasText: summary }).first());
      await page.keyboard.press("Enter");
    },
    async write(name, text, within) {
      const field = named(page, name, within);
      await reach(field);
      const type = await field.getAttribute("type");
      if (type === "date") return page.keyboard.type(text.replace(/(\d+)-(\d+)-(\d+)/, "$2$3$1"));
      if (type === "time") {
        const [hour, minute] = text.split(":").map(Number);
        return page.keyboard.type(`${String(hour % 12 || 12).padStart(2, "0")}${String(minute).padStart(2, "0")}${hour < 12 ? "A" : "P"}`);
      }
      await page.keyboard.press("Control+A");
      return page.keyboard.type(text);
    },
    async choose(name, option) {
      const select = named(page, name);
      await reach(select);
      await page.keyboard.type(option);
      assert.equal(await select.inputValue(), option);
    },
  };
}

/// The visible control of a name, in a form or the main part of the page.
const named = (page, name, within = page.locator("main")) => within.locator(`[name="${name}"]:visible`).first();
