// A crawler opens what pages and mails lead to, as a stranger, by a mailed link, by a session and as staff. Every form that it
// finds it fills in and sends with what the page carries: none is refused for its credentials, and none is a fault of the
// service. The forms are sent as the Worker made them, without script. And no link changes anything: neither by GET nor by HEAD, as programs that look at mails send them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { linkTo as linkToAnswer, makeCalendars } from "../support/availability.mjs";
import { browse, linksOf } from "../support/browser.mjs";
import { LONG, ORIGIN, ask, start, until } from "../support/harness.mjs";
import { changes, settled, stored } from "../support/stored.mjs";
import { at } from "../support/calendars.mjs";
import { linkTo as linkToBooking, makeBookings, publish } from "../support/booking_page.mjs";
import { linkTo, makeWorld, meetingTo } from "../support/world.mjs";

let office;
/// The world, with calendars and with bookings in each of their states.
async function world(of) {
  const made = { ...(await makeWorld(of)), calendars: await makeCalendars(of) };
  office ??= await publish(of);
  return { ...made, office, bookings: await makeBookings(of, office) };
}

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

/// Where each kind of visitor begins.
const BEGINNINGS = {
  "a stranger": ({ office }) => [office.path, "/", "/api-auth/login/", "/accounts/signup/", "/accounts/password/reset/", "/outbox/"],
  "a link": ({ open, fresh, agreed, exhausted, closed, cancelled, calendars, bookings }) => [
    ...Object.values(bookings).map((one) => linkToBooking(one)),
    ...Object.values(calendars).map((one) => linkToAnswer(one, 1)),
    linkTo(open, 2), linkTo(fresh, 2), linkTo(agreed, 1), linkTo(exhausted, 1), linkTo(closed, 1), meetingTo(agreed, 1), meetingTo(cancelled, 1),
  ],
  staff: ({ open, agreed, exhausted }) => ["/", ...[open, agreed, exhausted].map(({ id }) => `/${id}/`), `/meetings/${agreed.id}/`],
  "a session": ({ open, fresh, ready, agreed, exhausted, closed, cancelled, calendars, bookings }) => [
    ...Object.values(bookings).map(({ meeting }) => `/meetings/${meeting}/`),
    "/", ...[open, fresh, ready, agreed, exhausted, closed].map(({ id }) => `/${id}/`), `/meetings/${agreed.id}/`, `/meetings/${cancelled.id}/`,
    ...["open", "added", "finalized", "closed"].map((name) => at(calendars[name].id, "details/")), at(calendars.ready.id, "confirm/"), at(calendars.added.id, "confirm/"),
    `/schedules/calendars/remind/${calendars.open.id}/${calendars.open.ids[0]}/`,
  ],
};
const WHO = { "a session": "ana", staff: "ob" };

/// What is sent last, because less is there afterwards.
const LAST = [/DELETE|logout|\/forget\/|revoke|\/fix\/|accounts\/password\/|accounts\/address\//, /parties|accounts\/sessions/, /logout/, /^POST \/N\/\?_method=DELETE/, /accounts\/me\/\?_method=DELETE/];
const place = (key) => LAST.reduce((last, pattern, n) => (pattern.test(key) ? n + 1 : last), 0);
/// An address or an act without what differs from one to the next.
const shape = (address) => {
  const url = new URL(address, ORIGIN);
  const query = [...url.searchParams].map(([name, value]) => (name === "_method" ? `_method=${value}` : `${name}=`)).join("&");
  return `${url.pathname.replace(/\d{6,}/g, "N").replace(/\/p\d+\//, "/pN/").replace(/[A-Za-z0-9_-]{40,}/g, "T").replace(/sessions\/\w+/, "sessions/N")}${query && `?${query}`}`;
};

/// All forms of the page that is shown, each with its buttons.
const forms = (page) =>
  page.evaluate(() =>
    [...document.forms].map((form, index) => ({
      index,
      method: form.method.toUpperCase(),
      action: form.action || location.href,
      buttons: [...form.querySelectorAll("button:not([type=button]), input[type=submit]")].map((button) => ({ name: button.name, value: button.value, said: button.innerText.trim() })),
      fields: [...form.elements].filter((field) => field.name && !["hidden", "submit"].includes(field.type)).map((field) => field.name),
    })),
  );

/// Fills in what is empty, by what the field is for.
const fillIn = (page, index) =>
  page.evaluate((index) => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const next = new Date(Date.now() + 40 * 86_400_000).toISOString();
    const SAMPLES = [
      [/email/, "fay@example.org"], [/username/, "fay"], [/old_password/, "p"], [/password/, "Test@12345"], [/date|until|on$/, next.slice(0, 10)], [/from|time|begin/, "10:00"], [/to$/, "11:00"],
      [/parties|people/, "Fay Ray <fay@example.org>, gus@example.org"], [/length|duration|minutes|every/, "45"], [/csv|text/, "first_name,last_name,email\nFay,Ray,fay@example.org"], [/group/, "Board"],
    ];
    for (const field of document.forms[index].elements) {
      if (!field.name || field.type === "hidden" || field.value || field.type === "file" || field.disabled) continue;
      const byType = { date: next.slice(0, 10), time: "10:00", email: "fay@example.org", number: field.min || "1", "datetime-local": next.slice(0, 16), url: "https://example.org/" }[field.type];
      field.value = byType ?? SAMPLES.find(([pattern]) => pattern.test(field.name))?.[1] ?? "Fay";
    }
  }, index);

