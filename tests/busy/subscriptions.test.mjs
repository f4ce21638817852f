// Calendars elsewhere whose busy times are read every hour. Their servers are played by this test: what the Worker fetches passes
// through it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ORIGIN, here, start, until } from "../support/harness.mjs";
import { at, calendar, day, engagements, event, times } from "../support/busy.mjs";
import { words } from "../support/forms.mjs";
import { Browser, went } from "../support/pages.mjs";
import { person, basic, stranger } from "../support/people.mjs";

const PATH = "/api/user/busy/subscriptions/";
const HOST = "https://calendar.example.com";
const SECRET = "private-2b7e151628aed2a6";
const URL_ = `${HOST}/ical/${SECRET}/basic.ics`;
const HOUR = 3_600_000;
const realFetch = globalThis.fetch;

/// What was asked of others, and what each path answers: a function of the request.
let asked = [];
let serve = {};
globalThis.fetch = async (input, init) => {
  const request = input instanceof Request ? input : new Request(input, init);
  const url = new URL(request.url);
  if (!url.hostname.endsWith("example.com")) return realFetch(input, init);
  asked.push({ url: request.url, etag: request.headers.get("if-none-match"), headers: Object.fromEntries(request.headers) });
  const answer = serve[url.href] ?? serve[url.pathname];
  return answer ? answer(request) : new Response("nothing here", { status: 404 });
};

let service;
before(async () => {
  service = await start();
});
after(async () => {
  await service.close();
  globalThis.fetch = realFetch;
  const logs = readdirSync(here).filter((name) => name.startsWith("log-"));
  assert.ok(logs.length > 0);
  for (const name of logs) assert.ok(!readFileSync(join(here, name), "utf8").includes(SECRET), `${name} says an address`);
});
beforeEach(() => {
  asked = [];
  serve = {};
});
afterEach(async () => {
  await service.db.prepare("delete from subscriptions").run();
  await service.db.prepare("delete from busy").run();
});

const hour = (uid, days, time = "090000") => event(uid, `DTSTART:${day(days)}T${time}Z`, "DURATION:PT1H");
const file = (...events) => calendar(...events);
const ok = (text, headers = {}) => () => new Response(text, { status: 200, headers: { "Content-Type": "text/calendar", ...headers } });
const subscribe = (url, as = "zo") => service.ask("POST", PATH, { as, json: { url } });
const list = async (as = "zo") => (await service.ask("GET", PATH, { as })).json;
const rows = async () => (await service.db.prepare("select * from busy order by starts_at, id").all()).results;
const stored = (id) => service.db.prepare("select * from subscriptions where id = ?").bind(id).first();
/// When the clock of a subscription's shard wakes next.
const alarm = async (id) => (await service.ask("GET", "/.counted/")).json.due[`subscriptions ${id % 16}`];
const span = (days, from = "09:00:00", to = "10:00:00") => `${at(days, from)}/${at(days, to)}`;

/// Subscribes to a calendar that is there; gives the subscription.
async function subscribed(text, { url = URL_, as = "zo", headers } = {}) {
  serve[new URL(url).pathname] = ok(text, headers);
  const { status, json, text: body } = await subscribe(url, as);
  assert.equal(status, 201, body);
  return json;
}

/// Has what is due be read: an hour has passed, and cron finds it.
async function due(id) {
  const before = (await stored(id)).tried_at;
  await service.db.prepare("update subscriptions set due_at = 0, tried_at = tried_at - 10 where id = ?").bind(id).run();
  await service.worker.scheduled({ cron: "*/5 * * * *" });
  return until("it to be tried", async () => {
    const row = await stored(id);
    return row.tried_at >= before && row.due_at > 0 && row.due_at > Date.now() + 10 * 60_000 && row;
  });
}

