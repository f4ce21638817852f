// Contacts from a CSV file, and as one.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { start } from "../support/harness.mjs";

const PATH = "/schedules/contacts/";
const HEADER = "first_Name,last_Name,email,groups";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());
beforeEach(() => service.db.prepare("delete from contacts").run());

const upload = (body, { as = "zo", query = "", type = "text/csv" } = {}) =>
  service.ask("POST", `${PATH}import/${query}`, { as, body, headers: { "Content-Type": type } });
const preview = (body) => upload(body, { query: "?preview=true" });
const list = async (as = "zo") => (await service.ask("GET", PATH, { as })).json.map(({ id, ...contact }) => contact);
const download = (as = "zo", headers = {}) => service.ask("GET", `${PATH}export/`, { as, headers });
const told = ({ status, json }) => [status, json];
const lines = (...rows) => [HEADER, ...rows].join("\r\n");

test("a preview tells of each row what would come of it and changes nothing; the run does just that", async () => {
  await upload(lines("Ann,Lee,ann@b.c,Team", "Bo,Lee,bo@b.c,", "Cy,Lee,cy@b.c,Team"));
  const before = await list();
  const file = lines("Ann,Lee,ann@b.c,TEAM; ", "Ann,Lee,bo@b.c,", "Cy,Lee,CY@b.c,Team", '"Di, Jr","O""Lee",di@b.c,Team; Friends');
  const report = {
    added: 1,
    updated: 3,
    unchanged: 0,
    refused: 0,
    rows: [
      // The group is spelled otherwise.
      { line: 2, outcome: "updated", email: "ann@b.c" },
      { line: 3, outcome: "updated", email: "bo@b.c" },
      { line: 4, outcome: "updated", email: "CY@b.c" },
      { line: 5, outcome: "added", email: "di@b.c" },
    ],
  };
  assert.deepEqual(told(await preview(file)), [200, report]);
  assert.deepEqual(await list(), before);
  assert.deepEqual(told(await upload(file)), [200, report]);
  assert.deepEqual(await list(), [
    { first_Name: "Ann", last_Name: "Lee", email: "ann@b.c", groups: ["TEAM"] },
    { first_Name: "Ann", last_Name: "Lee", email: "bo@b.c", groups: [] },
    { first_Name: "Cy", last_Name: "Lee", email: "CY@b.c", groups: ["Team"] },
    { first_Name: "Di, Jr", last_Name: 'O"Lee', email: "di@b.c", groups: ["Friends", "Team"] },
  ]);
  const again = await upload(file);
  assert.deepEqual([again.json.unchanged, again.json.added, again.json.updated], [4, 0, 0]);
  assert.equal((await service.ask("GET", `${PATH}?search=cy@B.C`, { as: "zo" })).json.length, 1, "what was updated is found by what it is now");
  assert.equal((await service.ask("GET", `${PATH}?search=bo+ann`, { as: "zo" })).json.length, 1);
});

test("a file without a column of groups leaves them as they are", async () => {
  await upload(lines("Ann,Lee,ann@b.c,Team", "Bo,Lee,bo@b.c,Team"));
  const { json } = await upload("email,first_Name,last_Name\nann@b.c,Ann,Lee\nbo@b.c,Bob,Lee\ncy@b.c,Cy,Lee\n");
  assert.deepEqual([json.added, json.updated, json.unchanged], [1, 1, 1]);
  assert.deepEqual((await list()).map(({ first_Name, groups }) => [first_Name, groups]), [["Ann", ["Team"]], ["Bob", ["Team"]], ["Cy", []]]);
});

