// Twelve time zones, and both days on which the clocks change of two of them: page, mail, API and calendar file say the same
// instants. What they should say is computed by the time zone database of Node, which shares nothing with ours.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { read } from "../support/agree.mjs";
import { askWhen, linkTo as linkToAnswer } from "../support/availability.mjs";
import { hold, publish } from "../support/booking_page.mjs";
import { browse, lastMail } from "../support/browser.mjs";
import { propose, start, until } from "../support/harness.mjs";
import { BEA, CYD, invite, linkTo, settle } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const ZONES = [
  "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
  "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tokyo",
];
const half = (begin) => ({ begin, duration: "00:30:00" });
/// Around the changes of Berlin and of New York in 2031, spring and autumn, and at noon of an ordinary day.
const CHANGES = [
  half("2031-03-09T06:30:00Z"), half("2031-03-09T07:30:00Z"), half("2031-03-30T00:30:00Z"), half("2031-03-30T01:30:00Z"), half("2031-06-30T12:00:00Z"),
  half("2031-10-26T00:30:00Z"), half("2031-10-26T01:30:00Z"), half("2031-11-02T05:30:00Z"), half("2031-11-02T06:30:00Z"),
];

/// What a clock and a calendar on the wall show at an instant.
function wall(instant, timeZone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" }).formatToParts(new Date(instant));
  const part = (type) => parts.find((one) => one.type === type)?.value;
  return { day: `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}`, clock: `${part("hour")}:${part("minute")}`, offset: part("timeZoneName").replace("GMT", "") || "+00:00" };
}

/// The times of a page: the begin of each, what is said of it, and its day.
const times = (v) =>
  v.page.locator("main .day").evaluateAll((days) =>
    days.flatMap((day) => [...day.querySelectorAll("time[datetime]")].map((time) => ({ begin: time.dateTime, said: time.closest("li").innerText, day: day.querySelector("legend, h3").innerText }))),
  );

