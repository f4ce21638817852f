// Who may do what with engagements: each has one's own, and nobody sees another's. The table is as that of contacts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, LINKS, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";
import { CALENDAR } from "../support/busy.mjs";
import { sign } from "../support/links.mjs";

const BUSY = `
                                            yes  nobody  account  cookie
GET    /api/user/busy/                      200  login   yes      yes
POST   /api/user/busy/import/               200  login   yes      csrf
DELETE /api/user/busy/import/               204  login   yes      csrf
GET    /api/user/busy/subscriptions/        200  login   yes      yes
POST   /api/user/busy/subscriptions/        400  login   yes      csrf
POST   /api/user/busy/subscriptions/{id}/   200  login   missing  csrf
DELETE /api/user/busy/subscriptions/{id}/   204  login   missing  csrf
`;

const PATH = "/api/user/busy/";
const REQUESTS = {
  [`GET ${PATH}`]: undefined,
  [`POST ${PATH}import/`]: { calendar: CALENDAR },
  [`DELETE ${PATH}import/`]: undefined,
  [`GET ${PATH}subscriptions/`]: undefined,
  [`POST ${PATH}subscriptions/`]: { url: "nowhere" },
  [`POST ${PATH}subscriptions/{id}/`]: undefined,
  [`DELETE ${PATH}subscriptions/{id}/`]: undefined,
};
/// A calendar that somebody else has subscribed to.
const SUBSCRIBED = 78;

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => 9), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const cells = table(BUSY, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator-unverified", "staff", "creator", "creator-party"],
});

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

/// What somebody else has imported.
const others = async () => (await service.db.prepare("select i.account, b.starts_at from busy_imports i join busy b on b.source = i.id").all()).results;

test("no cell is missing: every route of engagements, every kind of caller", () => {
  whole([cells], Object.keys(REQUESTS));
});

test("each caller gets the status that it is due, and nobody touches another's engagements", async () => {
  const insert = "insert into busy_imports (id, account, uid, print, instances, imported_at) values (77, 3, 'x', 'y', 1, 0)";
  await service.db.prepare(insert).run();
  const row = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (3, 5, 6, 5, 6, 0, 0, 'import', 77)";
  await service.db.prepare(row).run();
  const subscribe = "insert into subscriptions (id, account, url, created_at, due_at, shard) values (?, 3, 'https://calendar.example.com/', 0, 1e15, 0)";
  await service.db.prepare(subscribe).bind(SUBSCRIBED).run();
  const answers = await judge(cells, (cell) => send(service, { ...cell, path: cell.path.replace("{id}", SUBSCRIBED), members: REQUESTS[cell.ask] }, cell.come(77, tokens)));
  const subscribed = (await service.db.prepare("select id, account, tried_at from subscriptions").all()).results;
  assert.deepEqual(subscribed, [{ id: SUBSCRIBED, account: 3, tried_at: null }]);
  const left = (await others()).filter(({ account }) => account === 3);
  assert.deepEqual(left, [{ account: 3, starts_at: 5 }]);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
});
