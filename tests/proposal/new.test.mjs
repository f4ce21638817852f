// The page on which a proposal is composed: what each of its buttons makes of what was typed, and its preview.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { ROWS, person, proposals, shown, whole } from "../support/proposing.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

test("the page needs an account, and leads there and back", async () => {
  const answer = await service.ask("GET", "/new/", { headers: { Accept: "text/html" } });
  assert.equal(answer.status, 401);
  assert.match(answer.text, /action="\/api-auth\/login\/\?next=%2Fnew%2F"/);
});

test("another client is told where to propose", async () => {
  for (const method of ["GET", "POST"]) {
    const { status, json } = await service.ask(method, "/new/", { as: "ob" });
    assert.deepEqual([status, json.detail.includes("POST to /")], [200, true]);
  }
});

test("name and zone of the account stand there, and what a link brings", async () => {
  await service.db.prepare("update accounts set first_name = 'Ob', last_name = 'Server', timezone = 'Asia/Tokyo' where username = 'ob'").run();
  const ob = await person(service, "ob");
  const page = await ob.open("/new/?title=Lunch&people=bea@example.org&location=Canteen");
  assert.deepEqual(["title", "people", "location", "name", "zone"].map((name) => page.field(name)[0]), ["Lunch", "bea@example.org", "Canteen", "Ob Server", "Asia/Tokyo"]);
  await service.db.prepare("update accounts set timezone = 'UTC' where username = 'ob'").run();
  const guessed = await ob.open("/new/", "timezone=America/Lima");
  assert.deepEqual([guessed.field("zone"), /a guess from where your connection/.test(guessed.words)], [["America/Lima"], true]);
  const chosen = await ob.open("/new/?zone=Europe/Paris");
  assert.deepEqual([chosen.field("zone"), /a guess/.test(chosen.words)], [["Europe/Paris"], false]);
});

test("every button keeps everything that was typed", async () => {
  const ob = await person(service, "ob");
  const all = {
    title: 'Kick-off <b> & "more"',
    location: "Room 5",
    description: "Plans\r\n\r\nLunch",
    people: '"Lee, Ana" <ana@example.org>\r\nbea@example.org',
    optional: "cyd@example.org",
    name: "Ob",
    zone: "America/New_York",
    "series-day": ["2", "4"],
    "series-from": "08:00",
    "series-to": "10:00",
    "series-minutes": "30",
    "series-every": "45",
    "series-weeks": "2",
    "series-first-day": "2031-01-06",
    "deadline-date": "2030-12-24",
    "deadline-clock": "12:00",
    shortest: "15",
    visibility: "open",
  };
  let page = await ob.open();
  const stands = (page) => Object.fromEntries(Object.keys(all).map((name) => [name, page.field(name)]));
  const wanted = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value].flat()]));
  const { joins, ...changes } = { ...all, joins: [] };
  for (const button of ["add", "series", "use", "add"]) {
    page = await page.press(button, button === "add" ? { ...changes, joins, ...ROWS } : {});
    assert.equal(page.status, 200, `${button}: ${page.words}`);
    assert.deepEqual(stands(page), wanted, button);
    assert.deepEqual(page.field("joins"), []);
  }
  // Two rows, and the series of six: 8:00, 8:45 and 9:30 on four days.
  assert.equal(page.field("time").length, 14);
  assert.deepEqual(page.field("time"), page.field("keep"));
  const preview = await page.press("preview", { keep: page.field("keep").slice(1) });
  assert.equal(preview.status, 200, preview.words);
  const back = await preview.press("edit");
  assert.deepEqual(stands(back), wanted);
  assert.deepEqual(back.field("keep"), page.field("keep").slice(1));
  assert.equal(back.field("time").length, 14, "what was unticked can be ticked again");
  assert.equal((await ob.open()).field("time").length, 0, "nothing is kept");
});

