// SIGKILL in the middle of proving an address and of leaving: what an account had held goes out once, by whichever way out
// comes first, and whoever leaves is gone with all that others wait for.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { SLOTS, devServer, files, objectFiles, propose, query, until } from "../support/harness.mjs";
import { kindOf } from "../support/post.mjs";

const dev = await devServer("kill-verify");
before(() => dev.start());
after(async () => {
  await dev.kill();
  // A line of wrangler's own a request names its path, and with it the link; what is scanned in the end is what we log.
  writeFileSync(dev.log, dev.logs().replaceAll(/^.*\b(GET|POST) \/accounts\/verify\/.*$/gm, ""));
});

const BEA = "bea@example.org";
const CYD = "cyd@example.org";
const password = "Test@1234";
const d1 = (sql) =>
  query(files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite")), sql);
/// `wrangler dev` runs no cron by itself.
const cron = async () => assert.equal((await dev.ask("GET", "/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*")).status, 200);

/// Somebody signs up; gives the path of the link that is mailed.
async function signUp(username) {
  const json = { username, email: `${username}@example.org`, password };
  assert.equal((await dev.ask("POST", "/api/user/sign_up/", { json })).status, 201);
  const mail = await until("the link", async () => (await dev.outbox()).find(({ to }) => to[0] === json.email));
  return new URL(/^\S+\/accounts\/verify\/\S+$/m.exec(mail.text)[0]).pathname;
}

/// A proposal of theirs that invites two, and one that `ob` has agreed to.
async function underWay(username) {
  const as = { as: username, password };
  const open = await propose(dev, { parties: [BEA, CYD] }, as);
  assert.equal((await dev.ask("POST", `/${open.id}/notify/`, { ...as, json: { parties: open.parties, slots: SLOTS } })).status, 202);
  const agreed = await propose(dev, { parties: ["ob@localhost"], slots: SLOTS.slice(0, 1) }, as);
  assert.equal((await dev.ask("PATCH", `/${agreed.id}/`, { as: "ob", json: { slots: agreed.slots } })).status, 202);
  await until("the meeting", () => d1(`select 1 from meetings where id = ${agreed.id}`).length);
  return { open, agreed };
}

/// Has a request stop at a failpoint of the Worker, kills all there is, and goes on.
async function cut(name, method, path, options) {
  const stops = () => dev.logs().split(`{"failpoint":"${name}"}`).length - 1;
  const before = stops();
  const act = dev.ask(method, path, { ...options, dev: `failpoint=${name}` }).catch(() => undefined);
  await until(name, () => stops() > before, 60);
  await dev.kill();
  await dev.again();
  assert.equal(await act, undefined, "nothing was said");
}

/// What was mailed about a proposal or its meeting: `kind recipient`, once nothing of it is on its way.
async function mailed(id) {
  await until(`the mail of ${id}`, () => {
    if (d1(`select 1 from outbox where json_extract(body, '$.meeting.id') = ${id}`).length) return false;
    return objectFiles(dev.state).every(
      (path) => !query(path, "select 1 from sqlite_master where name = 'entity'").length
        || query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id !== id
        || !query(path, "select 1 from outbox where kind = 'mail'").length,
    );
  }, 90);
  const all = dev.mails(id).map(({ message }) => JSON.parse(message));
  return all.map((mail) => `${kindOf(mail)} ${mail.to[0]}`).sort();
}

const WAYS_OUT = {
  "the link once more": async (path) => assert.equal((await dev.ask("POST", path)).status, 200),
  cron,
};

for (const [way, goOn] of Object.entries(WAYS_OUT)) {
  test(`a kill between the proof of an address and the release of what was held loses nothing: ${way}`, { timeout: 300_000 }, async () => {
    const name = `new${way.length}`;
    const path = await signUp(name);
    const { open, agreed } = await underWay(name);
    const { id } = d1(`select id from accounts where username = '${name}'`)[0];
    const waiting = () => [
      d1(`select id from proposals where creator = ${id} and holds_mail = 1`).length,
      d1(`select 1 from outbox where account = ${id} and status = 'held'`).length,
      dev.mails(open.id).length + dev.mails(agreed.id).length,
    ];
    await until("the index", () => waiting()[0]);
    assert.deepEqual(waiting(), [1, 2, 0], "all of it is held");

    await cut("before_release", "POST", path);
    assert.equal(d1(`select verified from accounts where id = ${id}`)[0].verified, 1);
    assert.deepEqual(waiting(), [1, 2, 0], "and still is");
    await goOn(path);
    const wanted = [[`invitation ${BEA}`, `invitation ${CYD}`], [`agreed ${name}@example.org`, "agreed ob@localhost"]];
    const arrived = async () => [await mailed(open.id), await mailed(agreed.id)];
    await until("what was held", () => waiting()[2] >= 4, 90);
    assert.deepEqual(await arrived(), wanted);
    // Once: whichever way comes next finds nothing.
    for (const again of Object.values(WAYS_OUT)) await again(path);
    assert.deepEqual(await arrived(), wanted);
    assert.deepEqual(waiting(), [0, 0, 4]);
  });
}

test("a kill in the middle of leaving: nobody signs in any more, and cron ends what others wait for, once", { timeout: 300_000 }, async () => {
  const path = await signUp("leaver");
  assert.equal((await dev.ask("POST", path)).status, 200);
  const { open, agreed } = await underWay("leaver");
  const { id } = d1("select id from accounts where username = 'leaver'")[0];
  const { token } = (await dev.ask("POST", "/api-token-auth/", { json: { username: "leaver", password } })).json;
  await until("the mail", () => dev.mails(open.id).length + dev.mails(agreed.id).length === 4, 60);

  await cut("after_leaving", "DELETE", "/accounts/me/", { as: "leaver", password, json: { password } });
  for (const how of [{ as: "leaver", password }, { token }]) {
    assert.equal((await dev.ask("GET", "/accounts/me/", how)).status, 401);
  }
  assert.equal((await dev.ask("POST", "/accounts/login/", { json: { username: "leaver", password } })).status, 401);
  assert.equal((await dev.ask("GET", `/${open.id}/`, { as: "ob" })).json.state, "open", "nothing else was done");
  assert.equal(d1(`select status from meetings where id = ${agreed.id}`)[0].status, "confirmed");

  const gone = () => d1(`select 1 from accounts where id = ${id}`).length === 0;
  // A list that lags keeps the account until the next run.
  await until("the account to be gone", async () => {
    await cron();
    return gone();
  }, 60);
  assert.equal((await dev.ask("GET", `/${open.id}/`, { as: "ob" })).status, 410);
  assert.equal(d1(`select status from meetings where id = ${agreed.id}`)[0].status, "cancelled");
  const wanted = [
    [`closed ${BEA}`, `closed ${CYD}`, `invitation ${BEA}`, `invitation ${CYD}`],
    ["agreed leaver@example.org", "agreed ob@localhost", "cancelled ob@localhost"],
  ];
  // Whether it is itself told of what it cancelled depends on what comes first, that mail or its end.
  const others = (mails) => mails.filter((mail) => mail !== "cancelled leaver@example.org");
  const arrived = async () => [await mailed(open.id), others(await mailed(agreed.id))];
  assert.deepEqual(await arrived(), wanted);
  await cron();
  assert.deepEqual(await arrived(), wanted);
  // The kill may have come between the claim of this mail and its mark: then it goes out when the claim has run out.
  await until("the mail about the account", () => !d1("select 1 from outbox where status = 'due'").length, 90);
  const farewells = (await dev.outbox()).filter(({ to, subject }) => to[0] === "leaver@example.org" && /^Your account is deleted$/.test(subject));
  assert.equal(farewells.length, 1, "it is told once that it leaves");
  for (const table of ["tokens", "sessions", "families", "contacts", "busy"]) {
    assert.deepEqual(d1(`select 1 from ${table} where ${table === "contacts" ? "owner" : "account"} = ${id}`), [], table);
  }
});
