// Looks at a page as it was answered to somebody: at two widths, light and dark, in forced colours and with large text, with
// axe-core (WCAG 2.2 AA) and with checks that hold for all our pages.
import { gzipSync } from "node:zlib";
import axeCore from "axe-core";
import { LONG, ORIGIN } from "./harness.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/// axe's rules that a theme or a width can break. All rules run once for each page; these in the other themes and widths, too.
/// In the long form all run in all of them.
const DIFFERING = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "meta-viewport"];
/// The first view of a page, in bytes as they travel.
export const PAGE_BUDGET = 60 * 1024;
export const STYLE_BUDGET = 15 * 1024;

/// What no page of the product says to a person: raw times, JSON, words of the code.
const RAW = /\d{4}-\d\d-\d\dT\d\d|\{"|\[\{|\bundefined\b|\bNaN\b|\[object |\bnull\b|\b(slots?|parties|ledger|projection|attenuat\w*|csrf\w*|partstat)\b/i;

/// Looks for a browser: `look(name, page)` fails with all that is wrong with a page. A state is looked at once.
export function looker(browser, service) {
  const seen = new Map();
  const files = {};
  let windows;
  const open = async (options) => {
    const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-GB", ...options });
    let shown;
    // The page is shown again as it was answered, since axe cannot run in a browser without JavaScript.
    await context.route(/^http/, async (route) => {
      if (route.request().isNavigationRequest()) return route.fulfill({ status: shown.status, headers: shown.headers, body: shown.html });
      // What is routed is not kept by the browser, so it is kept here.
      const { pathname } = new URL(route.request().url());
      files[pathname] ??= (await fetch(new URL(pathname, service.url)).then(async (answer) => ({ status: answer.status, contentType: answer.headers.get("content-type") ?? "", body: Buffer.from(await answer.arrayBuffer()) })));
      return route.fulfill(files[pathname]);
    });
    // What was answered is looked at, not what has become of it since: nothing comes by its socket.
    await context.routeWebSocket(/^ws/, () => {});
    const page = await context.newPage();
    const complaints = [];
    context.on("console", (message) => {
      if (/Content.Security.Policy|Refused to|violates/i.test(message.text())) complaints.push(message.text());
    });
    return {
      page,
      complaints,
      async show(state) {
        shown = state;
        complaints.length = 0;
        await page.goto(state.url.split("#")[0]);
      },
    };
  };
  return {
    seen,
    async look(name, { url, status, headers, html }) {
      if (seen.has(name)) return;
      const kept = Object.fromEntries(Object.entries(headers).filter(([key]) => !["content-encoding", "content-length", "transfer-encoding", "set-cookie", "strict-transport-security"].includes(key)));
      const state = { url, status, headers: kept, html };
      seen.set(name, state);
      windows ??= await Promise.all([
        open({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true }),
        open({ viewport: { width: 1280, height: 800 } }),
      ]);
      const [phone, desk] = windows;
      const wrong = [...policy(headers), ...markup(html)];
      await Promise.all(windows.map((one) => one.show(state)));
      wrong.push(...(await phoneLooks(phone)).map((fault) => `phone ${fault}`));
      wrong.push(...(await deskLooks(desk)).map((fault) => `desk ${fault}`));
      wrong.push(...windows.flatMap(({ complaints }) => complaints));
      state.bytes = gzipSync(html).length;
      if (wrong.length) throw new Error(`${name} (${status} ${new URL(url).pathname}):\n  ${[...new Set(wrong)].join("\n  ")}`);
    },
  };
}

/// What is wrong with the headers of a page.
function policy(headers) {
  const csp = headers["content-security-policy"] ?? "";
  const wrong = [];
  if (/unsafe|\*|https?:|data:/.test(csp) || !/default-src 'none'/.test(csp)) wrong.push(`policy: ${csp}`);
  if (!/^text\/html/.test(headers["content-type"] ?? "")) wrong.push(`a page of ${headers["content-type"]}`);
  return wrong;
}

/// What is wrong with the text of a page before anything of it is shown.
function markup(html) {
  const wrong = [];
  for (const [what, fault] of [
    [/<script\b(?! type="module" src="\/static\/main\.[A-Z0-9]+\.js"><\/script>)/i, "a script that is no file of ours"],
    [/<style\b/i, "a style in the page"],
    [/\sstyle\s*=/i, "a style in an element"],
    [/\son[a-z]+\s*=\s*["']/i, "an event handler"],
    [/javascript:/i, "an address that is a script"],
  ]) {
    if (what.test(html.replace(/<textarea\b[\s\S]*?<\/textarea>/g, ""))) wrong.push(fault);
  }
  if (!/<html[^>]* lang="/.test(html)) wrong.push("no language");
  return wrong;
}

async function phoneLooks({ page }) {
  const wrong = [];
  await page.emulateMedia({ colorScheme: "light" });
  wrong.push(...(await page.evaluate(shape, RAW.source)), ...(await wide(page, "320")), ...(await page.evaluate(small)), ...(await axe(page, "320 light")));
  await page.emulateMedia({ colorScheme: "dark" });
  wrong.push(...(await axe(page, "320 dark", !LONG && DIFFERING)));
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  wrong.push(...(await page.evaluate(invisible)));
  await page.emulateMedia({ forcedColors: "none" });
  return wrong;
}

async function deskLooks({ page }) {
  const wrong = [];
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  wrong.push(...(await axe(page, "1280 dark", !LONG && DIFFERING)));
  await page.emulateMedia({ colorScheme: "light" });
  wrong.push(...(await wide(page, "1280")), ...(await axe(page, "1280 light", !LONG && DIFFERING)));
  await page.setViewportSize({ width: 768, height: 1024 });
  wrong.push(...(await wide(page, "768")));
  // Text at 200 % (WCAG 1.4.4): a constructed sheet is no inline style, so the policy of the page allows it.
  await page.setViewportSize({ width: 640, height: 800 });
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { font-size: 200% !important }");
    document.adoptedStyleSheets = [sheet];
  });
  wrong.push(...(await wide(page, "640 with large text")));
  await page.evaluate(() => (document.adoptedStyleSheets = []));
  return wrong;
}

/// The violations that axe finds: one line each that says what, where and how to mend it.
export async function axe(page, where, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeCore.source);
  const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: WCAG };
  const violations = await page.evaluate(
    async (runOnly) => {
      const { violations } = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
      return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map(({ target, failureSummary }) => ({ target, failureSummary })) }));
    },
    runOnly,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${help}: ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`),
  );
}

/// What makes a page scroll sideways. A box that scrolls within itself may hold more.
export async function wide(page, where) {
  const wider = await page.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    if (Math.max(root.scrollWidth, document.body.scrollWidth) <= width) return [];
    const scrolls = (element) => element && element !== document.body && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const out = [...document.body.querySelectorAll("*")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.right > width + 1 || box.left < -1) && !scrolls(element.parentElement);
    });
    return [`${root.scrollWidth} of ${width} px`, ...out.slice(-3).map((element) => element.outerHTML.slice(0, 120))];
  });
  return wider.length ? [`${where}: scrolls sideways: ${wider.join(" | ")}`] : [];
}

/// In the page: what every page has, and what none says.
function shape(raw) {
  const wrong = [];
  const count = (selector) => document.querySelectorAll(selector).length;
  if (count("h1") !== 1) wrong.push(`${count("h1")} main headings`);
  if (count("main") !== 1) wrong.push(`${count("main")} main landmarks`);
  if (!document.title.trim()) wrong.push("no title");
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]));
  levels.forEach((level, n) => level > (levels[n - 1] ?? 0) + 1 && wrong.push(`a heading of level ${level} after ${levels[n - 1] ?? "none"}`));
  const said = new RegExp(raw, "i").exec(`${document.title}\n${document.body.innerText}`);
  if (said) wrong.push(`it says ${JSON.stringify(said.input.slice(Math.max(0, said.index - 40), said.index + 40))}`);
  // What a preview of the link shows is for everybody who gets to see the link.
  for (const { content } of document.querySelectorAll('meta[property^="og:"], meta[name="description"]')) {
    if (/@|\d/.test(content) || content.includes(document.querySelector("main p.lead")?.innerText ?? "\n")) wrong.push(`a preview says ${content}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
  if (twice.length) wrong.push(`ids that are there twice: ${twice.join(" ")}`);
  for (const form of document.querySelectorAll("form")) {
    if (!form.querySelector("button, input[type=submit]") && !document.querySelector(`button[form="${form.id}"]`)) wrong.push(`a form without a button: ${form.outerHTML.slice(0, 100)}`);
  }
  return wrong;
}