test("where a row is wrong nothing is done, and each such row is told with its line", async () => {
  const file = lines("Ann,Lee,ann@b.c,", ",Lee,none,a;b", "Bo,Lee,bo@b.c,", "", "Cy,Lee,ANN@b.c,", `${"x".repeat(151)},Lee,d@b.c,`, "a,b,e@b.c,,more");
  const refused = [
    {
      line: 3,
      outcome: "refused",
      errors: { first_Name: ["This field may not be blank."], email: ["Enter a valid email address."] },
    },
    { line: 6, outcome: "refused", errors: { email: ["Line 2 has this email already."] } },
    { line: 7, outcome: "refused", errors: { first_Name: ["Ensure this field has no more than 150 characters."] } },
    { line: 8, outcome: "refused", errors: { non_field_errors: ["This row has more cells than the header."] } },
  ];
  assert.deepEqual(told(await upload(file)), [400, { rows: refused }]);
  assert.deepEqual(await list(), []);
  const shown = await preview(file);
  assert.deepEqual([shown.status, shown.json.added, shown.json.refused], [200, 2, 4]);
  assert.deepEqual(shown.json.rows.filter(({ outcome }) => outcome === "refused"), refused);
});

test("a file comes as CSV, JSON, a form's field or a form's file", async () => {
  const csv = lines("Ann,Ängström,ann@b.c,");
  const ways = [
    [csv, "text/csv; charset=utf-8"],
    [`\ufeff${csv}`, "text/csv"],
    [JSON.stringify({ csv }), "application/json"],
    [new URLSearchParams({ csv }).toString(), "application/x-www-form-urlencoded"],
  ];
  for (const [body, type] of ways) {
    const { status, json } = await upload(body, { type, query: "?preview=1" });
    assert.deepEqual([status, json.added], [200, 1], type);
  }
  for (const value of [csv, new File([csv], "contacts.csv", { type: "text/csv" })]) {
    const form = new FormData();
    form.set("csv", value);
    const { status, json } = await service.ask("POST", `${PATH}import/?preview=true`, { as: "zo", body: form });
    assert.deepEqual([status, json.added], [200, 1]);
  }
  for (const [body, type, wanted] of [
    ["{}", "application/json", { csv: ["This field is required."] }],
    ['{"csv": null}', "application/json", { csv: ["This field may not be null."] }],
    ['{"csv": [1]}', "application/json", { csv: ["Not a valid string."] }],
    ["", "text/csv", { csv: ["This field may not be blank."] }],
    ["\r\n\r\n", "text/csv", { csv: ["This field may not be blank."] }],
    ["name,email\r\n", "text/csv", { csv: ['The header has no column "first_Name".'] }],
    [`${HEADER},E-mail\r\n`, "text/csv", { csv: ['The header has the column "E-mail" twice.'] }],
    [new Uint8Array([0xff, 0xfe, 0x41]), "text/csv", { csv: ["The file is not UTF-8."] }],
  ]) {
    assert.deepEqual(told(await upload(body, { type })), [400, wanted]);
  }
  assert.deepEqual(told(await upload(csv, { query: "?preview=maybe" })), [400, { preview: ["Must be a valid boolean."] }]);
  assert.equal((await upload(csv, { type: "text/plain" })).status, 415);
  assert.deepEqual(await list(), [], "a flag that is no flag is no run");
});

test("a thousand rows and 256 KiB are taken, one more is not", async () => {
  const row = (n) => `${"F".repeat(100)}${n},${"L".repeat(100)},n${n}@example.org,`;
  const rows = Array.from({ length: 1000 }, (_, n) => row(n));
  const file = lines(...rows);
  const { status, json, text } = await upload(file);
  assert.deepEqual([status, json?.added], [200, 1000], text);
  assert.deepEqual(told(await upload(lines(...rows, row(1000)))), [400, { csv: ["There are more than 1000 rows."] }]);
  const full = file + "\n".repeat(256 * 1024 - file.length);
  assert.equal((await upload(full)).json.unchanged, 1000);
  assert.deepEqual(told(await upload(`${full}\n`)), [413, { detail: "The body is larger than 262144 bytes." }]);
  const worst = lines(...Array.from({ length: 1000 }, (_, n) => `"${'""'.repeat(60)}${n}","${'""'.repeat(50)}",w${n}@b.c,"""${n}"`));
  assert.equal((await upload(worst)).json.added, 1000, "what grows when it is written down");
});

