// Rate limits on guessing and flooding, as a deployment has them, and the exact budgets behind those on mail.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { unstable_readConfig as readConfig } from "wrangler";
import { ROOT, propose, start, until } from "../support/harness.mjs";
import { date, guest, hold, publish } from "../support/guests.mjs";
import { sign } from "../support/links.mjs";
import { DAY, form } from "../support/post.mjs";

const config = (env) => readConfig({ config: join(ROOT, "wrangler.toml"), env });
const BRAKES = Object.fromEntries(config().ratelimits.map(({ name, simple }) => [name, simple.limit]));

let service;
before(async () => {
  service = await start({ env: undefined });
});
after(() => service.close());

/// Runs what counts on one minute of the limits from a place of its own. They begin anew with the minute (in miniflare with
/// that of the clock): what is cut in two by it is run again, from another place.
let places = 0;
async function inOneMinute(scenario) {
  const minute = () => Math.floor(Date.now() / 60_000);
  for (let tries = 1; ; tries++) {
    const begun = minute();
    const failure = await scenario(`203.0.113.${++places}`).then(() => undefined, (error) => error);
    if (begun === minute() || tries === 3) {
      if (failure) throw failure;
      return;
    }
  }
}

let made = 100;
/// Another account, whose password `p` nothing has remembered yet.
async function somebody(on = service, verified = 1) {
  const id = ++made;
  const name = `n${id}`;
  await on.db
    .prepare(
      `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
       select ?1, ?2, ?3, ?3, ?4, 1, 0, 1, password, 0 from accounts where id = 1`,
    )
    .bind(id, name, `${name}@example.org`, verified)
    .run();
  return { name, address: `${name}@example.org` };
}
const from = (place) => ({ "CF-Connecting-IP": place });
const detail = (name, password, place) => service.ask("GET", "/api/user/get_detail/", { as: name, password, headers: from(place) });
const json = (path) => (username, password, place) => service.ask("POST", path, { json: { username, password }, headers: from(place) });
/// Each way to sign in by name and password, with what it says of a wrong one.
const LOGINS = {
  Basic: [detail, 401],
  "/api-token-auth/": [json("/api-token-auth/"), 400],
  "/accounts/login/": [json("/accounts/login/"), 401],
  "/api/user/login/": [json("/api/user/login/"), 401],
  "/api-auth/login/": [
    (username, password, place) => {
      const { body, headers } = form({ username, password });
      return service.ask("POST", "/api-auth/login/", { body, headers: { ...headers, ...from(place) } });
    },
    400,
  ],
};
const token = async ({ name }) => (await json("/api-token-auth/")(name, "p", "198.51.100.1")).json.token;
/// And each act that asks for the password once more of who is signed in.
const ASKED_AGAIN = {
  "/accounts/password/": ["POST", (password) => ({ old_password: password, new_password: "Test@1234" })],
  "/accounts/address/": ["POST", (password) => ({ email: "else@example.org", password })],
  "/accounts/me/": ["DELETE", (password) => ({ password })],
};
function braked(answer, what) {
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, "60"], what);
  assert.deepEqual(answer.headers.getSetCookie(), [], what);
  assert.doesNotMatch(answer.text, /token|refresh|authenticated/, what);
}

test("guesses at one name from one place end in 429, which the right password gets too; others are not hindered", async () => {
  await inOneMinute(async (place) => {
    for (const name of [(await somebody()).name, "nobody"]) {
      for (let n = 0; n < BRAKES.RATE_LIMIT_NAME; n++) assert.equal((await detail(name, `guess ${n}`, place)).status, 401, `${n}`);
      const refused = await detail(name, "one more", place);
      braked(refused);
      assert.deepEqual(refused.json, { detail: "Request was throttled. Expected available in 60 seconds." });
      // Not known to be right: nothing was hashed.
      for (const [way, [login]] of Object.entries(LOGINS)) braked(await login(name, "p", place), way);
      const page = await service.ask("GET", "/", { as: name, password: "p", headers: { ...from(place), Accept: "text/html" } });
      assert.deepEqual([page.status, page.headers.get("retry-after")], [429, "60"]);
      assert.equal((await detail((await somebody()).name, "p", place)).status, 200, "another name");
      if (name !== "nobody") assert.equal((await detail(name, "p", `${place}0`)).status, 200, "another place");
    }
  });
});

