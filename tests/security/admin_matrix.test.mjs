// Who may do what below /admin/: every route of staff times every kind of caller, as proposals_matrix.test.mjs has it for proposals;
// and that nobody else gets a page of it either.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, LINKS, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";
import { sign } from "../support/links.mjs";

const LISTS = ["proposals", "calendars", "meetings", "bookings", "accounts", "logs", "outbox", "suppressions"];
const STAFF = `
                                           yes  nobody  account    staff    cookie
GET    /admin/                             200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (proposals)          200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (calendars)          200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (meetings)           200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (bookings)           200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (accounts)           200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (logs)               200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (outbox)             200  login   forbidden  yes      forbidden
GET    /admin/{list}/ (suppressions)       200  login   forbidden  yes      forbidden
GET    /admin/ledger/                      200  login   forbidden  yes      forbidden
GET    /admin/ledger/ (jsonl)              200  login   forbidden  yes      forbidden
GET    /admin/health/                      200  login   forbidden  yes      forbidden
POST   /admin/health/mail/                 202  login   forbidden  yes      csrf
GET    /admin/accounts/{id}/               200  login   forbidden  yes      forbidden
POST   /admin/accounts/{id}/               200  login   forbidden  yes      csrf
POST   /admin/accounts/{id}/ (none)        -    login   forbidden  missing  csrf
POST   /admin/outbox/retry/                202  login   forbidden  yes      csrf
POST   /admin/outbox/retry/ (none)         -    login   forbidden  missing  csrf
POST   /admin/suppressions/release/        202  login   forbidden  yes      csrf
POST   /admin/suppressions/release/ (none) -    login   forbidden  missing  csrf
`;

/// What each row sends. The password is the staff's.
const REQUESTS = {
  "GET /admin/": undefined,
  ...Object.fromEntries(LISTS.map((list) => [`GET /admin/{list}/ (${list})`, undefined])),
  "GET /admin/ledger/": undefined,
  "GET /admin/ledger/ (jsonl)": undefined,
  "GET /admin/health/": undefined,
  "POST /admin/health/mail/": { password: "p" },
  "GET /admin/accounts/{id}/": undefined,
  "POST /admin/accounts/{id}/": { act: "deactivate", password: "p" },
  "POST /admin/accounts/{id}/ (none)": { act: "deactivate", password: "p" },
  "POST /admin/outbox/retry/": { mail: ":mail", password: "p" },
  "POST /admin/outbox/retry/ (none)": { mail: "none", password: "p" },
  "POST /admin/suppressions/release/": { email: ":address", password: "p" },
  "POST /admin/suppressions/release/ (none)": { email: "none@example.org", password: "p" },
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => 9), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const cells = table(STAFF, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator-unverified", "creator", "creator-party"],
});

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

let last = 1000;
/// An account that is active, a mail to it that was given up, and its address, which bounced.
async function victim() {
  const id = ++last;
  const [name, address, mail] = [`victim${id}`, `victim${id}@example.org`, `mail${id}`];
  const letter = JSON.stringify({ kind: "account", template: "changed", to: address, account: id, username: name, link: null, other: null });
  await service.db.batch([
    service.db
      .prepare(
        `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
         select ?1, ?2, ?3, ?3, 1, 1, 0, 1, password, 0 from accounts where id = 1`,
      )
      .bind(id, name, address),
    service.db
      .prepare("insert into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, error, shard) values (?1, 'mail', ?2, 'k1', 'dead', 0, 0, 30, 'no', 3)")
      .bind(mail, letter),
    service.db.prepare("insert into suppressions (address_key, reason, at) values (?1, 'bounced', 0)").bind(address),
  ]);
  return { id, address, mail };
}
const one = async (sql, ...values) => (await service.db.prepare(sql).bind(...values).all()).results[0];
/// What an act of staff would have changed of it.
const state = async ({ id, address, mail }) => ({
  ...(await one("select active, staff, epoch from accounts where id = ?1", id)),
  suppressed: (await one("select count(*) as n from suppressions where address_key = ?1", address)).n,
  mail: (await one("select status from outbox where id = ?1", mail))?.status,
});
const entries = async () => (await one("select count(*) as n from staff_ledger")).n;

test("no cell is missing: every route of staff, every kind of caller", () => {
  whole([cells], Object.keys(REQUESTS));
});

test("each caller gets the status that it is due, and nobody but staff changes or learns anything", async () => {
  const untouched = await victim();
  const before = await state(untouched);
  const refused = cells.filter((cell) => !changes(cell));
  const ask = async (cell, of) => {
    const sent = REQUESTS[cell.ask];
    const members = sent && JSON.parse(JSON.stringify(sent).replace(":mail", of.mail).replace(":address", of.address));
    const id = cell.note === "none" ? 7_777_777 : of.id;
    const query = cell.note === "jsonl" ? "?format=jsonl" : "";
    const path = cell.path.replace("{id}", id).replace("{list}", cell.note) + query;
    return send(service, { ...cell, path, members }, cell.come(of.id, tokens));
  };
  const answers = await judge(refused, (cell) => ask(cell, untouched));
  assert.deepEqual(await state(untouched), before, "nothing is changed by who may not");
  assert.equal(await entries(), 0, "and nothing is in the ledger");
  for (const { answer, caller, ask: asked } of answers.filter(({ status }) => status === 401 || status === 403)) {
    assert.doesNotMatch(answer.text, /victim|@/, `${caller}, ${asked}`);
  }
  // What staff do takes one after the other: their places in the ledger are one chain.
  let acts = 0;
  await judge(cells.filter(changes), async (cell) => {
    const answer = await ask(cell, await victim());
    acts += 1;
    return answer;
  });
  assert.equal(await entries(), acts, "each act is in the ledger");
});

test("a page of staff is for staff: anonymous callers are asked to sign in, others are refused, and neither sees a row", async () => {
  const { id } = await victim();
  const paths = ["/admin/", ...LISTS.map((list) => `/admin/${list}/`), "/admin/ledger/", "/admin/health/", `/admin/accounts/${id}/`];
  for (const path of paths) {
    const page = (as) => service.ask("GET", path, { as, headers: { Accept: "text/html" } });
    const [anonymous, account, staff] = [await page(undefined), await page("st"), await page("ob")];
    assert.ok([401, 303, 302].includes(anonymous.status), `${path}: ${anonymous.status}`);
    assert.equal(account.status, 403, path);
    assert.equal(staff.status, 200, `${path}: ${staff.text}`);
    // The way back after signing in names the page alone.
    for (const { text } of [anonymous, account]) assert.doesNotMatch(text.replaceAll(path, "").replaceAll(encodeURIComponent(path), ""), /victim|admin-|<table|\/admin\/accounts\/\d/, path);
    assert.doesNotMatch(staff.text, /admin-|\$argon2/, path);
  }
});