test("an account has 5000 contacts at most, and a file that would make more adds none", async () => {
  await service.db
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 4998)
       insert into contacts select i, (select id from accounts where username = 'zo'), 'F', 'L', 'n' || i || '@b.c',
         'n' || i || '@b.c', 'f', 'l', 'n' || i || '@b.c', '[]', 0, 0 from n`,
    )
    .run();
  const count = async () => (await service.db.prepare("select count(*) as n from contacts").first()).n;
  const file = lines("G,L,n1@b.c,", "A,B,x1@b.c,", "A,B,x2@b.c,", "A,B,x3@b.c,");
  const full = [400, { csv: ["An account has 5000 contacts at most."] }];
  assert.deepEqual(told(await upload(file)), full);
  assert.deepEqual(told(await preview(file)), full);
  assert.equal(await count(), 4998);
  assert.equal((await service.ask("GET", `${PATH}?search=g`, { as: "zo" })).json.length, 0, "nor is one changed");
  assert.equal((await upload(lines("G,L,n1@b.c,", "A,B,x1@b.c,", "A,B,x2@b.c,"))).json.added, 2);
  assert.equal(await count(), 5000);
});

test("of two who import one file at once, one adds and the other finds it done", async () => {
  const file = lines(...Array.from({ length: 50 }, (_, n) => `F,L,n${n}@b.c,`));
  const answers = await Promise.all([upload(file), upload(file), upload(file, { as: "st" })]);
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
  assert.deepEqual(answers.slice(0, 2).map(({ json }) => json.added).sort((a, b) => a - b), [0, 50]);
  assert.equal(answers[2].json.added, 50, "somebody else's are nothing to it");
});

test("what is exported is RFC 4180, no formula, and comes in unchanged", async () => {
  assert.equal((await download()).text, `${HEADER}\r\n`);
  assert.equal((await upload((await download()).text)).status, 200, "a header alone is a file of nobody");
  const odd = [
    { first_Name: "=1+1", last_Name: "+1", email: "-x@b.c", groups: ["@team", "x"] },
    { first_Name: "'=1", last_Name: "'t Hooft", email: "+a@b.c", groups: ["'", "=g"] },
    { first_Name: '"quoted"', last_Name: "a, b", email: "'=q@b.c", groups: [] },
    { first_Name: "＝wide", last_Name: "Ünï ✓", email: "u@b.c", groups: ["a, b", 'c"d'] },
  ];
  for (const contact of odd) assert.equal((await service.ask("POST", PATH, { as: "zo", json: contact })).status, 201);
  const stored = await list();
  const { status, headers, text } = await download();
  assert.deepEqual([status, headers.get("content-type")], [200, "text/csv; charset=utf-8"]);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="contacts.csv"');
  assert.equal(
    text,
    [
      HEADER,
      "'=1+1,'+1,'-x@b.c,'@team; x",
      "''=1,'t Hooft,'+a@b.c,'; =g",
      '"""quoted""","a, b",\'\'=q@b.c,',
      '\'＝wide,Ünï ✓,u@b.c,"a, b; c""d"',
      "",
    ].join("\r\n"),
  );
  assert.deepEqual([(await upload(text)).json.unchanged, await list()], [4, stored]);
  assert.equal((await upload(text, { as: "st" })).json.added, 4);
  assert.deepEqual(await list("st"), stored);
  assert.equal((await download("st")).text, text);
  assert.equal((await download("ob")).text, `${HEADER}\r\n`, "nobody else's, staff's neither");
});

test("a browser saves the export, and a client that takes JSON alone gets none", async () => {
  const browser = await download("zo", { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
  assert.deepEqual([browser.status, browser.text], [200, `${HEADER}\r\n`]);
  assert.equal((await download("zo", { Accept: "application/json" })).status, 406);
  assert.equal((await download("zo", { Accept: "text/csv" })).status, 200);
});
