// Who may do what with a contact: every route of contacts times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACCOUNTS, judge, linked, send, setUp, whole } from "../support/matrix.mjs";
import { sign } from "../support/links.mjs";
import { variants } from "../support/routes.mjs";

/// The contact of a cell is of `cr`; `-none` are columns with a number that no contact has. Links open none.
const CONTACT = `
                                    contacts  add  change  put  remove  change-none  put-none  remove-none  groups  import  preview  export
nobody                              401       401  401     401  401     401          401       401          401     401     401      401
malformed Basic                     401       401  401     401  401     401          401       401          401     401     401      401
wrong password                      401       401  401     401  401     401          401       401          401     401     401      401
unknown account                     401       401  401     401  401     401          401       401          401     401     401      401
inactive account                    401       401  401     401  401     401          401       401          401     401     401      401
unknown Token                       401       401  401     401  401     401          401       401          401     401     401      401
forged Bearer                       401       401  401     401  401     401          401       401          401     401     401      401
party, unverified                   200       201  403     403  403     404          404       404          200     200     200      200
stranger                            200       201  403     403  403     404          404       404          200     200     200      200
stranger by Token                   200       201  403     403  403     404          404       404          200     200     200      200
party                               200       201  403     403  403     404          404       404          200     200     200      200
creator, no party                   200       201  200     200  204     404          404       404          200     200     200      200
creator, a party                    200       201  200     200  204     404          404       404          200     200     200      200
creator, unverified                 200       201  403     403  403     404          404       404          200     200     200      200
creator by Token                    200       201  200     200  204     404          404       404          200     200     200      200
creator by Bearer                   200       201  200     200  204     404          404       404          200     200     200      200
creator by session                  200       201  200     200  204     404          404       404          200     200     200      200
session without its token           200       403  403     403  403     403          403       403          200     403     403      200
stranger by session                 200       201  403     403  403     404          404       404          200     200     200      200
session that has ended              401       401  401     401  401     401          401       401          401     401     401      401
session and stranger's password     200       201  403     403  403     404          404       404          200     200     200      200
session and wrong password          401       401  401     401  401     401          401       401          401     401     401      401
staff                               200       201  403     403  403     404          404       404          200     200     200      200
link in the query                   401       401  401     401  401     401          401       401          401     401     401      401
link in the body                    401       401  401     401  401     401          401       401          401     401     401      401
link in the header                  401       401  401     401  401     401          401       401          401     401     401      401
link of another party               401       401  401     401  401     401          401       401          401     401     401      401
link and staff's password           401       401  401     401  401     401          401       401          401     401     401      401
link and creator's session          401       401  401     401  401     401          401       401          401     401     401      401
link of another proposal            401       401  401     401  401     401          401       401          401     401     401      401
link that has expired               401       401  401     401  401     401          401       401          401     401     401      401
link that is forged                 401       401  401     401  401     401          401       401          401     401     401      401
forged link and creator's password  401       401  401     401  401     401          401       401          401     401     401      401
link of an older generation         401       401  401     401  401     401          401       401          401     401     401      401
meeting's link                      401       401  401     401  401     401          401       401          401     401     401      401
`;

/// What is asked for: its `Route`, method, path and body (`:id` for the contact's number).
const PATH = "/schedules/contacts/";
const csv = "first_Name,last_Name,email\nA,B,a@b.c";
const ASKS = {
  contacts: ["Contacts", "GET", PATH],
  add: ["AddContact", "POST", PATH, { first_Name: "A", last_Name: "B", email: "new:id@b.c" }],
  change: ["ChangeContact", "PATCH", PATH, { contact_id: ":id", first_Name: "C" }],
  put: ["PutContact", "PUT", PATH, { contact_id: ":id", first_Name: "C" }],
  remove: ["RemoveContact", "DELETE", PATH, { contact_id: ":id" }],
  "change-none": ["ChangeContact", "PATCH", PATH, { contact_id: "9:id", first_Name: "C" }],
  "put-none": ["PutContact", "PUT", PATH, { contact_id: "9:id", first_Name: "C" }],
  "remove-none": ["RemoveContact", "DELETE", PATH, { contact_id: "9:id" }],
  groups: ["ContactGroups", "GET", `${PATH}groups/`],
  import: ["ImportContacts", "POST", `${PATH}import/`, { csv }],
  preview: ["ImportContacts", "POST", `${PATH}import/?preview=true`, { csv }],
  export: ["ExportContacts", "GET", `${PATH}export/`],
};

const CALLERS = {
  ...ACCOUNTS,
  ...linked("proposal", 1, () => 9),
  "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }),
};

let service;
let tokens;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

test("no cell is missing: every route of contacts, every kind of caller", () => {
  whole(CONTACT, CALLERS, Object.keys(ASKS));
  const routes = Object.values(ASKS).map(([route]) => route);
  assert.deepEqual([...new Set(routes)].sort(), variants().filter((name) => name.includes("Contact")).sort());
});

test("each caller gets the status that it is due, and nobody touches another's contact", async () => {
  const insert = `insert into contacts select ?1, 20, 'A', 'B', ?1 || '@b.c', ?1 || '@b.c', 'a', 'b', ?1 || '@b.c', '[]', 0, 0`;
  let last = 1000;
  const answers = await judge(CONTACT, async (caller, column) => {
    const id = ++last;
    await service.db.prepare(insert).bind(id).run();
    const [route, method, path, members] = ASKS[column];
    const sent = members && JSON.parse(JSON.stringify(members).replaceAll(":id", id));
    const answer = await send(service, [route, method, path, sent], CALLERS[caller](id, tokens));
    const { results } = await service.db.prepare("select owner, first_name from contacts where id = ?1").bind(id).all();
    const changed = [200, 204].includes(answer.status) && ["change", "put", "remove"].includes(column);
    const name = changed ? "C" : "A";
    assert.deepEqual(results, changed && column === "remove" ? [] : [{ owner: 20, first_name: name }], `${caller}, ${column}`);
    return answer;
  });
  for (const { headers, text, caller, column } of answers.filter(({ status }) => status === 401)) {
    assert.match(headers["www-authenticate"], /^Basic /, `${caller}, ${column}`);
    assert.doesNotMatch(text, /@/);
  }
  for (const { text, caller, column } of answers.filter(({ status }) => status === 403)) {
    const missing = '{"detail":"CSRF Failed: CSRF token missing."}';
    assert.equal(text, caller === "session without its token" ? missing : '"Invalid contact"', `${caller}, ${column}`);
  }
});
