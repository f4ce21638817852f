// The verifiers of the pages, of the domain and of examples/ (Python), for the ledger of staff: the worked example of docs/log.md, as it is,
// changed, and forged by somebody with SHA-256.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { ROOT } from "../support/harness.mjs";
import { canonical } from "../support/ledger.mjs";
import { domain, python } from "../support/verifiers.mjs";
import { verify } from "../../web/script/ledger.ts";

const [, example] = /```staff\n([^]*?)```/.exec(readFileSync(join(ROOT, "docs/log.md"), "utf8"));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
before(() => execFileSync("cargo", ["build", "--quiet", "--workspace", "--example", "verify"], { cwd: ROOT }));

const judged = async (bytes, kind = "staff") => {
  const { fault, line } = await verify(Buffer.from(bytes), kind);
  return fault === undefined ? "ok" : fault === "head" ? fault : `${fault} ${line}`;
};
/// What all say of changes of an export: they must say the same.
async function agreed(text, changes = [[0, 0, []]]) {
  const bytes = Buffer.from(text);
  const said = [];
  for (const [at, gone, put] of changes) said.push(await judged(Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + gone)])));
  const [theirs, examples] = await Promise.all([domain([[text, changes]]), python([[text, changes]])]);
  assert.deepEqual([theirs, examples], [said, said], text.slice(0, 60));
  return said;
}
/// The example with changed entries, chained anew.
function forged(change) {
  const lines = example.trimEnd().split("\n").map((line) => JSON.parse(line));
  change(lines.filter((line) => line.entry).map(({ entry }) => entry), lines);
  let head = sha256(`whittle staff ledger 1 ${lines[0].ledger.staff}`);
  for (const line of lines) {
    if (line.entry) {
      line.entry.prev = head;
      head = sha256(canonical(line.entry));
    }
    if (line.head) line.head.hash = head;
  }
  return `${lines.map(canonical).join("\n")}\n`;
}

test("the worked example of the ledger of staff verifies, and is none of a proposal", async () => {
  assert.deepEqual(await agreed(example), ["ok"]);
  assert.equal(await judged(example, "proposal"), "misplaced 1");
  const { id, entries } = await verify(Buffer.from(example), "staff");
  assert.deepEqual([id, entries.length], ["1", 2]);
});

test("no byte of it after the first line can be changed", async () => {
  const bytes = Buffer.from(example);
  const changes = [];
  for (let at = example.indexOf("\n") + 1; at < bytes.length; at += 3) changes.push([at, 1, [bytes[at] === 0x31 ? 0x32 : 0x31]]);
  const said = await agreed(example, changes.filter(([at, , [put]]) => bytes[at] !== put));
  assert.ok(said.length > 300 && !said.includes("ok"));
});

test("a ledger that somebody has chained anew names what was acted on", async () => {
  const named = (subject) => forged(([first]) => (first.subject = subject));
  for (const subject of ["proposal/12", "mail", "meeting/9007199254740991"]) assert.deepEqual(await agreed(named(subject)), ["ok"], subject);
  for (const subject of ["", "mail/", "/7", "mail/07", "mail/0", "mail/x", "mail/7/8", "Mail", "two words", "mail\n", "é", "mail/٧", 7]) {
    assert.deepEqual(await agreed(named(subject)), ["malformed 2"], String(subject));
  }
  assert.deepEqual(await agreed(forged(([first]) => delete first.subject)), ["malformed 2"]);
  assert.deepEqual(await agreed(forged(([first]) => (first.slots = []))), ["malformed 2"]);
  assert.deepEqual(await agreed(forged((_, lines) => (lines[0].ledger.staff = 2))), ["ok"], "another deployment's has another head");
});
