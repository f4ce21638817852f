// Who may do what with hours: each account has its own, and whom it may look up is said in tests/booking/hours.test.mjs. The table is as
// that of contacts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, LINKS, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";
import { sign } from "../support/links.mjs";

const HOURS = `
                                        yes  nobody  account  cookie
GET    /api/user/working_hours/         200  login   yes      yes
PUT    /api/user/working_hours/         200  login   yes      csrf
POST   /api/user/block_slots/           200  login   yes      csrf
DELETE /api/user/block_slots/           200  login   yes      csrf
GET    /api/user/get_available_slots/   200  login   yes      yes
GET    /api/user/freebusy/              200  login   yes      yes
`;

const BLOCKS = { date: "2040-04-25", blocked_slots: [10] };
const REQUESTS = {
  "GET /api/user/working_hours/": undefined,
  "PUT /api/user/working_hours/": { weekly: [] },
  "POST /api/user/block_slots/": BLOCKS,
  "DELETE /api/user/block_slots/": BLOCKS,
  "GET /api/user/get_available_slots/": undefined,
  "GET /api/user/freebusy/": undefined,
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => 9), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const cells = table(HOURS, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator-unverified", "staff", "creator", "creator-party"],
});

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

test("no cell is missing: every route of hours, every kind of caller", () => {
  whole([cells], Object.keys(REQUESTS));
});

test("each caller gets the status that it is due, and nobody touches another's hours", async () => {
  const add = ["update accounts set hours = '{\"weekly\":null,\"exceptions\":[]}' where id = 3", "insert into blocked_days (id, account, day, created_at, updated_at) values (77, 3, '2040-04-25', 0, 0)"];
  for (const sql of add) await service.db.prepare(sql).run();
  const row = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (3, ?1, ?1 + 3600000, ?1, ?1 + 3600000, 1, 0, 'block', 77)";
  await service.db.prepare(row).bind(Date.parse("2040-04-25T10:00Z")).run();
  const answers = await judge(cells, (cell) => {
    const query = cell.path.includes("available") ? "?date=2040-04-25" : "";
    return send(service, { ...cell, path: `${cell.path}${query}`, members: REQUESTS[cell.ask] }, cell.come(77, tokens));
  });
  const { results } = await service.db.prepare("select a.hours, b.starts_at, d.updated_at from accounts a join busy b on b.account = a.id join blocked_days d on d.account = a.id where a.id = 3").all();
  assert.deepEqual(results, [{ hours: '{"weekly":null,"exceptions":[]}', starts_at: Date.parse("2040-04-25T10:00Z"), updated_at: 0 }]);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
});
