// Who may do what with a contact: every route of contacts times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, LINKS, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";
import { sign } from "../support/links.mjs";

/// The contact of a cell is of `cr`; nobody has the one of rows with `(none)`. Links open none.
const CONTACTS = `
                                              yes  nobody  account    owner    cookie
GET    /schedules/contacts/                   200  login   yes        yes      yes
POST   /schedules/contacts/                   201  login   yes        yes      csrf
PATCH  /schedules/contacts/                   200  login   forbidden  yes      csrf
PUT    /schedules/contacts/                   200  login   forbidden  yes      csrf
DELETE /schedules/contacts/                   204  login   forbidden  yes      csrf
PATCH  /schedules/contacts/ (none)            -    login   missing    missing  csrf
PUT    /schedules/contacts/ (none)            -    login   missing    missing  csrf
DELETE /schedules/contacts/ (none)            -    login   missing    missing  csrf
GET    /schedules/contacts/groups/            200  login   yes        yes      yes
POST   /schedules/contacts/import/            200  login   yes        yes      csrf
POST   /schedules/contacts/import/ (preview)  200  login   yes        yes      csrf
GET    /schedules/contacts/export/            200  login   yes        yes      yes
`;

const PATH = "/schedules/contacts/";
const csv = "first_Name,last_Name,email\nA,B,a@b.c";
/// What each row sends (`:id` for the contact's number).
const REQUESTS = {
  [`GET ${PATH}`]: undefined,
  [`POST ${PATH}`]: { first_Name: "A", last_Name: "B", email: "new:id@b.c" },
  [`PATCH ${PATH}`]: { contact_id: ":id", first_Name: "C" },
  [`PUT ${PATH}`]: { contact_id: ":id", first_Name: "C" },
  [`DELETE ${PATH}`]: { contact_id: ":id" },
  [`PATCH ${PATH} (none)`]: { contact_id: "9:id", first_Name: "C" },
  [`PUT ${PATH} (none)`]: { contact_id: "9:id", first_Name: "C" },
  [`DELETE ${PATH} (none)`]: { contact_id: "9:id" },
  [`GET ${PATH}groups/`]: undefined,
  [`POST ${PATH}import/`]: { csv },
  [`POST ${PATH}import/ (preview)`]: { csv },
  [`GET ${PATH}export/`]: undefined,
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => 9), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const cells = table(CONTACTS, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator-unverified", "staff"],
  owner: ["creator", "creator-party"],
});

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

let last = 1000;
/// A contact of `cr`.
async function contact() {
  const insert = `insert into contacts select ?1, 20, 'A', 'B', ?1 || '@b.c', ?1 || '@b.c', 'a', 'b', ?1 || '@b.c', '[]', 0, 0`;
  const id = ++last;
  await service.db.prepare(insert).bind(id).run();
  return id;
}
const stored = async (id) => (await service.db.prepare("select owner, first_name from contacts where id = ?1").bind(id).all()).results;

test("no cell is missing: every route of contacts, every kind of caller", () => {
  whole([cells], Object.keys(REQUESTS));
});

test("each caller gets the status that it is due, and nobody touches another's contact", async () => {
  // Who may change nothing may ask about the same one.
  const untouched = await contact();
  const answers = await judge(cells, async (cell) => {
    const acts = changes(cell) && ["PATCH", "PUT", "DELETE"].includes(cell.method);
    const id = acts || cell.method === "POST" ? await contact() : untouched;
    const sent = REQUESTS[cell.ask];
    const members = sent && JSON.parse(JSON.stringify(sent).replaceAll(":id", id));
    const path = cell.path + (cell.note === "preview" ? "?preview=true" : "");
    const answer = await send(service, { ...cell, path, members }, cell.come(id, tokens));
    if (acts) {
      const left = cell.method === "DELETE" ? [] : [{ owner: 20, first_name: "C" }];
      assert.deepEqual(await stored(id), left, `${cell.caller}, ${cell.ask}`);
    } else if (id !== untouched) assert.deepEqual(await stored(id), [{ owner: 20, first_name: "A" }], `${cell.caller}, ${cell.ask}`);
    return answer;
  });
  assert.deepEqual(await stored(untouched), [{ owner: 20, first_name: "A" }]);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
    assert.doesNotMatch(answer.text, /@/);
  }
  for (const { answer, caller, ask, word } of answers.filter(({ status }) => status === 403)) {
    const missing = '{"detail":"CSRF Failed: CSRF token missing."}';
    assert.equal(answer.text, word === "csrf" ? missing : '"Invalid contact"', `${caller}, ${ask}`);
  }
});