/// Opens all pages that lead from the beginnings, by GET; gives addresses and forms, of each shape one (in the long form three).
async function crawl(visitor, beginnings) {
  const pages = [];
  const found = new Map();
  const links = new Set();
  const waiting = [...beginnings];
  const met = {};
  while (waiting.length) {
    const address = waiting.shift();
    const key = shape(address);
    met[key] = (met[key] ?? 0) + 1;
    // The same page of other proposals is another state of it, and a mailed link can be used up.
    const most = beginnings.includes(address) ? 20 : LONG || /\/T|et=/.test(key) ? 2 : 1;
    if (met[key] > most) continue;
    const answer = await visitor.open(address).catch((error) => {
      // A link to a file begins a download instead.
      if (!/Download is starting|ERR_ABORTED/.test(error.message)) throw error;
    });
    if (!answer) continue;
    if (answer.status >= 500) throw new Error(`GET ${address}: ${answer.status}`);
    pages.push(address);
    for (const form of await forms(visitor.page)) {
      // A browser sends a form with one of its buttons; those of the type "button" are the script's.
      for (const button of form.buttons) {
        const key = `${form.method} ${shape(form.action)} [${button.name && `${button.name}=${button.value} `}${form.fields.map((name) => name.replace(/[\d ].*/, "")).filter((name, n, all) => all.indexOf(name) === n).join(" ")}]`;
        const same = found.get(key) ?? [];
        if (same.length < (LONG ? 3 : 1)) found.set(key, [...same, { address: visitor.page.url(), opens: address, form, button, key }]);
      }
    }
    const hrefs = await visitor.page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
    for (const href of hrefs.map((one) => one.split("#")[0])) {
      if (!href.startsWith(`${ORIGIN}/`) || links.has(href)) continue;
      links.add(href);
      waiting.push(href);
    }
  }
  return { pages, forms: found, links };
}

/// Sends a form as it is found on its page now; gives the status, or nothing where the page has it no more.
async function send(visitor, { address, opens, form, button, key }) {
  if ((await visitor.open(opens)).status >= 400 && opens !== address) await visitor.open(address);
  const now = (await forms(visitor.page)).find((one) => one.method === form.method && shape(one.action) === shape(form.action) && one.fields.join() === form.fields.join());
  if (!now) return undefined;
  await fillIn(visitor.page, now.index);
  const selector = button.name ? `button[name="${button.name}"][value="${button.value}"]` : "button:not([type=button]), input[type=submit]";
  const control = visitor.page.locator("form").nth(now.index).locator(selector).first();
  if (!(await control.count())) return undefined;
  const answer = visitor.page.waitForResponse((response) => response.request().isNavigationRequest() && response.request().method() === form.method);
  // What the page's own rules of its fields hold back is no business of the server's.
  await visitor.page.locator("form").nth(now.index).evaluate((one) => (one.noValidate = true));
  const [response] = await Promise.all([answer, control.evaluate((one) => one.form.requestSubmit(one))]);
  await visitor.page.waitForLoadState();
  return { status: response.status(), key, shown: visitor.answer().status, said: await visitor.text() };
}