test("all ways to guess a password share one rate limit", async () => {
  await inOneMinute(async (place) => {
    const who = await somebody();
    const own = await token(who);
    const guesses = Object.entries(LOGINS).map(([way, [login, status]]) => [way, () => login(who.name, "q", place), status]);
    for (const [path, [method, body]] of Object.entries(ASKED_AGAIN)) {
      guesses.push([path, () => service.ask(method, path, { token: own, json: body("q"), headers: from(place) }), 400]);
    }
    for (let n = 0; n < BRAKES.RATE_LIMIT_NAME; n++) {
      const [way, guess, status] = guesses[n % guesses.length];
      assert.equal((await guess()).status, status, `${n}: ${way}`);
    }
    for (const [way, guess] of guesses) braked(await guess(), way);
    assert.equal((await service.ask("GET", "/api/user/get_detail/", { token: own, headers: from(place) })).status, 200, "a token is no guess");
  });
});

test("whose password is remembered is not braked, however often, nor by those who guess at it", async () => {
  await inOneMinute(async (place) => {
    const { name } = await somebody();
    for (let n = 0; n < BRAKES.RATE_LIMIT_NAME + 5; n++) assert.equal((await detail(name, "p", place)).status, 200);
    // The first of them alone was hashed, and counted.
    for (let n = 1; n < BRAKES.RATE_LIMIT_NAME; n++) assert.equal((await detail(name, "q", place)).status, 401);
    braked(await detail(name, "q", place));
    assert.equal((await detail(name, "p", place)).status, 200);
    for (const [way, [login]] of Object.entries(LOGINS)) assert.ok((await login(name, "p", place)).status < 400, way);
  });
});

test("guesses at many names from one place end in 429 as well", async () => {
  await inOneMinute(async (place) => {
    const [known, remembered] = [await somebody(), await somebody()];
    assert.equal((await detail(remembered.name, "p", place)).status, 200);
    for (let n = 1; n < BRAKES.RATE_LIMIT_PLACE; n++) assert.equal((await detail(`somebody${n}`, "p", place)).status, 401, `${n}`);
    for (const [way, [login]] of Object.entries(LOGINS)) braked(await login(known.name, "p", place), way);
    assert.equal((await detail(remembered.name, "p", place)).status, 200);
    assert.equal((await detail(known.name, "p", `${place}0`)).status, 200, "another place");
  });
});

