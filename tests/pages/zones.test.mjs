// Twelve time zones, and both days on which the clocks change of two of them: page, mail, API and calendar file say the same
// instants. What they should say is computed by the time zone database of Node, which shares nothing with ours.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { read } from "../support/agree.mjs";
import { askWhen, linkTo as linkToAnswer } from "../support/availability.mjs";
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
