// A real Chromium for tests of pages: people with a browser each, who sign in by the form, open the links of their mail, and
// show every page they reach to `look` (support/look.mjs).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ORIGIN, ROOT, here, until } from "./harness.mjs";
import { looker } from "./look.mjs";

/// Where Chromium keeps its files: not in the folder of a server, whose files the last test reads.
const TMP = tmpdir();
/// A page that has not come by now does not come.
const PATIENCE = 15_000;

/// Where links lead, as a browser names it and as it stands in its rules.
const { host: NAMED } = new URL(ORIGIN);

/// No service of the browser's own, and none of the sandbox that a container does not allow.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let found;
const executable = () => (found ??= execFileSync(join(ROOT, "scripts/chromium.sh"), { encoding: "utf8" }).trim());

/// Starts Chromium for a server. Links are made of ORIGIN while the server listens on another port: the browser is told where
/// that is, so that links, Origin and cookies are as they are for people. No other host is reachable.
export async function browse(service) {
  const browser = await launch(new URL(service.url).host).catch(async (error) => {
    await service.close();
    throw error;
  });
  const visitors = [];
  const looks = looker(browser, service);
  return {
    browser,
    /// Somebody with a browser: `javaScript: false`, a `script` that is "aborted" or "throwing", `width`, `touch`, `dark`, `forced` colours, `zone` of the system.
    async visitor(options = {}) {
      const made = await visitor(service, browser, looks, options);
      visitors.push(made);
      return made;
    },
    /// What was seen, by name; and how something is looked at that no visitor has open.
    seen: looks.seen,
    look: looks.look,
    /// Ends the browser and the server. What went wrong behind a page's back fails the tests here.
    async close() {
      const problems = visitors.flatMap((one) => one.problems);
      for (const { context } of visitors) await noteSessions(context);
      await browser.close();
      await service.close();
      assert.deepEqual(problems, [], "no page asks another site, breaks its policy or logs an error");
    },
  };
}

async function launch(listening) {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = TMP;
  try {
    const rules = `MAP ${NAMED} ${listening}, MAP * ~NOTFOUND`;
    return await chromium.launch({ executablePath: executable(), args: [...FLAGS, `--host-resolver-rules=${rules}`] });
  } finally {
    process.env.TMPDIR = before ?? TMP;
  }
}

/// Notes the cookies of sessions for the last test, which looks for them in all that the run leaves.
async function noteSessions(context) {
  // One that has left has noted them before.
  const cookies = await context.cookies().catch(() => []);
  for (const { name, value } of cookies) {
    if (/sessionid$/.test(name)) appendFileSync(join(here, "cookies"), `${value}\n`);
  }
}