test("what is missing or wrong is said beside its field, and tied to it", async () => {
  const ob = await person(service, "ob");
  const empty = await (await ob.open()).press("preview", { name: "" });
  assert.equal(empty.status, 400);
  for (const [field, text] of [
    ["title", /Say what it is about/],
    ["people", /Add at least one person/],
    ["times", /Add at least one time/],
    ["name", /Write your name/],
  ]) {
    const said = new RegExp(`id="${field}-fault-1">([^<]*)<`).exec(empty.text)?.[1] ?? "";
    assert.match(said, text, field);
    assert.match(empty.text, new RegExp(`href="#${field}"`), "the head of the page leads to it");
    if (field !== "times") assert.match(empty.text, new RegExp(`id="${field}"[^>]* aria-invalid="true" aria-describedby="${field}-fault-1"`));
  }
  const bad = whole({
    people: "Ana Lee, bea@@example.org\ncyd@example.org",
    optional: "nobody",
    title: "x\u202ey",
    shortest: "600",
    "t0-date": "2020-01-01",
    "t1-minutes": "0",
    "t2-date": "2031-01-09",
    "deadline-date": "2020-01-01",
  });
  const page = await (await ob.open()).press("preview", bad.fields);
  assert.equal(page.status, 400);
  for (const text of [
    "“Ana Lee” could not be read as a person",
    "“bea@@example.org” could not be read as a person",
    "“nobody” could not be read as a person",
    "This time has passed. Choose a later one.",
    "Say how many minutes it lasts",
    "Give both the date and the time of day.",
  ]) {
    assert.ok(page.words.includes(text), `${text}: ${page.words}`);
  }
  assert.match(page.text, /id="title-fault-1"/);
  assert.deepEqual([page.field("people"), page.field("t0-date"), page.field("t2-date"), page.field("shortest")], [[bad.fields.people], ["2020-01-01"], ["2031-01-09"], ["600"]]);
  const long = await (await ob.open()).press("preview", whole({ shortest: "50" }).fields);
  assert.match(long.text, /id="shortest-fault-1"/, "a time of 45 minutes is shorter");
  const optional = await (await ob.open()).press("preview", whole({ people: "", optional: "bea@example.org" }).fields);
  assert.match(optional.words, /At least one person must be needed/);
  const many = Array.from({ length: 51 }, (_, n) => `p${n}@example.org`).join(", ");
  assert.match((await (await ob.open()).press("preview", whole({ people: many }).fields)).words, /You have 51 people; 49 is the most/);
});

test("a time that clocks leave out is refused with its neighbours, and one that comes twice is chosen", async () => {
  const ob = await person(service, "ob");
  const spring = { "t0-date": "2031-03-30", "t0-clock": "02:30", "deadline-date": "2031-03-30", "deadline-clock": "02:15" };
  const gap = await (await ob.open()).press("preview", whole(spring).fields);
  assert.equal(gap.status, 400);
  for (const time of ["02:30", "02:15"]) {
    const text = `Sunday 30 March 2031, ${time} does not exist in Europe/Berlin, because clocks are put forward then. The closest times are Sunday 30 March 2031, 01:59 and Sunday 30 March 2031, 03:00.`;
    assert.ok(gap.words.includes(text), gap.words);
  }
  const autumn = { "t0-date": "2031-10-26", "t0-clock": "02:30", "deadline-date": "2031-10-26", "deadline-clock": "02:15" };
  const twice = await (await ob.open()).press("preview", whole(autumn).fields);
  assert.equal(twice.status, 400);
  assert.match(twice.words, /Sunday 26 October 2031, 02:30 comes twice in Europe\/Berlin/);
  for (const name of ["t0", "deadline"]) {
    for (const fold of [0, 1]) assert.match(twice.text, new RegExp(`type="radio" name="${name}-fold" value="${fold}"`));
  }
  const preview = await twice.press("preview", { "t0-fold": "1", "deadline-fold": "0" });
  assert.equal(preview.status, 200, preview.words);
  assert.match(preview.words, /02:30 to 03:15 \(UTC\+01:00\)|02:30, 45 minutes \(UTC\+01:00\)/);
  const made = await shown(service, (await preview.press("create")).location);
  assert.deepEqual([made.slots.at(-1).begin, made.deadline], ["2031-10-26T01:30:00Z", "2031-10-26T00:15:00Z"]);
});