test("a calendar is read when it is subscribed to, its times are soft, and its owner alone sees its address", async () => {
  const one = await subscribed(file(hour("a", 1), hour("b", 3), event("free", `DTSTART:${day(2)}T090000Z`, "DURATION:PT1H", "TRANSP:TRANSPARENT")), {
    headers: { ETag: '"one"' },
  });
  assert.deepEqual(Object.keys(one), ["id", "url", "instances", "created_at", "tried_at", "read_at", "failures", "error"]);
  assert.deepEqual([one.url, one.instances, one.failures, one.error], [URL_, 2, 0, null]);
  assert.deepEqual(await list(), [one]);
  assert.deepEqual(await list("st"), []);
  assert.deepEqual(times(await engagements(service)), [span(1), span(3)]);
  for (const row of await rows()) assert.deepEqual([row.hard, row.strict, row.kind, row.source, row.expires_at], [0, 0, "import", one.id, null]);
  const { due_at } = await stored(one.id);
  assert.ok(Math.abs(due_at - Date.now() - HOUR) < 6 * 60_000, "in an hour");
  assert.ok((await alarm(one.id)) <= Date.now() + HOUR, "its clock wakes by then");
  assert.equal(asked.length, 1);
  for (const name of ["cookie", "authorization"]) assert.equal(asked[0].headers[name], undefined);

  const again = await subscribe(URL_);
  assert.deepEqual([again.status, again.json], [400, { url: ["You have subscribed to this calendar already."] }]);
  assert.equal((await service.ask("POST", `${PATH}${one.id}/`, { as: "st" })).status, 404);
  assert.equal((await service.ask("DELETE", `${PATH}${one.id}/`, { as: "st" })).status, 404);
  assert.equal((await list()).length, 1);
  const exported = (await service.ask("GET", "/accounts/export/", { as: "zo" })).text;
  assert.ok(exported.includes(`"${HOST}/…"`) && !exported.includes(SECRET), "an export says the host alone");

  assert.equal((await service.ask("DELETE", `${PATH}${one.id}/`, { as: "zo" })).status, 204);
  assert.deepEqual([await list(), await rows()], [[], []], "its times go with it");
  assert.equal((await service.ask("DELETE", `${PATH}${one.id}/`, { as: "zo" })).status, 404);
});

test("every hour it is read again: what differs replaces what was there in one batch, and what is the same stays", async () => {
  const { id } = await subscribed(file(hour("a", 1), hour("b", 2)), { headers: { ETag: '"one"' } });
  const before = await rows();
  await due(id);
  assert.deepEqual(await rows(), before, "the same times are the same rows");
  await until("the clock to be set to the next hour", async () => (await alarm(id)) === (await stored(id)).due_at);
  assert.equal(asked.at(-1).etag, '"one"', "the server may say that nothing has changed");
  serve[new URL(URL_).pathname] = ({ headers }) => (headers.get("if-none-match") === '"one"' ? new Response(null, { status: 304 }) : new Response("", { status: 500 }));
  const same = await due(id);
  assert.deepEqual([same.failures, same.error, await rows()], [0, null, before]);

  serve[new URL(URL_).pathname] = ok(file(hour("b", 2), hour("c", 4, "150000")), { ETag: '"two"' });
  await due(id);
  assert.deepEqual(times(await engagements(service)), [span(2), span(4, "15:00:00", "16:00:00")]);
  const shown = await service.ask("POST", `${PATH}${id}/`, { as: "zo" });
  assert.deepEqual([shown.status, shown.json.instances, asked.at(-1).etag], [200, 2, '"two"'], "and when its owner asks");

  // On another day the same file says other times.
  await service.db.prepare("update subscriptions set day = day - 1 where id = ?").bind(id).run();
  await due(id);
  assert.equal(asked.at(-1).etag, null);
});

test("times without a zone are those of the account's zone", async () => {
  const zone = (timezone) => service.ask("PATCH", "/accounts/me/", { as: "zo", json: { timezone } });
  assert.equal((await zone("Asia/Kolkata")).status, 200);
  const { id } = await subscribed(file(event("a", `DTSTART:${day(3)}T093000`, "DURATION:PT1H")));
  const listed = async () => (await rows()).map(({ starts_at }) => new Date(starts_at).toISOString());
  assert.deepEqual(await listed(), [at(3, "04:00:00.000")]);
  assert.equal((await zone("UTC")).status, 200);
  await due(id);
  assert.deepEqual(await listed(), [at(3, "09:30:00.000")], "when it is read again it is the zone by then");
});

test("a calendar that cannot be read keeps its times, says why and since when, and is asked less and less", async () => {
  const { id, read_at } = await subscribed(file(hour("a", 1)));
  const path = new URL(URL_).pathname;
  const before = await rows();
  const faults = [
    [() => new Response("no", { status: 503 }), "The server answered with the status 503."],
    [() => new Response("no", { status: 403 }), "The server answered with the status 403."],
    [ok("<html>Sign in</html>"), "This is not a calendar file (iCalendar)."],
    [ok("x".repeat(1_048_577)), "The calendar is larger than 1 MiB."],
    [ok(calendar(event("x", `DTSTART:${day(1)}T090000Z`, "RRULE:FREQ=SECONDLY"))), /repeats every second/],
    [() => new Response(null, { status: 302, headers: { Location: "https://169.254.169.254/latest/" } }), "The address leads on to one that cannot be subscribed to."],
    [() => new Response(null, { status: 304 }), "The server answered with the status 304."],
  ];
  for (const [n, [answer, said]] of faults.entries()) {
    serve[path] = answer;
    const row = await due(id);
    assert.equal(row.failures, n + 1);
    if (said instanceof RegExp) assert.match(row.error, said);
    else assert.equal(row.error, said);
    const wait = (row.due_at - row.tried_at) / HOUR;
    assert.equal(wait, [1, 2, 4, 8, 16, 24, 24][n], `after ${n + 1} failures`);
    assert.deepEqual(await rows(), before, "what was read last stays");
  }
  const [shown] = await list();
  assert.deepEqual([shown.failures, shown.error, shown.read_at], [7, "The server answered with the status 304.", read_at]);
  serve[path] = ok(file(hour("a", 1)));
  assert.deepEqual([(await due(id)).failures, (await list())[0].error], [0, null]);
});

