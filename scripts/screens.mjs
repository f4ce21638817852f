// Photographs every page in each of its states, at three widths, light and dark: `make screens`, or with a folder,
// `make screens SCREENS=folder`. The service runs on a state of its own. `node scripts/screens.mjs FOLDER [part of a name]`.
// `node scripts/screens.mjs --readme` makes the two pictures of the README instead.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { indexed } from "./png.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [folder = join(root, ".dev/screens"), part = ""] = process.argv.slice(2);
const readme = folder === "--readme";
const out = readme ? join(root, "docs") : resolve(folder);
/// Where the service keeps its state meanwhile.
process.env.WHITTLE_RUN = join(root, ".dev/screens-run");
const { browse } = await import("../tests/support/browser.mjs");
const { start } = await import("../tests/support/harness.mjs");
const { tour } = await import("../tests/support/states.mjs");

/// The pictures of the README, by their states: what they show of the page from its top, in a zone that is nobody's guess.
const README = { respond: ["answer.png", 420], organiser: ["organise.png", 900] };
const HEIGHT = 900;
const WIDTHS = { 320: 568, 768: 1024, 1280: 800 };
const THEMES = ["light", "dark"];

mkdirSync(out, { recursive: true });
const service = await start();
const browser = await browse(service);
const names = [];
await tour(
  service,
  browser,
  async (name, { page }) => {
    if (readme) return photograph(page, ...README[name]);
    names.push(name);
    for (const [width, height] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width: Number(width), height });
      // What sticks to the foot of the window would otherwise stand in the middle of the picture.
      const whole = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width: Number(width), height: Math.max(height, whole) });
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(out, file(name, width, colorScheme)), fullPage: true, animations: "disabled" });
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 800 });
  },
  (name) => (readme ? name in README : name.includes(part)),
);
if (!readme) writeFileSync(join(out, "index.html"), index());
await browser.close();
rmSync(process.env.WHITTLE_RUN, { recursive: true, force: true });
if (!readme) console.log(`${names.length} pages in ${Object.keys(WIDTHS).length * THEMES.length} pictures each: ${join(out, "index.html")}`);

async function photograph(page, name, width) {
  await page.goto(`${page.url().split("?")[0]}?zone=Europe/Berlin`);
  await page.setViewportSize({ width, height: HEIGHT });
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(HEIGHT, whole) });
  const picture = indexed(await page.screenshot({ clip: { x: 0, y: 0, width, height: HEIGHT }, animations: "disabled" }));
  writeFileSync(join(out, name), picture);
  console.log(`${join(out, name)}: ${picture.length} bytes`);
}

function file(name, width, theme) {
  return `${name.replace(/[^a-z0-9]+/gi, "-")}-${width}-${theme}.png`;
}

/// One page with all pictures.
function index() {
  const picture = (name, width, theme) => `<a href="${file(name, width, theme)}"><img loading="lazy" src="${file(name, width, theme)}" alt="${name}, ${width} px, ${theme}" height="320"></a>`;
  const row = (name) => `<h2>${name}</h2><p>${Object.keys(WIDTHS).flatMap((width) => THEMES.map((theme) => picture(name, width, theme))).join("\n")}</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Pages</title><h1>Pages</h1>\n${names.map(row).join("\n")}\n</html>\n`;
}
