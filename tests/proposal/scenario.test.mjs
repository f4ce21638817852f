// The scenario the product was asked for with: the seed's own lines, with real HTTPie and jq, against `make dev`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { devServer, tokenOf, until } from "../support/harness.mjs";

const seed = readFileSync(new URL("../support/fixtures/scenario.md", import.meta.url), "utf8");
/// The commands of the seed's block: what is no comment and not the link that stands for the mail.
const commands = /```\n([\s\S]*?)```/
  .exec(seed)[1]
  .split("\n")
  .filter((line) => !/^\s*#/.test(line) && !line.startsWith("http://"))
  .join("\n")
  .split(/\n(?=evt_id=|http )/)
  .map((command) => command.trim())
  .filter(Boolean);

const dev = await devServer("scenario");
const env = { ...process.env, user: "ob", pwd: "p" };

/// Runs one of the seed's lines as it stands, but for the port, the sample tokens and the log's credentials.
function run(command) {
  const line = command
    .replaceAll(":8000", `:${dev.port}`)
    .replaceAll("1fe36bfa6f2f2567b5f7ea5a06e1e2202ad57ea7", "$et")
    .replaceAll("'Token 48fc19e55a884b24e77913542a9822917a9c167a'", '"Token $token"');
  const assigned = /^(\w+)=/.exec(line)?.[1];
  // A script, not a terminal: HTTPie would wait for standard input.
  const script = assigned
    ? `http() { command http --ignore-stdin "$@"; }; ${line}; printf %s "$${assigned}"`
    : `http() { command http --ignore-stdin --print=hb --pretty=none "$@"; }; ${line}`;
  const out = execFileSync("bash", ["-c", script], { env, encoding: "utf8" });
  if (assigned) {
    env[assigned] = out;
    return out;
  }
  const [head, body] = out.split(/\r?\n\r?\n([\s\S]*)/);
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)[1]), head, body };
}

// With all of the demo data, as a person starts it.
before(() => dev.start(undefined, { DEMO: "" }));
after(() => dev.kill());

test("the seed's scenario runs, line by line", async () => {
  assert.equal(commands.length, 9, "the lines of the seed");
  const [create, notify, view, narrow, notifyBack, log, openapi, login, list] = commands;

  assert.match(run(create), /^[1-9]\d*$/);
  const notified = run(notify);
  assert.equal(notified.status, 202);
  assert.deepEqual(JSON.parse(notified.body).recipients, ["they@thar.net", "them@whar.net"]);

  const find = async (to) => (await dev.outbox()).find((mail) => mail.to.includes(to) && mail.text.includes(`/${env.evt_id}/`));
  const mail = await until("their mail", () => find("they@thar.net"));
  const listed = JSON.parse(run("http -a $user:$pwd GET :8000/").body);
  const proposal = listed.find((one) => String(one.id) === env.evt_id);
  assert.equal(mail.subject, `ob@localhost asks when you can: ${proposal.title}`);
  env.et = tokenOf(mail);
  const link = /^http\S+$/m.exec(mail.text)[0];
  assert.equal(link, `${dev.origin}/${env.evt_id}/?et=${env.et}`);
  assert.equal(run(`http GET '${link}'`).status, 200, "the link as it is mailed");

  const seen = run(view);
  assert.equal(seen.status, 200, "by et in the body");
  const utc = (n) => [
    { begin: "2022-10-31T23:11:22Z", duration: "00:00:20" },
    { begin: "2022-11-01T01:11:22.020000Z", duration: "00:00:10" },
    { begin: "2022-11-01T03:11:22Z", duration: "00:00:30" },
  ].slice(0, n);
  assert.deepEqual(JSON.parse(seen.body).slots, utc(3));

  const narrowed = run(narrow);
  assert.equal(narrowed.status, 202);
  assert.deepEqual(JSON.parse(narrowed.body).slots, utc(2));

  const mistaken = run(notifyBack);
  assert.deepEqual([mistaken.status, JSON.parse(mistaken.body)], [400, { slots: ["Mismatch with event"] }]);
  const right = run(notifyBack.replace("2022-11-01T02:11:22+01:00", "2022-11-01T00:11:22+01:00"));
  assert.equal(right.status, 202);
  assert.equal(JSON.parse(right.body).sender, "they@thar.net");
  const back = await until("your mail", () => find("you@here.net"));
  assert.equal(back.reply_to, "they@thar.net");

  assert.equal(run(log).status, 401, "the seed's line brings no credentials");
  const logged = run(log.replace("http GET", "http -a $user:$pwd GET"));
  assert.equal(logged.status, 200);
  const entries = JSON.parse(logged.body).entries;
  assert.deepEqual(entries.map((e) => `${e.occurrence} ${e.effector} ${e.data.act} ${e.data.via}`), [
    "UPDATE ob@localhost create basic",
    "NOTIFY ob@localhost notify basic",
    "NOTIFY ob@localhost notify basic",
    "VIEW they@thar.net view link",
    "UPDATE they@thar.net answer link",
    "NOTIFY they@thar.net notify link",
    "NOTIFY they@thar.net notify link",
  ]);
  assert.doesNotMatch(logged.body, new RegExp(env.et));

  const described = run(openapi);
  assert.equal(described.status, 200);
  assert.match(described.body, /^openapi: 3/);
  assert.match(described.head, /application\/vnd\.oai\.openapi/);

  const { token } = JSON.parse(run(login).body);
  assert.match(token, /^[0-9a-f]{40}$/);
  env.token = token;
  const byToken = run(list);
  assert.equal(byToken.status, 200);
  assert.ok(JSON.parse(byToken.body).some((one) => String(one.id) === env.evt_id));
});

test("the demo proposal is the one of the documents' session", async () => {
  const { json } = await dev.ask("GET", "/1/", { as: "zo" });
  assert.deepEqual([json.title, json.parties], ["cybes", ["ob@localhost", "zo@localhost"]]);
  assert.deepEqual(json.slots, [
    { begin: "2021-03-11T14:34:00Z", duration: "00:58:00" },
    { begin: "2021-03-16T09:53:00Z", duration: "00:45:00" },
    { begin: "2021-03-25T16:26:00Z", duration: "00:40:00" },
  ]);
  assert.deepEqual([(await dev.ask("GET", "/2/", { as: "ob" })).json.slots.length, (await dev.ask("GET", "/3/", { as: "zo" })).json.slots.length], [4, 5]);
});