test("the owner's page says how old each calendar is and why it could not be read since, has it read, and ends it", async () => {
  const { id, read_at } = await subscribed(file(hour("a", 1), hour("b", 2)));
  const zo = await Browser.of(service, { username: "zo" }, "p");
  zo.jar.zone = "Asia/Kolkata";
  const said = async () => words((await zo.get(PATH)).text);
  const clock = new Date(read_at).toLocaleTimeString("en-GB", { timeZone: "Asia/Kolkata", hour: "2-digit", minute: "2-digit" });
  const fresh = await said();
  assert.match(fresh, new RegExp(`2 busy times, read last on [^.]*, ${clock}\\.`));
  assert.doesNotMatch(fresh, /Not read|could not be read/);
  serve[new URL(URL_).pathname] = () => new Response("no", { status: 503 });
  for (const times of ["since", "2 times since"]) {
    assert.deepEqual(went(await zo.post(`${PATH}${id}/`), zo.jar), [303, PATH, "subscription-read"]);
    assert.match(await said(), new RegExp(`read last on [^.]*, ${clock}\\. It could not be read ${times}: The server answered with the status 503\\. Not read`));
  }
  assert.deepEqual(went(await zo.post(`${PATH}${id}/?_method=DELETE`), zo.jar), [303, PATH, "subscription-ended"]);
  assert.deepEqual(await list(), []);
  assert.doesNotMatch(await said(), /read last/);
});

test("what is too large is not taken, and who never answers is not waited for", async () => {
  // The harness reads what it is played to its end, whether the Worker does or not: an end there must be.
  let sent = 0;
  const piece = new TextEncoder().encode("X".repeat(65_536));
  serve["/large"] = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += piece.length;
          controller.enqueue(piece);
          if (sent > 16 * 1_048_576) controller.close();
        },
      }),
    );
  const large = await subscribe(`${HOST}/large`);
  assert.deepEqual([large.status, large.json], [400, { url: ["The calendar is larger than 1 MiB."] }]);
  serve["/silent"] = () => new Promise(() => {});
  const silent = await subscribe(`${HOST}/silent`);
  assert.deepEqual([silent.status, silent.json], [400, { url: ["The server took too long to answer."] }]);
  // The head comes at once, the body never.
  serve["/slow"] = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  const slow = await subscribe(`${HOST}/slow`);
  assert.deepEqual([slow.status, slow.json], [400, { url: ["The server took too long to answer."] }]);
  assert.deepEqual(await list(), []);
});

test("a redirect is followed three times at most, and each is judged as the address was", async () => {
  const to = (where, status = 302) => () => new Response(null, { status, headers: { Location: where } });
  serve["/1"] = to("/2", 301);
  serve["/2"] = to("https://other.example.com/3", 307);
  serve["/3"] = to("/4", 308);
  serve["/4"] = ok(file(hour("a", 1)));
  const { status, json } = await subscribe(`${HOST}/1`);
  assert.deepEqual([status, json.url], [201, `${HOST}/1`]);
  assert.deepEqual(asked.map(({ url }) => url), [`${HOST}/1`, `${HOST}/2`, "https://other.example.com/3", "https://other.example.com/4"]);
  serve["/0"] = to("/1");
  const refused = async (url, said) => assert.deepEqual((await subscribe(url)).json, { url: [said] }, url);
  await refused(`${HOST}/0`, "The address leads on too often.");
  const astray = "The address leads on to one that cannot be subscribed to.";
  for (const [n, where] of [
    "http://calendar.example.com/4", "https://127.0.0.1/4", "https://[::ffff:7f00:1]/", "https://2130706433/", "//localhost/", "https://me@calendar.example.com/4",
    "https://calendar.example.com:8443/4", "https://metadata.google.internal/", `${ORIGIN}/feed/`, "file:///etc/passwd",
  ].entries()) {
    serve[`/astray${n}`] = to(where);
    asked = [];
    await refused(`${HOST}/astray${n}`, astray);
    assert.equal(asked.length, 1, `${where} is not asked`);
  }
  serve["/nowhere"] = () => new Response(null, { status: 302 });
  await refused(`${HOST}/nowhere`, "The server answered with the status 302.");
});

