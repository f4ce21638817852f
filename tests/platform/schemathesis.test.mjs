// Schemathesis asks the live Worker what its description allows, and much that it does not, as four callers. A proxy
// between the two counts, so that what is claimed of the answers does not rest on Schemathesis alone.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { calendarLink, chosen, createCalendar, date, finalize, slot } from "../support/calendars.mjs";
import { CALENDAR } from "../support/busy.mjs";
import { confirmed, elsewhere, guest, held, link, publish, starts } from "../support/guests.mjs";
import { LONG, ORIGIN, ROOT, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";

const CALLERS = ["anonymous", "owner", "staff", "link"];
/// Random cases an operation. Beside these there are the examples and the systematic cases of the coverage phase, some fifty an
/// operation.
const MOST_EXAMPLES = LONG ? 8 : 2;
/// The systematic cases are for those who get past the credentials: the others would be refused each of them alike.
const WITHOUT_COVERAGE = ["anonymous", "link"];
/// What anybody may ask, and what staff may do as the owner may: the short form has the systematic cases of these once, as staff,
/// and those of all else as the owner, so that neither takes all of the time.
const alike = ({ path, security }) => security?.length === 0 || /^\/(?:\{id\}|meetings|schedules\/calendars|admin)\//.test(path);
const isCovered = (caller, operation) => LONG || (caller === "staff") === alike(operation);
/// Left out are the two that take each fault of content (a slot that is not offered, a deadline that is past) for one
/// of form, and each leniency of the original (a number for a text) for a hole.
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
  "allow_header_conformance",
  "missing_required_header",
  "ignored_auth",
];

/// Signs mail events. Staff's are signed on their way through the proxy, where they have the headers for it.
const SVIX = ["svix-id", "svix-timestamp", "svix-signature"];
const WEBHOOK = randomBytes(24);
/// With it staff may read what the deployment stores.
const TRANSFER_KEY = randomBytes(24).toString("hex");

/// Calendars elsewhere are played here: what the Worker fetches passes through this process, and is to leave it for nobody.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const { hostname } = new URL(input.url ?? input);
  return hostname === "127.0.0.1" ? realFetch(input, init) : new Response(CALENDAR);
};

let service;
let document;
let folder;
/// What Schemathesis is to send, by caller.
const asked = {};
/// What an account publishes that nothing else is done with: what asks guests a question, what does not, and what it approves.
let host;
/// How many names were made up.
let people = 0;
/// Answers by operation, caller and status.
const counts = {};