async function visitor(service, browser, looks, { javaScript = true, script, width = 1280, touch = width < 768, dark, forced, zone }) {
  const context = await browser.newContext({
    baseURL: ORIGIN,
    javaScriptEnabled: javaScript,
    viewport: { width, height: width < 768 ? 568 : 800 },
    hasTouch: touch,
    isMobile: touch,
    colorScheme: dark ? "dark" : "light",
    forcedColors: forced ? "active" : "none",
    timezoneId: zone,
    locale: "en-GB",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE);
  const problems = watch(context, script || !javaScript);
  if (script) await context.route(SCRIPT, FAILING[script]);
  const page = await context.newPage();
  /// How the last page came: its address, status and headers.
  let last;
  page.on("response", (response) => {
    const request = response.request();
    // The script asks for pages, too; those that only bring parts up to date are none that a visitor goes to.
    const comes = request.isNavigationRequest() || (request.resourceType() === "fetch" && request.headers().accept === "text/html" && !request.url().includes("show=live"));
    const final = response.status() < 300 || response.status() >= 400;
    if (comes && final && request.frame() === page.mainFrame()) last = response;
  });

  const self = {
    context,
    page,
    problems,
    /// Opens an address or a path.
    async open(address) {
      await page.goto(address);
      return self.answer();
    },
    /// How the page that is shown was answered: its status and headers.
    answer() {
      return { status: last.status(), headers: last.headers(), url: last.url() };
    },
    /// Has the browser wait for a file of the script, as on a slow line, from now on until `come` is called; `asked` tells when the page asks for it.
    async hold(pattern) {
      const line = {};
      const waits = new Promise((resolve) => (line.come = resolve));
      line.asked = page.waitForRequest(pattern);
      await page.route(pattern, (route) => waits.then(() => route.continue()));
      return line;
    },
    /// Presses a button or follows a link, as this visitor does it, and waits for the page that it leads to.
    async press(target) {
      const control = button(page, target);
      await leads(page, () => (touch ? control.tap() : control.click()));
      return self.answer();
    },
    /// Ticks a box or a radio, as this visitor does it: by its label, which is what one sees.
    async toggle(control) {
      await (touch ? control.tap() : control.click());
    },
    /// Signs in by the form.
    async signIn(username, password = "p") {
      await self.open("/api-auth/login/");
      await page.locator("[name=username]").fill(username);
      await page.locator("[name=password]").fill(password);
      await self.press(page.locator("main form, form").filter({ has: page.locator("[name=password]") }).locator("button").first());
      assert.ok(!new URL(page.url()).pathname.startsWith("/api-auth/login"), `${username} is signed in`);
    },
    /// Opens the link of the last mail to an address that is `like` it.
    async openMail(to, like) {
      return self.open(linkOf(await lastMail(service, to, like)));
    },
    /// Shows the page to axe and all other checks, under a name that is its state's.
    async look(name) {
      await looks.look(name, { ...self.answer(), url: page.url(), html: await last.text() });
    },
    /// Goes from control to control by Tab until `target` has the focus. The focus is visible wherever it is.
    async tabTo(target, most = 120) {
      for (let n = 0; n < most; n++) {
        await page.keyboard.press("Tab");
        await focused(page);
        if (await target.evaluate((element) => element === document.activeElement)) return;
      }
      throw new Error(`${most} presses of Tab do not reach ${target}`);
    },
    /// Uses a control by keys: goes to it and presses `key`, which leads to another page.
    async pressByKey(target, key = "Enter") {
      await self.tabTo(button(page, target));
      await leads(page, () => page.keyboard.press(key));
      return self.answer();
    },
    /// The file that a link or a button gives.
    async download(target) {
      const [file] = await Promise.all([page.waitForEvent("download"), touch ? target.tap() : target.click()]);
      const chunks = [];
      for await (const chunk of await file.createReadStream()) chunks.push(chunk);
      return { name: file.suggestedFilename(), text: Buffer.concat(chunks).toString() };
    },
    /// What the page says.
    text: () => page.locator("body").innerText(),
    async leave() {
      await noteSessions(context);
      await context.close();
    },
  };
  return self;
}

/// Does what leads to another page, and waits for it: for its document, or for its content, which the script puts in the place of
/// this page's. It is asked from here: `waitForFunction` has the page's frames look again, and without JavaScript none of them does.
/// The page has all of its time from when the act is done, however long a busy machine takes for that.
async function leads(page, act) {
  await page.evaluate(() => (document.querySelector("main").dataset.left = ""));
  await act();
  const comes = () => document.readyState === "complete" && document.querySelector("main") !== null && !document.querySelector("main[data-left]");
  // While one document takes the place of another, none can be asked.
  await until("another page", () => page.evaluate(comes).catch(() => false), PATIENCE / 1_000);
}

/// A control, or a button or a link by what it says.
export const button = (page, name) => (typeof name === "string" || name instanceof RegExp ? named(page, name) : name);
const named = (page, name) => page.getByRole("button", { name }).or(page.getByRole("link", { name })).first();

/// Ways for the script of the pages to fail.
const FAILING = {
  aborted: (route) => route.abort(),
  throwing: (route) => route.fulfill({ contentType: "text/javascript", body: `throw new Error("${PLANTED}");` }),
};
const SCRIPT = "**/static/main.*.js";
const PLANTED = "a script that throws";

/// Collects what no page of ours may do: ask another origin, break the policy, log an error. An error's own page is no error, and a
/// failure of the script that is `meant` is none, nor is it one that Chromium loads no script where it is off.
function watch(context, meant) {
  const problems = [];
  const isMeant = (text) => meant && /\/static\/(main|chunk)\.|a script that throws/.test(text);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== ORIGIN) problems.push(`asks ${url.origin}`);
  });
  context.on("console", (message) => {
    const own = message.text().startsWith("Failed to load resource") && message.location().url === message.page()?.url();
    if (["error", "warning"].includes(message.type()) && !own && !isMeant(`${message.location().url} ${message.text()}`)) problems.push(`${message.location().url}: ${message.text()}`);
  });
  context.on("weberror", (error) => {
    if (!isMeant(String(error.error()))) problems.push(String(error.error()));
  });
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // A download and a page that is left behind count as aborted.
    if (why !== "net::ERR_ABORTED" && !isMeant(request.url())) problems.push(`${request.url()}: ${why}`);
  });
  return problems;
}

/// Fails where the control that has the focus does not show it.
async function focused(page) {
  const hidden = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return undefined;
    // The browser's own parts of these fields, each of them a stop, show their focus in their own way.
    if (["date", "time"].includes(element.type)) return undefined;
    const shows = (one) => {
      const style = one && getComputedStyle(one);
      return style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
    };
    // A box may show its focus by its label or the row that it stands in.
    return shows(element) || shows(element.closest("label")) || [...(element.labels ?? [])].some(shows) ? undefined : element.outerHTML.slice(0, 200);
  });
  assert.equal(hidden, undefined, "the focus is visible");
}

/// The last mail to an address, whose text or subject is `like` it.
export const lastMail = (service, to, like = /./) =>
  until(`a mail to ${to} like ${like}`, async () => {
    const to_ = to.toLowerCase();
    return (await service.outbox()).find((mail) => mail.to.some((one) => one.toLowerCase().includes(to_)) && (like.test(mail.subject) || like.test(mail.text)));
  });

/// The links of a mail's text.
export const linksOf = (mail) => [...mail.text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([url]) => url).filter((url) => url.startsWith(`${ORIGIN}/`));

/// The link by which a mail asks its reader to act: the first.
export function linkOf(mail) {
  const [link] = linksOf(mail);
  assert.ok(link, `a link in: ${mail.text}`);
  return link;
}