test("mails that strangers ask for share a rate limit, by place", async () => {
  await inOneMinute(async (place) => {
    const [known, unproven] = [await somebody(), await somebody(service, 0)];
    const own = await token(unproven);
    const proven = await token(known);
    let n = 0;
    const signUp = (path, where) => {
      const username = `m${place.replaceAll(".", "")}x${++n}`;
      const body = { username, email: `${username}@example.org`, first_name: "A", last_name: "B", password: "Test@1234", password2: "Test@1234" };
      return service.ask("POST", path, { json: body, headers: from(where) });
    };
    const ways = {
      "/accounts/signup/": [(where) => signUp("/accounts/signup/", where), 201],
      "/api/user/sign_up/": [(where) => signUp("/api/user/sign_up/", where), 201],
      reset: [(where) => service.ask("POST", "/accounts/password/reset/", { json: { email: known.address }, headers: from(where) }), 202],
      "reset, of nobody": [(where) => service.ask("POST", "/accounts/password/reset/", { json: { email: `n${++n}@nowhere.example` }, headers: from(where) }), 202],
      "verify again": [(where) => service.ask("POST", "/accounts/verify/", { token: own, headers: from(where) }), 202],
    };
    const { id } = await propose(service);
    ways.resend = [(where) => service.ask("POST", `/${id}/resend/`, { et: sign({ id, party: 1 }), headers: from(where) }), 202];
    const page = await publish(service, known.name);
    const book = (options) => hold(service, page, `${date(3)}T${String(++n).padStart(2, "0")}:00:00Z`, guest(), options);
    ways["a guest's hold"] = [(where) => book({ headers: from(where) }), 201];
    // Signed in, but with an address that is not proven.
    ways["an account's hold"] = [(where) => book({ token: own, headers: from(where) }), 201];
    const all = Object.entries(ways);
    for (let n = 0; n < BRAKES.RATE_LIMIT_MAIL; n++) {
      const [way, [ask, status]] = all[n % all.length];
      assert.equal((await ask(place)).status, status, `${n}: ${way}`);
    }
    const rows = async () => (await service.db.prepare("select (select count(*) from accounts) as accounts, (select count(*) from mail_counts) as mails").first());
    const before = await rows();
    for (const [way, [ask]] of all) braked(await ask(place), way);
    assert.deepEqual(await rows(), before, "nothing came of it");
    for (const [way, [ask, status]] of all) assert.equal((await ask(`${place}0`)).status, status, `${way} elsewhere`);
    // Where there is nothing to mail, nothing is counted.
    const again = await service.ask("POST", "/accounts/verify/", { token: proven, headers: from(place) });
    assert.equal(again.status, 200);
  });
});

test("an account has no calendar elsewhere asked for as often as it likes", async () => {
  const realFetch = globalThis.fetch;
  let asked = 0;
  globalThis.fetch = async (input, init) => {
    const { hostname } = new URL(input.url ?? input);
    if (hostname !== "calendar.example.com") return realFetch(input, init);
    asked += 1;
    return new Response("", { status: 404 });
  };
  try {
    await inOneMinute(async () => {
      const { name } = await somebody();
      const subscribe = () => service.ask("POST", "/api/user/busy/subscriptions/", { as: name, json: { url: "https://calendar.example.com/a.ics" } });
      const before = asked;
      for (let n = 0; n < BRAKES.RATE_LIMIT_MAIL; n++) assert.deepEqual((await subscribe()).json, { url: ["The server answered with the status 404."] });
      braked(await subscribe(), "one more");
      assert.equal(asked - before, BRAKES.RATE_LIMIT_MAIL);
    });
  } finally {
    globalThis.fetch = realFetch;
  }
});

/// A service without rate limits, but with these budgets.
async function budgeted(vars, work) {
  const on = await start({ vars });
  try {
    await work(on);
  } finally {
    await on.close();
  }
}
const reset = (on, email, more) => on.ask("POST", "/accounts/password/reset/", { json: { email }, ...more });
let names = 0;
const signUp = (on, email, username = `s${++names}`) =>
  on.ask("POST", "/api/user/sign_up/", { json: { username, email, password: "Test@1234" } });
/// The mails of the built-in outbox, once none is on its way.
async function sent(on) {
  await until("all mail to be sent", async () => (await on.db.prepare("select count(*) as n from outbox").first()).n === 0);
  return on.outbox();
}

test("mail about accounts to one mailbox: of many at once exactly as many as the budget has", async () => {
  await budgeted({ BUDGET_PROPOSAL: "4", BUDGET_RECIPIENT: "9" }, async (on) => {
    const [known, other] = [await somebody(on), await somebody(on)];
    // Whoever's name it is in, and however the mailbox is spelled.
    const spelled = [known.address, known.address.toUpperCase(), known.address.replace("@", "+x@")];
    const signedUp = await Promise.all(Array.from({ length: 12 }, (_, n) => signUp(on, spelled[n % 3])));
    assert.deepEqual([...new Set(signedUp.map(({ status }) => status))], [201], "an account is made with its mail or without");
    const mailed = async () => (await sent(on)).filter(({ to }) => to[0].toLowerCase().startsWith(known.name)).map(({ subject }) => /^Choose a new password$/.test(subject));
    assert.deepEqual(await mailed(), Array(4).fill(false));

    // Who forgot a password gets in, whatever others did with the address: resets are counted apart.
    const asked = await Promise.all(Array.from({ length: 14 }, () => reset(on, known.address)));
    const statuses = asked.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array(9).fill(202), ...Array(5).fill(429)]);
    assert.deepEqual((await mailed()).sort(), [...Array(4).fill(false), ...Array(9).fill(true)], "what was promised was sent");
    assert.equal((await reset(on, other.address)).status, 202, "another mailbox has its own");

    const refused = await reset(on, known.address);
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 86_000 && wait <= 86_400, String(wait));
    assert.equal((await reset(on, known.address, { dev: `offset=${DAY + 60_000}` })).status, 202, "a day later");
  });
});

