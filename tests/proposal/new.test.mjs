// Proposing by a browser: the page, what each of its buttons makes of what was typed, the preview, and what is made of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start, until } from "../support/harness.mjs";
import { mails } from "../support/post.mjs";
import { formOf, typed, words } from "../support/forms.mjs";
import { session } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

/// What an account's browser does: it reads pages, types into them and presses their buttons.
async function person(username, at = service) {
  const { sessionid, csrftoken } = await session(at, username);
  const headers = { Accept: "text/html", Cookie: `sessionid=${sessionid}; csrftoken=${csrftoken}`, Origin: "null", "Sec-Fetch-Site": "same-origin" };
  const send = (path, fields, more = {}) => at.ask("POST", path, { body: new URLSearchParams(fields), headers: { ...headers, ...more } });
  const page = (answer) => ({
    ...answer,
    words: words(answer.text),
    location: answer.headers.get("location"),
    /// What stands in a field.
    field: (name) => formOf(answer.text).fields.filter(([field]) => field === name).map(([, value]) => value),
    /// Types into the form and presses a button.
    async press(button, changes = {}) {
      const form = formOf(answer.text);
      const { name, action } = form.buttons.find(({ value }) => value === button) ?? assert.fail(`a button ${button}: ${answer.status} ${words(answer.text)}`);
      return page(await send(action, [...typed(form.fields, changes), [name, button]]));
    },
    /// What the form would send, for requests at the same moment.
    form: (changes = {}) => typed(formOf(answer.text).fields, changes),
  });
  return {
    headers,
    send: async (path, fields, more) => page(await send(path, fields, more)),
    open: async (path = "/new/", dev) => page(await at.ask("GET", path, { headers, dev })),
  };
}

/// Two times in a far year, typed into rows.
const ROWS = { "t0-date": "2031-01-07", "t0-clock": "10:00", "t0-minutes": "45", "t1-date": "2031-01-08", "t1-clock": "23:30", "t1-minutes": "60" };
let people = 0;
/// What makes a whole proposal: to people that no other test asks.
function whole(changes = {}) {
  const n = (people += 1);
  return {
    addresses: [`ana${n}@example.org`, `bea${n}@example.org`],
    fields: { title: `Kick-off ${n}`, name: "Ob Server", people: `"Lee, Ana" <ana${n}@example.org>\nbea${n}@example.org`, zone: "Europe/Berlin", ...ROWS, ...changes },
  };
}
const proposals = async () => (await service.db.prepare("select count(*) as n from proposals").first()).n;
const shown = async (location, as = "ob", at = service) => (await at.ask("GET", location, { as })).json;
/// The first mails of a proposal, once there are so many.
const invited = (id, count) =>
  until(`${count} mails about ${id}`, async () => {
    const found = await mails(service, id);
    return found.length >= count && found;
  });

test("the page needs an account, and leads there and back", async () => {
  const answer = await service.ask("GET", "/new/", { headers: { Accept: "text/html" } });
  assert.equal(answer.status, 401);
  assert.match(answer.text, /href="\/api-auth\/login\/\?next=%2Fnew%2F"/);
});

test("another client is told where to propose", async () => {
  for (const method of ["GET", "POST"]) {
    const { status, json } = await service.ask(method, "/new/", { as: "ob" });
    assert.deepEqual([status, json.detail.includes("POST to /")], [200, true]);
  }
});

test("name and zone of the account stand there, and what a link brings", async () => {
  await service.db.prepare("update accounts set first_name = 'Ob', last_name = 'Server', timezone = 'Asia/Tokyo' where username = 'ob'").run();
  const ob = await person("ob");
  const page = await ob.open("/new/?title=Lunch&people=bea@example.org&location=Canteen");
  assert.deepEqual(["title", "people", "location", "name", "zone"].map((name) => page.field(name)[0]), ["Lunch", "bea@example.org", "Canteen", "Ob Server", "Asia/Tokyo"]);
  await service.db.prepare("update accounts set timezone = 'UTC' where username = 'ob'").run();
  const guessed = await ob.open("/new/", "timezone=America/Lima");
  assert.deepEqual([guessed.field("zone"), /a guess from where your connection/.test(guessed.words)], [["America/Lima"], true]);
  const chosen = await ob.open("/new/?zone=Europe/Paris");
  assert.deepEqual([chosen.field("zone"), /a guess/.test(chosen.words)], [["Europe/Paris"], false]);
});