test("a redirect does not lead back to this service", async () => {
  const other = await start({ vars: { PUBLIC_ORIGIN: "https://whittle.example.com" } });
  try {
    // The demo's accounts sign in on a machine of one's own alone.
    await other.db.prepare("update accounts set demo = 0").run();
    for (const [n, where] of ["https://whittle.example.com/feed/x.ics", "https://WHITTLE.example.com./feed/", "https://api.whittle.example.com/"].entries()) {
      serve[`/own${n}`] = () => new Response(null, { status: 302, headers: { Location: where } });
      const { status, json } = await other.ask("POST", PATH, { as: "zo", json: { url: `${HOST}/own${n}` } });
      assert.deepEqual([status, json], [400, { url: ["The address leads on to one that cannot be subscribed to."] }], where);
    }
    assert.equal(asked.length, 3, "it is not asked");
  } finally {
    await other.close();
  }
});

test("no address is asked that only the server could reach, and wrong bodies are told", async () => {
  const refused = async (body, said) => {
    const { status, json } = await service.ask("POST", PATH, { as: "zo", json: body });
    assert.deepEqual([status, json], [400, { url: [said] }], JSON.stringify(body));
  };
  const publics = "The address must be one of the public internet, with a name and not a number.";
  for (const host of ["127.0.0.2", "127.2", "0x7f000002", "2130706434", "169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.2]", "localhost", "db", "x.internal", "printer.local"]) {
    await refused({ url: `https://${host}/a.ics` }, publics);
  }
  for (const host of ["127.0.0.1", "127.1", "0x7f000001"]) await refused({ url: `https://${host}/a.ics` }, "The address is one of this service.");
  await refused({ url: "http://calendar.example.com/" }, "The address must begin with https://.");
  await refused({ url: "https://a:b@calendar.example.com/" }, "The address must not have a user name or a password in it.");
  await refused({ url: "https://calendar.example.com:444/" }, "The address must not have a port in it.");
  await refused({ url: `https://calendar.example.com/${"x".repeat(2_000)}` }, "The address has more than 2000 characters.");
  await refused({ url: "calendar" }, "Enter a valid URL.");
  await refused({}, "This field is required.");
  await refused({ url: "" }, "This field may not be blank.");
  await refused({ url: null }, "This field may not be null.");
  await refused({ url: ["x"] }, "Not a valid string.");
  assert.deepEqual(asked, [], "nobody was asked");

  const who = await stranger(service);
  serve["/a.ics"] = ok(file(hour("a", 1)));
  const unproven = await service.ask("POST", PATH, { ...basic(who), json: { url: `${HOST}/a.ics` } });
  assert.deepEqual([unproven.status, unproven.json], [403, { detail: "Your address is not verified." }]);
  assert.deepEqual(asked, []);
});

test("an account has five, however many are asked for at once, and none is left when it is deleted", async () => {
  const who = await person(service);
  const add = (n) => {
    serve[`/${n}.ics`] = ok(file(hour(`e${n}`, n + 1)));
    return service.ask("POST", PATH, { ...basic(who), json: { url: `${HOST}/${n}.ics` } });
  };
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => add(n)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 201, 201, 201, 400, 400, 400]);
  for (const { status, json } of answers) if (status === 400) assert.deepEqual(json, { url: ["You can subscribe to 5 calendars at most."] });
  assert.equal((await rows()).length, 5, "what was refused left no time");
  // Many due in a shard at once are all read.
  await service.db.prepare("update subscriptions set due_at = 0, shard = 3, read_at = 0").run();
  await service.worker.scheduled({ cron: "*/5 * * * *" });
  await until("all to be read", async () => (await service.db.prepare("select count(*) as n from subscriptions where read_at > 0").first()).n === 5);
  assert.equal((await service.ask("DELETE", "/accounts/me/", { ...basic(who), json: { password: "Test@123" } })).status, 204);
  await until("the account to be gone", async () => !(await service.db.prepare("select 1 from accounts where id = ?").bind(who.id).first()));
  assert.deepEqual([(await service.db.prepare("select * from subscriptions").all()).results, await rows()], [[], []]);
});

test("two who read at once leave times and print that belong together", async () => {
  const { id } = await subscribed(file(hour("a", 1)));
  const versions = [file(hour("a", 1)), file(hour("b", 2), hour("c", 3))];
  let n = 0;
  serve[new URL(URL_).pathname] = () => ok(versions[n++ % 2])();
  const answers = await Promise.all(Array.from({ length: 10 }, () => service.ask("POST", `${PATH}${id}/`, { as: "zo" })));
  assert.ok(answers.every(({ status }) => status === 200));
  const [{ instances }] = await list();
  assert.equal((await rows()).length, instances);
  serve[new URL(URL_).pathname] = ok(versions[1]);
  await service.ask("POST", `${PATH}${id}/`, { as: "zo" });
  assert.deepEqual(times(await engagements(service)), [span(2), span(3)]);
});