/// In the page: controls that are too low for a finger. Links in sentences are as high as their lines.
export function small() {
  const controls = [...document.querySelectorAll("button, select, input:not([type=hidden]), textarea, summary, nav a, a[class]")];
  const low = controls.filter((control) => {
    // The link that skips the navigation is for keys alone.
    if (control.classList.contains("skip")) return false;
    // A box or a radio is touched by its label.
    const touched = ["checkbox", "radio"].includes(control.type) ? (control.labels?.[0] ?? control) : control;
    const { width, height } = touched.getBoundingClientRect();
    return width > 0 && height > 0 && height < 43.5;
  });
  return low.slice(0, 5).map((control) => `only ${Math.round(control.getBoundingClientRect().height)} px high: ${control.outerHTML.slice(0, 120)}`);
}

/// In the page, in forced colours: controls that nothing shows any more, neither an edge nor a colour of their own, nor text.
function invisible() {
  const gone = [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea")].filter((control) => {
    const style = getComputedStyle(control);
    const { width, height } = control.getBoundingClientRect();
    if (!width || !height || style.visibility === "hidden") return false;
    if (["checkbox", "radio"].includes(control.type)) return style.appearance === "none" && style.borderStyle === "none" && !control.labels?.length;
    return style.borderStyle === "none" || parseFloat(style.borderTopWidth) + parseFloat(style.borderBottomWidth) === 0;
  });
  return gone.slice(0, 5).map((control) => `invisible in forced colours: ${control.outerHTML.slice(0, 120)}`);
}

/// The bytes of a page's first view as they travel: itself and all that it loads.
export async function weight(service, { html, bytes }) {
  const found = [...html.matchAll(/<(?:link|img|source)\b[^>]*?\s(?:href|src)="([^"]+)"[^>]*>/g)].filter(([tag]) => !/rel="(?:canonical|alternate|next|prev)"/.test(tag));
  const parts = { page: bytes };
  for (const [, address] of found) {
    const { pathname } = new URL(address.replaceAll("&amp;", "&"), ORIGIN);
    parts[pathname] ??= gzipSync(Buffer.from((await service.ask("GET", pathname)).text)).length;
  }
  return parts;
}