test("an address without an account uses up the same budget, and is told the same", async () => {
  await budgeted({ BUDGET_RECIPIENT: "3" }, async (on) => {
    const known = await somebody(on);
    const said = [];
    for (const address of [known.address, "nobody@nowhere.example"]) {
      const answers = [];
      for (let n = 0; n < 5; n++) {
        const { status, text, headers } = await reset(on, address);
        answers.push([status, text, headers.has("retry-after")]);
      }
      said.push(answers);
    }
    assert.deepEqual(said[0].map(([status]) => status), [202, 202, 202, 429, 429]);
    assert.deepEqual(said[1], said[0]);
    assert.deepEqual((await sent(on)).map(({ to }) => to[0]), Array(3).fill(known.address));
  });
});

test("many sign-ups and resets of many addresses are nobody's budget as a sender", async () => {
  await budgeted({ BUDGET_SENDER: "3", BUDGET_RECIPIENT: "10", BUDGET_PROPOSAL: "10" }, async (on) => {
    const wanted = [];
    for (let n = 0; n < 8; n++) {
      const { address } = await somebody(on);
      assert.equal((await signUp(on, `new${n}@example.org`)).status, 201);
      assert.equal((await reset(on, address)).status, 202);
      wanted.push(`new${n}@example.org`, address);
    }
    assert.deepEqual((await sent(on)).map(({ to }) => to[0]).sort(), wanted.sort());
  });
});

test("who has not proven an address is mailed another link within the same budget", async () => {
  await budgeted({ BUDGET_PROPOSAL: "4" }, async (on) => {
    assert.equal((await signUp(on, "new@example.org", "new")).status, 201);
    const again = () => on.ask("POST", "/accounts/verify/", { as: "new", password: "Test@1234" });
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await again()).status);
    assert.deepEqual(statuses, [202, 202, 202, 429, 429]);
    assert.equal((await sent(on)).length, 4);
  });
});

test("a developer's machine is a deployment but for rate limits and budgets, which nobody runs into there", () => {
  // Copies: of what is parsed, objects have no prototype.
  const [top, dev] = [structuredClone(config()), structuredClone(config("dev"))];
  for (const of of [top, dev]) {
    // What tells the two apart by itself.
    delete of.targetEnvironment;
    delete of.name;
  }
  const eased = structuredClone(top);
  for (const [n, { name, simple }] of eased.ratelimits.entries()) {
    assert.ok(dev.ratelimits[n].simple.limit >= 1000 * simple.limit, name);
    simple.limit = dev.ratelimits[n].simple.limit;
  }
  const budgets = Object.keys(eased.vars).filter((name) => name.startsWith("BUDGET_") || name.startsWith("QUOTA_"));
  assert.equal(budgets.length, 7);
  for (const name of budgets) {
    assert.ok(Number(dev.vars[name]) > Number(eased.vars[name]), name);
    eased.vars[name] = dev.vars[name];
  }
  assert.deepEqual(dev, eased);
  assert.deepEqual(Object.keys(BRAKES), ["RATE_LIMIT_NAME", "RATE_LIMIT_PLACE", "RATE_LIMIT_MAIL"]);
  assert.ok(Object.values(BRAKES).every((limit) => limit >= 5 && limit <= 100));
});
