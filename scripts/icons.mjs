// Draws the icons of web/icons/ from web/icon.svg, in the Chromium of the tests: `node scripts/icons.mjs` after the mark has changed. What is
// drawn is checked in, since a build has no browser.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MARK = readFileSync(join(ROOT, "web/icon.svg"), "utf8");
/// The mark without its round corners, over all of the icon. A mask may leave no more than a circle of 80 % of the width, and the lines of
/// the mark go to 65 %: at this size their corners are within it.
const whole = (share) => {
  const from = (32 - 32 / share) / 2;
  return MARK.replace('viewBox="0 0 32 32"', `viewBox="${from} ${from} ${32 / share} ${32 / share}"`).replace(/<rect [^>]*\/>/, '<rect x="-32" y="-32" width="96" height="96" fill="#0b6b57"/>');
};
const ICONS = {
  "icon-192": [192, MARK],
  "icon-512": [512, MARK],
  maskable: [512, whole(0.85)],
  // A phone of Apple's rounds the corners itself.
  touch: [180, whole(1)],
};

const executablePath = execFileSync(join(ROOT, "scripts/chromium.sh"), { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
mkdirSync(join(ROOT, "web/icons"), { recursive: true });
for (const [name, [size, svg]] of Object.entries(ICONS)) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  writeFileSync(join(ROOT, "web/icons", `${name}.png`), await page.screenshot({ omitBackground: true }));
}
await browser.close();
