// The page of busy times, as a browser without script uses it: a file is chosen, what is imported is told, and forgotten.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { Browser, went } from "../support/pages.mjs";
import { person } from "../support/people.mjs";
import { CALENDAR, calendar, day, event } from "../support/busy.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const PATH = "/api/user/busy/subscriptions/";
const LIST = "/api/user/busy/?show=list";
const IMPORT = "/api/user/busy/import/";
const file = (text) => ({ calendar: new File([text], "mine.ics", { type: "text/calendar" }) });

test("a file is chosen and imported, the page says so, and all of it is forgotten again", async () => {
  const one = await Browser.of(service, await person(service));
  one.jar.zone = "UTC";
  const empty = await one.get(PATH);
  assert.match(empty.text, /<h1>Your other calendars<\/h1>/);
  assert.match(empty.text, /Nothing is imported yet\./);
  assert.match((await one.get(LIST)).text, /You are free for the next four weeks\./);
  assert.match(empty.text, /<a href="\/api\/user\/busy\/subscriptions\/" aria-current="page">Calendars<\/a>/);
  assert.doesNotMatch(empty.text, /name="replace"|_method=DELETE/, "there is nothing to replace or to forget");
  assert.deepEqual(went(await one.post(IMPORT, file(CALENDAR)), one.jar), [303, PATH, "busy-imported"]);
  const page = await one.get(PATH);
  assert.match(page.text, /Your busy times are imported\./);
  assert.match(page.text, /3 busy times are imported, last on \w+ \d+ \w+ \d{4}, \d\d:\d\d\./);
  const list = await one.get(LIST);
  assert.equal([...list.text.matchAll(/<strong>Imported<\/strong><\/p><p class="soft">[^<]*, 09:00 to 10:00</g)].length, 3);
  // The week has those that lie in it.
  const week = await one.get("/api/user/busy/");
  assert.match(week.text, /<p>09:00 to 10:00<\/p><\/div><span class="soft">Imported</);
  // Ticked, what is not in the next file goes.
  const next = calendar(event("other", `DTSTART:${day(2)}T120000Z`, "DURATION:PT1H"));
  assert.deepEqual(went(await one.post(IMPORT, { ...file(next), replace: "true" }), one.jar), [303, PATH, "busy-imported"]);
  assert.match((await one.get(PATH)).text, /One busy time is imported/);
  const remove = /action="([^"]+_method=DELETE)"/.exec((await one.get(PATH)).text)[1];
  assert.deepEqual(went(await one.post(remove), one.jar), [303, PATH, "busy-forgotten"]);
  assert.match((await one.get(PATH)).text, /All imported busy times are forgotten\..*Nothing is imported yet\./s);
});

test("a file that cannot be imported is refused beside its field, and nothing is lost", async () => {
  const one = await Browser.of(service, await person(service));
  await one.post(IMPORT, file(CALENDAR));
  await one.get(PATH);
  const tick = calendar(event("t", `DTSTART:${day(1)}T090000Z`, "DURATION:PT1S", "SUMMARY:<b>Tick</b>", "RRULE:FREQ=SECONDLY"));
  for (const [text, said] of [
    ["hello", "This is not a calendar file (iCalendar)."],
    ["", "This file is empty."],
    [tick, "“&#60;b&#62;Tick&#60;/b&#62;” repeats every second or every minute. That cannot be imported."],
  ]) {
    const page = await one.post(IMPORT, { ...file(text), replace: "true" });
    assert.equal(page.status, 400);
    assert.ok(page.text.includes(`<span class="fault" id="calendar-fault">${said}</span>`), page.text);
    assert.match(page.text, /aria-describedby="calendar-fault calendar-hint" aria-invalid="true"/);
    assert.match(page.text, /name="replace" value="true" checked/);
    assert.match(page.text, /3 busy times are imported/);
  }
  const forged = await one.post(IMPORT, { ...file(CALENDAR), csrfmiddlewaretoken: "k1.00" });
  assert.equal(forged.status, 403);
  const large = await one.post(IMPORT, file("x".repeat(257 * 1024)));
  assert.equal(large.status, 413);
  assert.match(large.text, /256/);
});