before(async () => {
  service = await start({ secrets: { MAIL_WEBHOOK_SECRET: `whsec_${WEBHOOK.toString("base64")}`, TRANSFER_KEY } });
  document = ahead((await service.ask("GET", "/openapi?format=json")).json);
  // The contacts of the examples; some are removed.
  const { id } = await service.db.prepare("select id from accounts where username = 'zo'").first();
  await addContacts(id, [CONTACT, 102, 103]);
  await givenUp();
  const { name, header } = await ownAccount();
  const hosts = async (offer) => ({ header, ...(await publish(service, name, { minutes: 5, step: 5, ...offer }, { name: "the-host" })) });
  host = { asks: await hosts({ questions: ["What is it about?"] }), open: await hosts({}), approves: await hosts({ approval: true }) };
  // Before anything is asked: the owner's requests take contacts away.
  for (const caller of CALLERS) asked[caller] = await settings(caller);
  // Beside the run's folder and gone afterwards: the last test looks for tokens in what a run leaves.
  mkdirSync(join(ROOT, ".dev"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".dev/schemathesis-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await service.close();
});

/// The day of the meeting in the examples of calendars.
const DAY = "2027-11-16";
/// How many days from now that is in tests.
const AHEAD = 40;

/// The document whose examples of calendars lie ahead, whenever the tests run: a meeting is two years from now at the latest.
function ahead(described) {
  const shift = Date.parse(date(AHEAD)) - Date.parse(DAY);
  const later = (_, year, mark, month, day) => {
    const shifted = new Date(Date.parse(`${year}-${month}-${day}`) + shift).toISOString();
    return shifted.slice(0, 10).replaceAll("-", mark);
  };
  const text = JSON.stringify(described);
  assert.ok(text.includes(DAY), "the examples of calendars are of this day");
  return JSON.parse(text.replace(/(2027)([-/])(11)\2(\d\d)/g, later));
}

/// The mail that was given up, and the address that bounced, of the examples for staff.
async function givenUp() {
  const example = (path) => document.paths[path].post.requestBody.content["application/json"].example;
  const letter = { kind: "account", template: "changed", to: "ob@localhost", account: 1, username: "ob", link: null, other: null };
  const mail = "insert into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, error, shard) values (?1, 'mail', ?2, 'k1', 'dead', 0, 0, 30, 'no', 3)";
  await service.db.prepare(mail).bind(example("/admin/outbox/retry/").mail, JSON.stringify(letter)).run();
  const bounced = "insert into suppressions (address_key, reason, at) values (?1, 'bounced', 0)";
  await service.db.prepare(bounced).bind(example("/admin/suppressions/release/").email).run();
}

/// Adds contacts with these ids.
async function addContacts(account, ids) {
  const add = `insert into contacts select value, ?1, 'A', 'B', value || '@b.c', value || '@b.c', 'a', 'b', value || '@b.c', '[]', 0, 0
    from json_each(?2)`;
  await service.db.prepare(add).bind(account, JSON.stringify(ids)).run();
}

/// The operations of the document.
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    ["get", "post", "patch", "put", "delete"]
      .filter((method) => item[method])
      .map((method) => ({ ...item[method], path, key: `${method.toUpperCase()} ${path}` })),
  );

/// The document without leave to answer with members that it does not describe. Clients get it open, so that theirs
/// survive what is added.
const closed = (open) =>
  JSON.parse(JSON.stringify(open), (_, value) =>
    value?.type === "object" && value.properties ? { additionalProperties: false, ...value } : value,
  );

/// The document whose examples sign up names that nobody else has, and send refresh tokens that are good, each of a sign-in
/// of its own. Staff's passwords are wrong, so that its account outlasts the acts that end the owner's.
async function exemplified(caller) {
  const own = closed(document);
  const examples = async (path, change, method = "post") => {
    const contents = Object.values(own.paths[path][method].requestBody.content);
    for (const media of contents) media.example = { ...media.example, ...(await change(media.example)) };
  };
  const named = ({ username }) => ({ username: `${username}-${caller}-${++people}` });
  const signedIn = async () => {
    const { status, json } = await service.ask("POST", "/accounts/login/", { json: { username: "st", password: "p" } });
    assert.equal(status, 200);
    return { refresh: json.refresh };
  };
  await examples("/accounts/signup/", named);
  await examples("/api/user/sign_up/", named);
  await examples("/accounts/token/refresh/", signedIn);
  await examples("/accounts/logout/", signedIn);
  if (caller in invited) await examples("/schedules/calendars/create/", () => ({ invitees: [invited[caller]] }));
  await examples("/book/{name}/{slug}/", async () => ({ ...guest(), start: (await starts(service, host.asks))[++taken] }));
  if (caller === "staff") {
    await examples("/accounts/password/", () => ({ old_password: "wrong" }));
    await examples("/accounts/me/", () => ({ password: "wrong" }), "delete");
  }
  return own;
}

/// The headers of a mail event of the provider's (the Svix scheme).
function signed(body) {
  const [id, timestamp] = ["msg_1", String(Math.floor(Date.now() / 1000))];
  const code = createHmac("sha256", WEBHOOK).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return Object.fromEntries(SVIX.map((name, i) => [name, [id, timestamp, `v1,${code}`][i]]));
}

/// A proxy to the Worker that counts the answers to one caller.
async function proxy(caller) {
  // The longer a path is itself before a parameter comes, the sooner it is meant.
  const fixed = (path) => path.split("{")[0].length + (path.includes("{") ? 0 : 100);
  const known = Object.keys(document.paths).sort((a, b) => fixed(b) - fixed(a));
  const patterns = known.map((path) => [path, new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]*").replace(/\/$/, "")}/?$`)]);
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (from, to) => {
    const [path] = patterns.find(([, pattern]) => pattern.test(from.url.split("?")[0])) ?? ["elsewhere"];
    const { method } = from;
    const sends = caller === "staff" && path === "/mail/events" && SVIX.every((name) => name in from.headers);
    const body = sends ? Buffer.concat(await from.toArray()) : undefined;
    // Few bookings from one place may wait for their guests.
    const headers = { ...from.headers, ...(sends && signed(body)), ...(path === "/book/{name}/{slug}/" && elsewhere().headers) };
    const forwarded = request(service.url + from.url, { agent, method, headers }, (answer) => {
      const row = ((counts[`${method} ${path}`] ??= {})[caller] ??= {});
      row[answer.statusCode] = (row[answer.statusCode] ?? 0) + 1;
      to.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(to);
    });
    forwarded.on("error", () => to.destroy());
    if (sends) forwarded.end(body);
    else from.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

/// How many slots the only party who is required keeps, where that brings an operation to where it succeeds: all, then
/// there is one to fix; none, then there is a next round; one, then there is a meeting.
const KEPT = { fix: 3, round: 0, log: 0, calendar: 1, meeting: 1, update: 1, cancel: 1, decline: 1, accept: 1, declineAgreed: 1, acceptAgreed: 1, meetingFile: 1, forgetMeeting: 1 };

/// A proposal for one operation alone, so that none is closed or narrowed under another's hands.
async function prepared(operationId) {
  const { example } = document.paths["/"].post.requestBody.content["application/json"];
  const { id, slots } = await propose(service, example, { as: "zo" });
  const kept = KEPT[operationId];
  if (kept !== undefined) {
    const answer = { et: sign({ id, party: 1 }), json: { slots: slots.slice(0, kept) } };
    const { status, text } = await service.ask("PATCH", `/${id}/`, answer);
    assert.equal(status, 202, text);
  }
  if (kept === 1) {
    await until("the meeting", async () => (await service.ask("GET", `/meetings/${id}/`, { as: "ob" })).status === 200);
  }
  if (operationId === "log") await storied(id, slots);
  return id;
}

/// Has happen to an exhausted proposal what leaves the rarer entries in its log.
async function storied(id, slots) {
  assert.equal((await service.ask("POST", `/${id}/round/`, { as: "zo", json: { slots } })).status, 201);
  const leave = sign({ purpose: "unsubscribe", code: 6, id, party: 2 });
  assert.equal((await service.ask("POST", `/unsubscribe/${leave}/`)).status, 200);
  const { json } = await service.ask("GET", `/${id}/log/`, { as: "zo" });
  const told = json.entries.map((entry) => entry.data.act);
  for (const act of ["exhaust", "round", "optout"]) assert.ok(told.includes(act), act);
}

/// The contact in the examples of calendars.
const CONTACT = 101;
/// Operations on a calendar that has its meeting.
const FINALIZED = ["calendarFile", "calendarMeeting", "updateCalendarMeeting", "cancelCalendarMeeting"];
/// So many days from now is the next calendar's time, so that its owner is not busy in it.
let nextDay = AHEAD;

/// A calendar for one operation alone, as that of the examples; its meeting, where there is one, is on a day of its own.
async function preparedCalendar(operationId) {
  const finalized = FINALIZED.includes(operationId);
  const day = date(finalized ? ++nextDay : AHEAD);
  const { id } = await createCalendar(service, [CONTACT], [slot(day, 13 * 60, 15 * 60)]);
  if (!finalized) return { id };
  const { status, json, text } = await finalize(service, id, [chosen(CONTACT, day, 13 * 60, 14 * 60)]);
  assert.equal(status, 200, text);
  const [{ meeting_id: meeting }] = json.meetings;
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${meeting}/`, { as: "ob" })).status === 200);
  return { id, meeting };
}

let eventHours = 0;
/// An event for one operation alone, of the owner and staff; each at an hour of its own.
async function preparedEvent() {
  const time_slot = new Date(Date.parse("2031-01-01T00:00:00Z") + 3_600_000 * ++eventHours).toISOString();
  const json = { title: "Review", time_slot, description: "", participants: ["ob@localhost"] };
  const { status, json: { response } = {}, text } = await service.ask("POST", "/api/event/", { as: "zo", json });
  assert.equal(status, 201, text);
  return response.id;
}

/// So many free times are somebody's already.
let taken = 0;
/// The booking of a guest, which its operation leads on.
async function preparedBooking(operationId) {
  const published = operationId === "approve" ? host.approves : host.open;
  const book = operationId === "confirm" ? held : confirmed;
  const { meeting } = await book(service, published, (await starts(service, published))[++taken], guest(), elsewhere());
  return meeting;
}

let accounts = 500;
/// An account of its own for an act that ends what others go on with; the password is `p`.
async function ownAccount({ verified = 1 } = {}) {
  const id = ++accounts;
  const add = `insert into accounts (id, username, address, address_key, verified, active, demo, password, created_at)
    select ?1, ?2, ?2 || '@localhost', ?2 || '@localhost', ?3, 1, 1, password, 0 from accounts where id = 1`;
  await service.db.prepare(add).bind(id, `own${id}`, verified).run();
  return { id, name: `own${id}`, header: `Basic ${btoa(`own${id}:p`)}` };
}

/// What is done with a page of an account's own, and with what it offers.
const PUBLISHED = ["bookingPage", "setBookingPage", "withdrawBookingPage", "offers", "addOffer", "offer", "changeOffer", "removeOffer", "offerCode"];
/// What is done with a guest's booking, by its guest or its owner.
const BOOKED = ["confirm", "approve", "otherTimes"];

/// What has an account of its own: others would be shut out by it, or it by others, as of 20 ways in the oldest goes, and
/// Schemathesis removes contacts that it has seen.
const OWN = { changePassword: {}, leave: {}, endSignIn: {}, verifyAgain: { verified: 0 }, createCalendar: {}, ...Object.fromEntries(PUBLISHED.map((operation) => [operation, {}])) };

/// Whom these accounts invite, by caller.
const invited = {};

/// The way in that an account ends, as its list calls it.
async function wayIn({ id }) {
  const hash = String(id).padStart(16, "0");
  const add = "insert into tokens (hash, account, epoch, created_at, used_at) values (?1, ?2, 0, ?3, ?3)";
  await service.db.prepare(add).bind(hash.padEnd(64, "0"), id, Date.now()).run();
  return hash;
}

/// A link about an account of its own, for these that act by one.
const MAILED = { reset: ["reset", 5], address: ["address", 9], undo: ["undo", 10] };
async function mailed(operationId) {
  const [purpose, code] = MAILED[operationId.replace("Now", "")];
  const { id } = await ownAccount();
  const change = `insert into address_changes (id, account, old_address, old_key, new_address, new_key, state, asked_at)
    select id, id, address, address_key, 'new' || address, 'new' || address_key, 'asked', 0 from accounts where id = ?1`;
  await service.db.prepare(change).bind(id).run();
  return sign({ purpose, code, id, party: 0 });
}

/// The token in an operation's path. Whoever unsubscribes is party to nothing else, nobody rotates this feed, and `un` does
/// nothing else than verify its address.
async function token(operationId) {
  if (operationId.startsWith("verify")) return sign({ purpose: "verify", code: 4, id: 10, party: 0 });
  if (operationId.replace("Now", "") in MAILED) return mailed(operationId);
  if (operationId === "feed") return sign({ purpose: "feed", code: 7, id: 11, party: 0 });
  const { id } = await propose(service, { parties: ["gone@example.org"] });
  return sign({ purpose: "unsubscribe", code: 6, id, party: 1 });
}

let subscriptions = 0;
/// A calendar that the caller has subscribed to.
async function subscription(caller) {
  const add = "insert into subscriptions (id, account, url, created_at, due_at, shard) select ?1, id, ?2, 0, 1e15, 0 from accounts where username = ?3";
  await service.db.prepare(add).bind(++subscriptions, `https://calendar.example.com/${subscriptions}`, ({ owner: "zo", staff: "ob" })[caller] ?? "st").run();
  return subscriptions;
}

/// What Schemathesis is to send as this caller. Credentials go by the environment: the configuration is a file. Nobody
/// makes up tokens for paths; all others have good ones.
async function settings(caller) {
  const account = { owner: `Basic ${btoa("zo:p")}`, staff: `Basic ${btoa("ob:p")}` }[caller];
  const env = {};
  let config = "[cache]\nenabled = false\n";
  for (const operation of operations()) {
    const { operationId, path, security } = operation;
    const parameters = [];
    let credential = account;
    const ofCalendar = path.startsWith("/schedules/calendars/") && path.includes("{id}");
    if (ofCalendar) {
      const { id, meeting } = await preparedCalendar(operationId);
      parameters.push(`"path.id" = ${id}`);
      if (path.includes("{contact}")) parameters.push(`"path.contact" = ${CONTACT}`);
      if (path.includes("{meeting}")) parameters.push(`"path.meeting" = ${meeting}`);
      const link = calendarLink(id, 1);
      if (path.includes("{token}") && caller !== "anonymous") parameters.push(`"path.token" = "${link}"`);
      if (caller === "link") credential = `Link ${link}`;
    } else if (path.startsWith("/admin/")) {
      if (path.includes("{id}")) parameters.push(`"path.id" = ${(await ownAccount()).id}`);
    } else if (path === "/api/event/{id}/") {
      parameters.push(`"path.id" = ${await preparedEvent()}`);
    } else if (path.startsWith("/api/user/busy/subscriptions/") && path.includes("{id}")) {
      parameters.push(`"path.id" = ${await subscription(caller)}`);
    } else if (BOOKED.includes(operationId)) {
      const id = await preparedBooking(operationId);
      parameters.push(`"path.id" = ${id}`);
      if (caller === "owner") credential = host.open.header;
      if (caller === "link") credential = `Link ${link(id)}`;
    } else if (path.includes("{id}")) {
      const id = await prepared(operationId);
      parameters.push(`"path.id" = ${id}`);
      const purpose = path.startsWith("/meetings/") ? { purpose: "meeting", code: 2 } : {};
      if (caller === "link") credential = `Link ${sign({ id, party: 1, ...purpose })}`;
    }
    if (account && operationId in OWN) {
      const own = await ownAccount(OWN[operationId]);
      credential = own.header;
      if (path.includes("{session}")) parameters.push(`"path.session" = "${await wayIn(own)}"`);
      if (PUBLISHED.includes(operationId)) {
        const { offer } = await publish(service, own.name);
        if (path.includes("{slug}")) parameters.push(`"path.slug" = "${offer.slug}"`);
      }
      if (operationId === "createCalendar") await addContacts(own.id, [(invited[caller] = 10_000 + own.id)]);
    }
    if (["live", "calendarLive"].includes(operationId)) parameters.push(`"header.Origin" = "${ORIGIN}"`);
    const moves = path.startsWith("/transfer/");
    if (moves && caller === "staff") credential = `Bearer ${TRANSFER_KEY}`;
    if (path.includes("{name}")) parameters.push(`"path.name" = "${moves ? "optouts" : host.asks.name}"`);
    if (path.includes("{name}/{slug}")) parameters.push(`"path.slug" = "${host.asks.offer.slug}"`);
    if (path.includes("{party}")) parameters.push('"path.party" = "p2"');
    if (path.includes("{token}") && !ofCalendar && caller !== "anonymous") parameters.push(`"path.token" = "${await token(operationId)}"`);
    const lines = parameters.length ? [`parameters = { ${parameters.join(", ")} }`] : [];
    if (credential && security?.length !== 0) {
      env[`AUTHORIZATION_${operationId}`] = credential;
      lines.push(`headers = { Authorization = "\${AUTHORIZATION_${operationId}}" }`);
    }
    if (!WITHOUT_COVERAGE.includes(caller) && !isCovered(caller, operation)) lines.push("phases = { coverage = { enabled = false } }");
    if (lines.length) config += `[[operations]]\ninclude-operation-id = "${operationId}"\n${lines.join("\n")}\n`;
  }
  return { config, env };
}

/// Runs Schemathesis; gives its exit code and what it printed.
async function schemathesis(caller, url) {
  const { config, env } = asked[caller];
  const file = join(folder, `${caller}.toml`);
  writeFileSync(file, config);
  const described = join(folder, `${caller}.json`);
  writeFileSync(described, JSON.stringify(await exemplified(caller)));
  const args = [
    ...["--config-file", file, "run", described, "--url", url, "--checks", CHECKS.join()],
    ...(WITHOUT_COVERAGE.includes(caller) ? ["--phases", "examples,fuzzing"] : []),
    ...["--seed", "1", "--max-examples", String(MOST_EXAMPLES), "--generation-database", "none"],
    // Made-up links would go over the caller's own credentials.
    ...["--generation-with-security-parameters", "false"],
    ...["--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off", "--no-color"],
  ];
  const options = { cwd: folder, env: { ...process.env, ...env }, timeout: (LONG ? 4 : 1) * 600_000, maxBuffer: 1 << 26 };
  return new Promise((resolve) => {
    execFile("schemathesis", args, options, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, printed: stdout + stderr });
    });
  });
}

describe("nothing is answered that is not described", { concurrency: 2 }, () => {
  for (const caller of CALLERS) {
    test(`as ${caller}`, async () => {
      const between = await proxy(caller);
      try {
        const { code, printed } = await schemathesis(caller, between.url);
        assert.equal(code, 0, printed);
        for (const { key } of operations()) assert.ok(counts[key]?.[caller], `${key} was asked`);
      } finally {
        between.close();
      }
    });
  }
});

/// What browsers alone send: it leads on to a page.
const LEADS_ON = ["POST /api-auth/login/", "POST /{id}/follow/", "POST /{id}/forget/", "POST /meetings/{id}/forget/", "POST /schedules/calendars/{id}/forget/"];

/// What opens as a WebSocket, which Schemathesis knows nothing of: this is as far as it gets.
const SOCKETS = ["GET /{id}/live/", "GET /schedules/calendars/{id}/live/"];

/// What only a deployment takes that is there to be filled, and then it takes nothing else (tests/platform/transfer.test.mjs).
const FILLING = ["POST /transfer/tables/{name}/", "PUT /transfer/objects/{kind}/{id}/"];

test("every operation succeeds for somebody, and none ever fails on our side", () => {
  const sum = (row) => Object.values(row).reduce((a, b) => a + b, 0);
  const all = Object.values(counts).flatMap(Object.values).reduce((a, row) => a + sum(row), 0);
  console.log(`${all} answers; by operation and caller:`);
  for (const { key } of operations()) {
    const words = CALLERS.map((caller) => [caller, counts[key]?.[caller] ?? {}]).map(
      ([caller, row]) => `${caller} ${sum(row)} (${Object.entries(row).map(([s, n]) => `${s}: ${n}`).join(", ")})`,
    );
    console.log(`  ${key}: ${words.join("; ")}`);
  }
  const statuses = (key) => Object.values(counts[key] ?? {}).flatMap(Object.keys).map(Number);
  for (const { key } of operations()) {
    const good = (status) => (status >= 200 && status < 300) || (LEADS_ON.includes(key) && status === 303) || (SOCKETS.includes(key) && status === 426) || (FILLING.includes(key) && status === 409);
    assert.ok(statuses(key).some(good), `${key} succeeds`);
  }
  for (const key of Object.keys(counts)) {
    const bad = statuses(key).filter((status) => status >= 500 || status === 429);
    assert.deepEqual(bad, [], key);
  }
});