for (const zone of ZONES) {
  test(`page, mail and API say the same instants in ${zone}`, { timeout: 60_000 }, async () => {
    const title = `Changes in ${zone}`;
    const p = await propose(service, { title, timezone: zone, parties: [BEA, CYD], slots: CHANGES }, { as: "ana" });
    assert.deepEqual(p.slots, CHANGES, "the API");
    await invite(service, p);

    const mail = await lastMail(service, BEA.email, new RegExp(title));
    for (const text of [mail.text, ...(mail.html ? [mail.html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ")] : [])]) {
      for (const { begin } of CHANGES) {
        const { day, clock, offset } = wall(begin, zone);
        const at = text.indexOf(day);
        assert.ok(at >= 0, `${day} in the mail: ${text}`);
        // What is said of that day, up to the next.
        const rest = text.slice(at, at + 240);
        assert.ok(rest.includes(clock), `${day}, ${clock} in the mail: ${rest}`);
        if (zone !== "UTC") assert.ok(text.includes(`UTC${offset}`), `UTC${offset} in the mail: ${text}`);
      }
    }

    const bea = await browser.visitor({ javaScript: false });
    await bea.open(linkTo(p, 1));
    await bea.open(`/${p.id}/?zone=${encodeURIComponent(zone)}`);
    const shown = await times(bea);
    assert.deepEqual(shown.map(({ begin }) => begin), CHANGES.map(({ begin }) => begin), "each time stands there once, in order");
    for (const { begin, said, day } of shown) {
      const right = wall(begin, zone);
      assert.equal(day, right.day, begin);
      assert.ok(said.startsWith(right.clock), `${begin}: ${said}, not ${right.clock}`);
    }
    const texts = shown.map(({ day, said }) => `${day} ${said}`);
    assert.equal(new Set(texts).size, texts.length, `no two times read the same: ${texts.join(" | ")}`);

    // The script says the same without asking: it comes from a zone in which all of it reads otherwise.
    const cyd = await browser.visitor();
    await cyd.open(linkTo(p, 2));
    await cyd.open(`/${p.id}/?zone=Pacific/Marquesas`);
    // Nothing that is asked for is answered as long as the test waits.
    let go;
    const waits = new Promise((resolve) => (go = resolve));
    await cyd.page.route(`**/${p.id}/?*`, async (route) => {
      await waits;
      await route.continue().catch(() => {});
    });
    await cyd.page.locator(".zone summary").click();
    await cyd.page.locator(".zone select").selectOption(zone);
    await cyd.page.locator(".zone button").click();
    // A browser whose time zones are older than ours is put right by the Worker's answer.
    const here = await cyd.page.evaluate(([begins, zone]) => begins.map((begin) => new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).format(new Date(begin)).split("GMT")[1] || "+00:00"), [CHANGES.map(({ begin }) => begin), zone]);
    const isOlder = String(here) !== String(CHANGES.map(({ begin }) => wall(begin, zone).offset));
    if (!isOlder) assert.deepEqual(await times(cyd), shown, "the script switches the zone by itself");
    go();
    if (isOlder) await until("the Worker's times", async () => JSON.stringify(await times(cyd)) === JSON.stringify(shown));
    for (const one of [bea, cyd]) await one.leave();
  });
}

/// Around the changes of Berlin and of New York in 2027, and at noon of an ordinary day: halves of an hour, by their begins.
const TIMES = ["2027-03-14T06:30", "2027-03-14T07:30", "2027-03-28T00:30", "2027-03-28T01:30", "2027-06-30T12:00", "2027-10-31T00:30", "2027-10-31T01:30", "2027-11-07T05:30", "2027-11-07T06:30"].map((begin) => `${begin}:00Z`);

test("the page of somebody who is asked when they can says the same instants in each zone, with script and without", { timeout: 120_000 }, async () => {
  const slots = TIMES.map((begin) => ({ date: begin.slice(0, 10), start_time: begin.slice(11, 19), end_time: new Date(Date.parse(begin) + 1_800_000).toISOString().slice(11, 19), preference_level: 3 }));
  const c = await askWhen(service, "Changes", { meeting_minutes: 30 }, slots);
  const [plain, quick] = [await browser.visitor({ javaScript: false }), await browser.visitor()];
  for (const v of [plain, quick]) await v.open(linkToAnswer(c, 1));
  // What the script shows by itself is looked at before the Worker answers.
  let go;
  await quick.page.route("**/*show=live*", async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue().catch(() => {});
  });
  await quick.page.locator(".zone summary").click();
  for (const zone of ZONES) {
    await plain.open(`/schedules/calendars/${c.id}/respond/?zone=${encodeURIComponent(zone)}`);
    const shown = await times(plain);
    assert.deepEqual(shown.map(({ begin }) => begin), TIMES, `${zone}: each time stands there once, in order`);
    for (const { begin, said, day } of shown) {
      const right = wall(begin, zone);
      assert.deepEqual([day, said.slice(0, 5)], [right.day, right.clock], `${begin} in ${zone}`);
    }
    go = undefined;
    await quick.page.locator(".zone select").selectOption(zone);
    await quick.page.locator(".zone button").click();
    const isOlder = await quick.page.evaluate(([begins, zone]) => begins.map((begin) => new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).format(new Date(begin)).split("GMT")[1] || "+00:00"), [TIMES, zone]).then((here) => String(here) !== String(TIMES.map((begin) => wall(begin, zone).offset)));
    if (!isOlder) assert.deepEqual(await times(quick), shown, `${zone} by the script`);
    await until("the question", async () => go);
    go();
    await until(`the Worker's times in ${zone}`, async () => JSON.stringify(await times(quick)) === JSON.stringify(shown));
  }
  for (const one of [plain, quick]) await one.leave();
});

const HALF_HOUR = 1_800_000;
const WEEK = 7 * 86_400_000;
/// The Sundays of a year, as UTC has them, on which the clocks of Berlin or of New York change, and one more, each by its begin.
function sundays() {
  const all = Array.from({ length: 51 }, (_, n) => (Math.floor((Date.now() - 3 * 86_400_000) / WEEK) + 1 + n) * WEEK + 3 * 86_400_000);
  const offset = (at, zone) => wall(at, zone).offset;
  const turns = all.filter((at) => ["Europe/Berlin", "America/New_York"].some((zone) => offset(at, zone) !== offset(at + 86_400_000, zone)));
  return [all.find((at) => !turns.includes(at)), ...turns];
}