test("every button keeps everything that was typed", async () => {
  const ob = await person("ob");
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
  const ob = await person("ob");
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
  const ob = await person("ob");
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
  const made = await shown((await preview.press("create")).location);
  assert.deepEqual([made.slots.at(-1).begin, made.deadline], ["2031-10-26T01:30:00Z", "2031-10-26T00:15:00Z"]);
});

test("a series leaves out what does not exist, and says so", async () => {
  const ob = await person("ob");
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
  const ob = await person("ob");
  const before = await proposals();
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
  assert.equal(await proposals(), before);
});

test("the preview shows what everybody will get, and no link that opens anything", async () => {
  const ob = await person("ob");
  const { addresses, fields } = whole({ location: "Room 5", description: "Plans <b>", optional: "cyd@example.org", "deadline-date": "2030-12-24", shortest: "15" });
  const before = await proposals();
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
  assert.equal(await proposals(), before);
});

test("sent, everybody is invited, the page says so, and the mail is the one that was shown", async () => {
  const ob = await person("ob");
  const { addresses, fields } = whole({ optional: "Cyd <cyd@example.org>", location: "Room 5", description: "Plans", "deadline-date": "2030-12-24", shortest: "15" });
  const preview = await (await ob.open()).press("preview", fields);
  const sent = await preview.press("send");
  assert.equal(sent.status, 303, sent.words);
  const made = await shown(sent.location);
  assert.deepEqual([made.title, made.location, made.description, made.timezone, made.visibility], [fields.title, "Room 5", "Plans", "Europe/Berlin", "names"]);
  assert.deepEqual([made.deadline, made.min_duration], ["2030-12-24T17:00:00Z", "00:15:00"]);
  assert.deepEqual(made.slots, [
    { begin: "2031-01-07T09:00:00Z", duration: "00:45:00" },
    { begin: "2031-01-08T22:30:00Z", duration: "01:00:00" },
  ]);
  const party = ({ email, name, optional, state }) => [email, name, optional, state];
  assert.deepEqual(made.answers.map(party), [
    ["ob@localhost", "Ob Server", false, "kept"],
    [addresses[0], "Lee, Ana", false, "invited"],
    [addresses[1], null, false, "invited"],
    ["cyd@example.org", "Cyd", true, "invited"],
  ]);
  const got = await invited(made.id, 3);
  assert.deepEqual(got.map(({ kind, to }) => [kind, to[0]]).sort(), [addresses[0], addresses[1], "cyd@example.org"].sort().map((to) => ["invitation", to]));
  const { subject } = got.find(({ to }) => to[0] === addresses[0]);
  assert.ok(preview.words.includes(words(subject).trim()), "the subject that was shown");
  const notice = /notice=([^;]+)/.exec(sent.headers.get("set-cookie"))[1];
  const next = await service.ask("GET", sent.location, { headers: { ...ob.headers, Cookie: `${ob.headers.Cookie}; notice=${notice}` } });
  assert.match(words(next.text), /Your proposal is sent to 3 people\./);
});

test("sent twice, at once or later, there is one proposal and one mail for each", async () => {
  const ob = await person("ob");
  const { fields } = whole();
  const preview = await (await ob.open()).press("preview", fields);
  const before = await proposals();
  const body = preview.form({ do: "send" });
  const answers = await Promise.all([1, 2, 3, 4].map(() => ob.send("/", body)));
  assert.deepEqual(answers.map(({ status }) => status), [303, 303, 303, 303], answers.map((answer) => answer.words).join("\n"));
  const again = await ob.send("/", body);
  const places = new Set([...answers, again].map(({ location }) => location));
  assert.equal(places.size, 1);
  assert.equal(await proposals(), before + 1);
  const made = await shown(again.location);
  await invited(made.id, 2);
  const { json } = await service.ask("GET", `/${made.id}/log/`, { as: "ob" });
  assert.equal(json.entries.filter(({ data }) => data.act === "notify").length, 2, "one for each person");
  // Another account makes another proposal of the same fields, and nobody one of a preview that is none of ours.
  const zo = await person("zo");
  const others = await zo.send("/", typed(body, { csrfmiddlewaretoken: (await zo.open()).field("csrfmiddlewaretoken") }));
  assert.equal(others.status, 303);
  assert.ok(!places.has(others.location));
  for (const once of ["", "k1.", "k1.00", "k9.00000000000000000000000000000000", "x"]) {
    const forged = await ob.send("/", typed(body, { once }));
    assert.equal(forged.status, 400, once);
    assert.match(forged.words, /Check before you send/);
  }
  assert.equal(await proposals(), before + 2);
});