test("a series leaves out what does not exist, and says so", async () => {
  const ob = await person(service, "ob");
  const series = { zone: "Europe/Berlin", "series-day": ["7"], "series-from": "01:00", "series-to": "05:00", "series-first-day": "2031-03-30" };
  const page = await (await ob.open()).press("series", series);
  assert.match(page.words, /That makes 3 times\./);
  assert.match(page.words, /Sunday 30 March 2031, 02:00 is left out/);
  assert.deepEqual(page.field("time"), [], "shown, and not used yet");
  const used = await page.press("use");
  assert.deepEqual(used.field("time"), ["2031-03-30T01:00 60 -", "2031-03-30T03:00 60 -", "2031-03-30T04:00 60 -"]);
  const wrong = await (await ob.open()).press("series", { "series-to": "08:00", "series-every": "0", "series-weeks": "99" });
  assert.equal(wrong.status, 400);
  for (const field of ["series-day", "series-first-day", "series-to", "series-every", "series-weeks"]) assert.match(wrong.text, new RegExp(`id="${field}-fault-1"`), field);
});

test("over thirty times are counted, and none is made", async () => {
  const ob = await person(service, "ob");
  const before = await proposals(service);
  const series = { "series-day": ["1", "2", "3", "4", "5"], "series-first-day": "2031-01-06" };
  for (const button of ["series", "use"]) {
    const page = await (await ob.open()).press(button, { ...series, ...ROWS });
    assert.equal(page.status, 400);
    assert.match(page.words, /That would be 40 times, and 30 is the most\. Nothing was added\./);
    assert.equal(page.field("time").length, 2, "those that were typed are there");
  }
  const thirty = await (await ob.open()).press("use", { ...series, "series-day": ["1", "2", "3"], "series-to": "18:00" });
  assert.equal(thirty.field("time").length, 27);
  const sum = await thirty.press("use", { "series-day": ["4"], "series-to": "17:00" });
  assert.match(sum.words, /Together with the times above that would be 35 times/);
  assert.equal(sum.field("time").length, 27);
  const rows = Object.fromEntries([0, 1, 2, 3].flatMap((n) => [[`t${n}-date`, `2031-02-0${n + 1}`], [`t${n}-clock`, "10:00"], [`t${n}-minutes`, "30"]]));
  const many = await (await thirty.press("add", rows)).press("preview", { title: "x", people: "bea@example.org", name: "Ob" });
  assert.equal(many.status, 400);
  assert.match(many.words, /You have 31 times; 30 is the most\. Untick some\./);
  const fewer = await many.press("preview", { keep: many.field("keep").slice(1) });
  assert.equal(fewer.status, 200, fewer.words);
  assert.equal(await proposals(service), before);
});

test("the preview shows what everybody will get, and no link that opens anything", async () => {
  const ob = await person(service, "ob");
  const { addresses, fields } = whole({ location: "Room 5", description: "Plans <b>", optional: "cyd@example.org", "deadline-date": "2030-12-24", shortest: "15" });
  const before = await proposals(service);
  const page = await (await ob.open()).press("preview", fields);
  assert.equal(page.status, 200, page.words);
  for (const text of ["Lee, Ana", ...addresses, "cyd@example.org", "3 people are asked", "2 times are offered", "Tuesday 7 January 2031", "10:00 to 10:45", "23:30 to 00:30 the next day"]) {
    assert.ok(page.words.includes(text), `${text}: ${page.words}`);
  }
  assert.match(page.words, /In Europe\/Berlin \(UTC\+01:00\)/);
  assert.match(page.words, /Tuesday 24 December 2030, 18:00/);
  assert.match(page.words, /15 minutes/);
  assert.match(page.words, /Wed 8 Jan, 23:30 is at night\./);
  assert.match(page.words, /3 people get this mail/);
  assert.match(/<pre>(.*?)<\/pre>/s.exec(page.text)[1], /\[each person’s own link\]/);
  assert.doesNotMatch(page.text, /\?et=|\/unsubscribe\/|<b>/);
  assert.equal(await proposals(service), before);
});

