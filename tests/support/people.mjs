// People who sign up, the mail they get about their accounts, and their ways in.
import assert from "node:assert/strict";
import { ORIGIN, until } from "./harness.mjs";
import { sign } from "./links.mjs";
import { session } from "./sessions.mjs";

export const PASSWORD = "Test@123";
export const OTHER = "Best@1234";
export const REQUIRED = ["This field is required."];
export const told = ({ status, json }) => [status, json];
export const basic = (who, password = PASSWORD) => ({ as: who.username, password });

let people = 0;
const letters = (n) => [...String(n)].map((digit) => "abcdefghij"[digit]).join("");

/// Signs somebody up who has not proven the address yet; gives the answer.
export async function stranger(service, more = {}) {
  const username = `p${letters(++people)}`;
  const person = { email: `${username}@test.ca`, username, first_name: "John", last_name: "Smith", password: PASSWORD, password2: PASSWORD, ...more };
  const { status, json, text } = await service.ask("POST", "/accounts/signup/", { json: person });
  assert.equal(status, 201, text);
  return json;
}

/// Signs somebody up whose address is proven.
export async function person(service, more) {
  const who = await stranger(service, more);
  const { status, text } = await service.ask("POST", `/accounts/verify/${proof(who.id)}/`);
  assert.equal(status, 200, text);
  return who;
}

/// A link to verify, as it is mailed.
export const proof = (id, generation = 0) => sign({ purpose: "verify", code: 4, id, party: 0, generation });

/// An account as it is stored.
export const row = (service, { id }) => service.db.prepare("select * from accounts where id = ?").bind(id).first();

/// How many rows of a table are an account's.
export const rows = async (service, table, { id }, column = "account") =>
  (await service.db.prepare(`select count(*) as n from ${table} where ${column} = ?`).bind(id).first()).n;

/// Which mail about an account: by its subject.
const KINDS = {
  verify: /^Confirm your email address$/,
  taken: /^You already have an account$/,
  reset: /^Choose a new password$/,
  changed: /^Your password was changed$/,
  move: /^Confirm your new email address$/,
  leaving: /^Your email address is about to change$/,
  left: /^Your email address was changed$/,
  gone: /^Your account is deleted$/,
};
const kind = ({ subject }) => Object.keys(KINDS).find((name) => KINDS[name].test(subject)) ?? subject;

/// Which mails about accounts went to an address, oldest first.
export async function post(service, to, ...kinds) {
  const all = (await service.outbox()).filter((mail) => mail.to[0].toLowerCase() === to.toLowerCase()).reverse();
  return all.map((mail) => ({ ...mail, kind: kind(mail) })).filter((mail) => !kinds.length || kinds.includes(mail.kind));
}

/// Waits for the `count`-th mail of a kind to an address; gives it.
export const mailed = (service, to, which, count = 1) =>
  until(`${count} of '${which}' to ${to}`, async () => (await post(service, to, which))[count - 1]);

/// Waits until all mail about accounts and meetings is sent.
export const quiet = (service) =>
  until("the outbox to be empty", async () => (await service.db.prepare("select count(*) as n from outbox where status = 'due'").first()).n === 0);

/// The path of the link in a mail, which stands alone on its line.
export function path(mail) {
  const [url, ...others] = mail.text.split("\n").filter((line) => line.startsWith("http"));
  assert.ok(url?.startsWith(`${ORIGIN}/`), mail.text);
  assert.deepEqual(others, [], "one link");
  return url.slice(ORIGIN.length);
}

/// Every way in that an account can have: by name, what a request takes along.
export async function ways(service, who, password = PASSWORD) {
  const json = { username: who.username, password };
  const token = await service.ask("POST", "/api-token-auth/", { json });
  const { token: second, headers, ...cookies } = await session(service, who.username, password);
  const pair = await service.ask("POST", "/accounts/login/", { json });
  assert.deepEqual([token.status, pair.status], [200, 200]);
  return {
    Basic: { as: who.username, password },
    Token: { token: token.json.token },
    "the login's Token": { token: second },
    session: { headers },
    access: { headers: { Authorization: `Bearer ${pair.json.access}` } },
    refresh: { refresh: pair.json.refresh },
    secrets: { token: token.json.token, ...cookies, ...pair.json },
  };
}
export const WAYS = ["Basic", "Token", "the login's Token", "session", "access", "refresh"];

/// Which of these ways open the account.
export async function open(service, some) {
  const good = [];
  for (const name of WAYS.filter((name) => some[name])) {
    const { refresh, ...options } = some[name];
    const answer = refresh
      ? await service.ask("POST", "/accounts/token/refresh/", { json: { refresh } })
      : await service.ask("GET", "/accounts/me/", options);
    assert.ok([200, 401].includes(answer.status), `${name}: ${answer.status} ${answer.text}`);
    if (answer.status !== 200) continue;
    good.push(name);
    if (refresh) some[name] = { refresh: answer.json.refresh };
  }
  return good;
}