test("a guest's page, the API and the mail say the same instants in each zone, on days on which clocks change as well", { timeout: 240_000 }, async (t) => {
  const days = sundays();
  // A change of this week and of the same week next year can both be too near or too far.
  assert.ok(days.length >= 4);
  const offer = { slug: "sunday", title: "A talk on Sunday", minutes: 30, step: 30, notice: 0, horizon_days: 365, buffer_before: 0, buffer_after: 0 };
  const page = await publish(service, { as: "ben", name: "ben-o", title: "Ben", offers: [offer], weekly: [{ weekday: "sunday", from: "00:00", to: "24:00" }], timezone: "UTC" });
  const free = days.flatMap((day) => Array.from({ length: 48 }, (_, n) => day + n * HALF_HOUR));
  let compared = 0;
  for (const zone of ZONES) {
    for (const day of days) {
      // Whatever that Sunday of UTC's calendar is in the zone, in part the day before or after.
      for (const at of zone === "UTC" ? [day] : [day, day + 86_399_000]) {
        const { day: named } = wall(at, zone);
        const date = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short" }).format(at);
        const right = free.filter((begin) => wall(begin, zone).day === named);
        const query = `from=${date}&days=1&zone=${encodeURIComponent(zone)}`;
        const [html, api] = await Promise.all(["text/html", "application/json"].map((Accept) => service.ask("GET", `${page.path}sunday/?${query}`, { headers: { Accept } })));
        assert.deepEqual(api.json.starts.map((start) => Date.parse(start)), right, `${zone}, ${date}: the API`);
        const [, list] = /<ul class="times starts">([\s\S]*?)<\/ul>/.exec(html.text);
        const shown = [...list.matchAll(/<time datetime="([^"]+)">([^<]+)</g)];
        assert.deepEqual(shown.map(([, begin]) => Date.parse(begin)), right, `${zone}, ${date}: the page`);
        assert.ok(/<h2 id="times">([^<]+)</.exec(html.text)[1].includes(named), `${zone}: ${named}`);
        for (const [, begin, said] of shown) assert.equal(said.slice(0, 5), wall(begin, zone).clock, `${begin} in ${zone}`);
        assert.equal(new Set(shown.map(([, , said]) => said)).size, right.length, `${zone}, ${date}: no two times read the same`);
        compared += right.length;
      }
    }
  }
  // The mails of bookings on such a day.
  for (const zone of ZONES) {
    const start = new Date(days[2] + 7 * 3_600_000 + ZONES.indexOf(zone) * HALF_HOUR).toISOString();
    const { email } = await hold(service, page, { slug: "sunday", start, zone });
    const { day, clock, offset } = wall(start, zone);
    const { text } = await lastMail(service, email);
    for (const part of [day, clock, ...(zone === "UTC" ? [] : [`UTC${offset}`])]) assert.ok(text.includes(part), `${part} in the mail: ${text}`);
  }
  t.diagnostic(`${compared} times of ${ZONES.length} zones`);
});

test("the calendar file says the same instants, of which two parsers read the zones", { timeout: 120_000 }, async () => {
  const files = [];
  for (const [n, slot] of CHANGES.entries()) {
    const zone = n < 2 || n > 6 ? "America/New_York" : "Europe/Berlin";
    const p = await propose(service, { title: `Change ${n}`, timezone: zone, parties: [BEA], slots: [slot] }, { as: "ana" });
    const bea = await browser.visitor({ javaScript: false });
    await bea.open(linkTo(p, 1));
    await bea.press(bea.page.locator('button[name="do"][value="keep"]'));
    if (await bea.page.locator('input[name="sure"]').count()) await bea.press(bea.page.locator('button[name="do"][value="keep"]'));
    const { text } = await bea.download(bea.page.locator('a[href$="/calendar.ics"]'));
    files.push(text);
    const { day, clock } = wall(slot.begin, zone);
    await bea.open(`/${p.id}/?zone=${encodeURIComponent(zone)}`);
    const said = await bea.page.locator(".time.agreed").innerText();
    assert.ok(said.includes(day) && said.includes(clock), `${day}, ${clock}: ${said}`);
    await bea.leave();
  }
  const begins = read(...files).map(({ events: [{ begin }] }) => new Date(begin * 1000).toISOString().replace(".000", ""));
  assert.deepEqual(begins, CHANGES.map(({ begin }) => begin));
});