/// Whether the visitor's session lives.
const lives = async (visitor) => {
  const Cookie = (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  return (await service.ask("GET", "/api/user/get_detail/", { headers: { Cookie } })).status === 200;
};
/// Signs in again, whatever the password was changed to; not where the account is gone.
async function comeBack(visitor, username) {
  const { meta } = await service.db.prepare("update accounts set password = (select password from accounts where username = 'st') where username = ? and leaving = 0").bind(username).run();
  if (meta.changes) await visitor.signIn(username);
  return meta.changes > 0;
}

/// What a product of this kind has forms for: those of which one must be found by each kind of visitor.
const EXPECTED = {
  "a stranger": [/GET \/book\/ana-lee\/talk\/ \[zone/, /POST \/book\/ana-lee\/talk\/ \[name email answer-/, /POST \/api-auth\/login\//, /POST \/accounts\/signup\//, /POST \/accounts\/password\/reset\//],
  "a link": [/POST \/meetings\/N\/confirm\//, /POST \/meetings\/N\/\?_method=DELETE/, /POST \/meetings\/N\/\?_method=PATCH \[\]/, /POST \/schedules\/calendars\/N\/respond\/ \[do=keep/, /respond\/\?_method=PUT \[bulk=3 /, /POST \/schedules\/calendars\/N\/forget\//, /POST \/N\/\?_method=PATCH \[do=keep/, /POST \/N\/\?_method=PATCH \[do=none/, /POST \/(meetings\/)?N\/decline\//, /POST \/N\/forget\//],
  "a session": [
    /POST \/meetings\/N\/approve\//, /POST \/meetings\/N\/\?_method=DELETE \[message/,
    /_method=PATCH \[.*title/, /POST \/N\/notify\//, /POST \/N\/fix\//, /parties\/pN\/\?_method=DELETE/, /parties\/pN\/\?_method=PUT/, /POST \/N\/\?_method=DELETE/, /POST \/N\/revoke\//,
    /POST \/accounts\/me\/\?_method=PATCH/, /POST \/accounts\/me\/\?_method=DELETE/, /POST \/accounts\/password\//, /POST \/accounts\/address\//, /POST \/schedules\/contacts\/import\//, /POST \/schedules\/contacts\//, /logout/,
    /POST \/schedules\/calendars\/compose\/ \[do=preview/, /POST \/schedules\/calendars\/N\/details\/\?_method=PUT/, /POST \/schedules\/calendars\/remind\/N\/N\//, /POST \/schedules\/calendars\/N\/confirm\/ \[do=finalize/, /POST \/schedules\/calendars\/N\/\?_method=DELETE/,
  ],
  staff: [/_method=PATCH \[.*title/, /POST \/N\/\?_method=DELETE/],
};

test("no link of a page or of a mail changes anything but, at most, a view", { timeout: 600_000 }, async (t) => {
  const made = await world(service);
  const addresses = new Set();
  for (const [kind, beginnings] of Object.entries(BEGINNINGS)) {
    const visitor = await browser.visitor({ javaScript: false });
    if (WHO[kind]) await visitor.signIn(WHO[kind]);
    const { links } = await crawl(visitor, beginnings(made));
    const cookie = (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const link of links) addresses.add(JSON.stringify([link, WHO[kind] ? cookie : ""]));
    // The browser closes without signing out, so the cookies live on.
    await visitor.context.close();
  }
  const mails = await service.outbox();
  for (const mail of mails) {
    const html = [...(mail.html ?? "").matchAll(/href="([^"]+)"/g)].map(([, link]) => link.replaceAll("&amp;", "&"));
    for (const link of [...linksOf(mail), ...html.filter((link) => link.startsWith(ORIGIN))]) addresses.add(JSON.stringify([link, ""]));
  }
  // What has ended is given up by a clock, sooner or later: it is to be done before anything is looked at.
  await service.worker.scheduled();
  const ended = service.db.prepare("select count(*) as n from bookings where expires_at <= ? and ended = 0").bind(Date.now());
  await until("holds that have ended to be given up", async () => (await ended.first()).n === 0);
  await settled(service);
  const before = await stored(service);
  const statuses = {};
  for (const [link, Cookie] of [...addresses].map((one) => JSON.parse(one))) {
    for (const method of ["HEAD", "GET", ...(LONG ? ["GET"] : [])]) {
      const headers = { Accept: "text/html", ...(Cookie && { Cookie }) };
      let target = link;
      // A browser follows to the page with the cookie that it was given.
      for (let hops = 0; target && hops < 3; hops++) {
        const answer = await ask(service.url, method, target.replace(ORIGIN, ""), { headers });
        assert.ok(answer.status < 500, `${method} ${shape(link)}: ${answer.status}`);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        const set = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
        if (set.length) headers.Cookie = [headers.Cookie, ...set].filter(Boolean).join("; ");
        target = answer.status === 303 ? new URL(answer.headers.get("location"), ORIGIN).href : undefined;
      }
    }
  }
  await settled(service);
  t.diagnostic(`${addresses.size} links of pages and ${mails.length} mails: ${JSON.stringify(statuses)}`);
  assert.ok(addresses.size > 60 && mails.length >= 15);
  assert.deepEqual(changes(before, await stored(service)), []);
});

for (const [kind, beginnings] of Object.entries(BEGINNINGS)) {
  test(`every form that ${kind} finds can be sent with what its page carries`, { timeout: 240_000 }, async (t) => {
    const visitor = await browser.visitor({ javaScript: false });
    if (WHO[kind]) await visitor.signIn(WHO[kind]);
    const { pages, forms: found } = await crawl(visitor, beginnings(await world(service)));
    const missing = EXPECTED[kind].filter((pattern) => ![...found.keys()].some((key) => pattern.test(key)));
    assert.deepEqual(missing, [], `these forms are not there, among ${[...found.keys()].join("\n")}`);
    const wrong = [];
    let sent = 0;
    for (const one of [...found.values()].flat().sort((a, b) => place(a.key) - place(b.key))) {
      if (WHO[kind] && !(await lives(visitor)) && !(await comeBack(visitor, WHO[kind]))) break;
      const outcome = await send(visitor, one);
      if (!outcome) continue;
      sent++;
      if (outcome.status === 403 || outcome.status >= 500 || outcome.shown === 403 || outcome.shown >= 500) wrong.push(`${one.key} at ${one.opens}: ${outcome.status}, ${outcome.shown}: ${outcome.said.slice(0, 200)}`);
    }
    t.diagnostic(`${kind}: ${pages.length} pages, ${found.size} forms, ${sent} sent`);
    assert.deepEqual(wrong, [], wrong.join("\n"));
    await visitor.leave();
  });
}