test("contacts and groups are ticked, each needed or optional", async () => {
  const ob = await person(service, "ob");
  const add = async (first_Name, last_Name, groups) => {
    const email = `${first_Name}@contacts.example`.toLowerCase();
    const { status, json } = await service.ask("POST", "/schedules/contacts/", { as: "ob", json: { first_Name, last_Name, email, groups } });
    assert.equal(status, 201);
    return String(json.id);
  };
  const eve = await add("Eve", "Ahn", ["Team"]);
  const fay = await add("Fay", "Bo", ["Team", "Choir"]);
  const gus = await add("Gus", "Cox", ["Choir"]);
  const hal = await add("Hal", "Dee", []);
  const page = await ob.open();
  assert.match(page.words, /From your contacts \(4\)/);
  assert.match(page.words, /Team 2 people/);
  const { fields } = whole({ people: "Hal Again <hal@contacts.example>", contact: [eve], "contact-optional": [fay], "group-optional": ["Choir"] });
  const preview = await page.press("preview", fields);
  assert.equal(preview.status, 200, preview.words);
  const back = await preview.press("edit");
  assert.deepEqual([back.field("contact"), back.field("contact-optional"), back.field("group-optional")], [[eve], [fay], ["Choir"]]);
  const made = await shown(service, (await preview.press("create")).location);
  assert.deepEqual(
    made.answers.slice(1).map(({ email, name, optional }) => [email, name, optional]),
    [
      ["hal@contacts.example", "Hal Again", false],
      ["eve@contacts.example", "Eve Ahn", false],
      ["fay@contacts.example", "Fay Bo", true],
      ["gus@contacts.example", "Gus Cox", true],
    ],
  );
  const group = await (await ob.open()).press("preview", whole({ people: "", group: ["team"] }).fields);
  assert.match(group.words, /2 people are asked Eve Ahn eve@contacts\.example Fay Bo/);
  // Somebody else's contacts are nobody one can tick.
  const zo = await person(service, "zo");
  const others = await (await zo.open()).press("preview", whole({ people: "", contact: [eve, gus, hal], group: ["Team"] }).fields);
  assert.equal(others.status, 400);
  assert.doesNotMatch(others.text, /contacts\.example/);
});

test("among many contacts one searches, and what is ticked stays", async () => {
  const zo = await person(service, "zo");
  for (let n = 0; n < 45; n++) {
    const json = { first_Name: `N${String(n).padStart(2, "0")}`, last_Name: "Many", email: `n${n}@many.example` };
    assert.equal((await service.ask("POST", "/schedules/contacts/", { as: "zo", json })).status, 201);
  }
  const page = await zo.open();
  const ids = (page) => [...page.text.matchAll(/name="contact" value="(\d+)"/g)].map(([, id]) => id);
  assert.equal(ids(page).length, 40);
  assert.match(page.words, /5 more contacts are not shown here/);
  const [first] = ids(page);
  const found = await page.press("find", { find: "n44", contact: [first] });
  assert.match(found.text, /n44@many\.example/);
  assert.deepEqual([ids(found).length, found.field("contact"), found.field("find")], [2, [first], ["n44"]]);
});

test("night is pointed out for whoever asks, and for people who know who asks", async () => {
  const ob = await person(service, "ob");
  const set = (name, zone) => service.db.prepare("update accounts set timezone = ?2 where username = ?1").bind(name, zone).run();
  await set("zo", "America/Los_Angeles");
  await set("ob", "Asia/Tokyo");
  const fields = whole({ people: "Zo <zo@localhost>", "t0-clock": "14:00" }).fields;
  const stranger = await (await ob.open()).press("preview", fields);
  assert.match(stranger.words, /Tue 7 Jan, 14:00 is 22:00 for you \(Asia\/Tokyo\)\./);
  assert.doesNotMatch(stranger.words, /Los_Angeles/, "nobody learns where a stranger is");
  const contact = { first_Name: "Ob", last_Name: "Server", email: "OB@localhost" };
  assert.equal((await service.ask("POST", "/schedules/contacts/", { as: "zo", json: contact })).status, 201);
  const known = await (await ob.open()).press("preview", fields);
  assert.match(known.words, /Tue 7 Jan, 14:00 is 05:00 for Zo \(America\/Los_Angeles\)\./);
  await set("zo", "UTC");
  await set("ob", "UTC");
});