test("created without sending, nobody is mailed until the same preview is sent", async () => {
  const ob = await person("ob");
  const preview = await (await ob.open()).press("preview", whole().fields);
  const created = await preview.press("create");
  assert.equal(created.status, 303);
  const { id, answers } = await shown(created.location);
  assert.equal(answers.length, 3);
  const acts = async () => (await service.ask("GET", `/${id}/log/`, { as: "ob" })).json.entries.map(({ data }) => data.act);
  assert.ok(!(await acts()).includes("notify"));
  const sent = await preview.press("send");
  assert.deepEqual([sent.status, sent.location], [303, created.location]);
  await invited(id, 2);
  assert.equal((await acts()).filter((act) => act === "notify").length, 2);
});

test("whoever has not confirmed the address is told that the mails wait", async () => {
  const un = await person("un");
  const page = await un.open();
  assert.match(page.words, /The mails wait until you have confirmed that un@localhost is your address/);
  const preview = await page.press("preview", whole().fields);
  assert.match(preview.words, /The mails wait until you have confirmed/);
  const sent = await preview.press("send");
  assert.equal(sent.status, 303, sent.words);
  assert.match(sent.headers.get("set-cookie"), /notice=held\.2/);
  const { id, answers } = await shown(sent.location, "un");
  assert.deepEqual(answers.map(({ name }) => name), ["Ob Server", "Lee, Ana", null]);
  const held = await until("held mail", async () => (await service.rows(id, "select count(*) as n from outbox")).at(0)?.n >= 2);
  assert.ok(held);
  assert.equal((await mails(service, id)).length, 0);
});

test("contacts and groups are ticked, each needed or optional", async () => {
  const ob = await person("ob");
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
  const made = await shown((await preview.press("create")).location);
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
  const zo = await person("zo");
  const others = await (await zo.open()).press("preview", whole({ people: "", contact: [eve, gus, hal], group: ["Team"] }).fields);
  assert.equal(others.status, 400);
  assert.doesNotMatch(others.text, /contacts\.example/);
});

test("among many contacts one searches, and what is ticked stays", async () => {
  const zo = await person("zo");
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
  const ob = await person("ob");
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

test("by session nothing is done without its token", async () => {
  const ob = await person("ob");
  const preview = await (await ob.open()).press("preview", whole().fields);
  const before = await proposals();
  for (const [path, body] of [["/new/", (await ob.open()).form({ do: "preview" })], ["/", preview.form({ do: "send" })]]) {
    assert.equal((await ob.send(path, typed(body, { csrfmiddlewaretoken: [] }))).status, 403, path);
    assert.equal((await ob.send(path, typed(body, { csrfmiddlewaretoken: "k1.00" }))).status, 403, path);
    assert.equal((await ob.send(path, body, { "Sec-Fetch-Site": "cross-site" })).status, 403, path);
  }
  assert.equal(await proposals(), before);
});

test("a used-up budget leaves a proposal that says how to send it", async () => {
  const other = await start({ vars: { BUDGET_SENDER: "3" } });
  try {
    const ob = await person("ob", other);
    const first = whole();
    assert.equal((await (await (await ob.open()).press("preview", first.fields)).press("send")).status, 303);
    const preview = await (await ob.open()).press("preview", whole().fields);
    const unsent = await preview.press("send");
    assert.deepEqual([unsent.status, Number(unsent.headers.get("retry-after")) > 0], [429, true]);
    assert.match(unsent.words, /Your proposal is saved, but not sent/);
    const [, path] = /href="(\/\d+\/)"/.exec(unsent.text);
    const made = await shown(path, "ob", other);
    assert.equal(made.answers.length, 3);
    assert.equal((await unsent.press("send")).status, 429, "not yet");
    await other.db.prepare("update mail_counts set at = at - 2 * 86400000").run();
    const sent = await unsent.press("send");
    assert.deepEqual([sent.status, sent.location], [303, path]);
  } finally {
    await other.close();
  }
});

test("a used-up quota keeps the preview, and makes nothing", async () => {
  const other = await start({ vars: { QUOTA_PROPOSALS_DAY: "1" } });
  try {
    const ob = await person("ob", other);
    const previews = [];
    for (let n = 0; n < 2; n++) previews.push(await (await ob.open()).press("preview", whole().fields));
    assert.equal((await previews[0].press("create")).status, 303);
    const refused = await previews[1].press("create");
    assert.equal(refused.status, 429);
    assert.match(refused.words, /1 proposals a day at most|one proposal a day/);
    assert.match(refused.words, /Check before you send/);
    assert.equal((await previews[0].press("create")).status, 303, "what is made already is found again");
  } finally {
    await other.close();
  }
});
