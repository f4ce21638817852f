// The verifier of the pages and that of examples/ (Python), for the log of a calendar: the worked example of docs/log.md, as it is, changed,
// and forged by somebody with SHA-256.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../support/harness.mjs";
import { canonical } from "../support/ledger.mjs";
import { python } from "../support/verifiers.mjs";
import { verify } from "../../web/script/ledger.ts";

const [, example] = /```calendar\n([^]*?)```/.exec(readFileSync(join(ROOT, "docs/log.md"), "utf8"));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const judged = async (text, kind = "calendar") => {
  const { fault, line } = await verify(Buffer.from(text), kind);
  return fault === undefined ? "ok" : fault === "head" ? fault : `${fault} ${line}`;
};
/// What both say of an export: they must say the same.
async function agreed(text) {
  const [said, [example]] = await Promise.all([judged(text), python([[text, [[0, 0, []]]]])]);
  assert.equal(example, said, text.slice(0, 60));
  return said;
}
const linesOf = (text) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
/// The export with changed entries, chained anew: openings of what was changed are left out.
function forged(change) {
  const lines = linesOf(example).filter((line) => !line.opening);
  let head = sha256(`whittle calendar ledger 1 ${lines[0].ledger.calendar}`);
  change(lines.filter((line) => line.entry).map(({ entry }) => entry));
  for (const line of lines) {
    if (line.entry) {
      line.entry.prev = head;
      head = sha256(canonical(line.entry));
    }
    if (line.head) line.head.hash = head;
  }
  return `${lines.map(canonical).join("\n")}\n`;
}

test("the worked example of a calendar verifies, and is none of a proposal", async () => {
  assert.equal(await agreed(example), "ok");
  assert.equal(await judged(example, "proposal"), "misplaced 1");
  const { id, entries } = await verify(Buffer.from(example), "calendar");
  assert.deepEqual([id, entries.length], [String(linesOf(example)[0].ledger.calendar), linesOf(example).filter(({ entry }) => entry).length]);
});

test("no byte of it can be changed", async () => {
  const bytes = Buffer.from(example);
  const changes = [];
  const seen = [];
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at] === 0x31 ? 0x32 : 0x31;
    if (changed.equals(bytes)) continue;
    changes.push([at, 1, [changed[at]]]);
    seen.push(await judged(changed));
    assert.notEqual(seen.at(-1), "ok", `byte ${at}`);
  }
  assert.ok(seen.length > 100);
  assert.deepEqual(await python([[example, changes]]), seen);
});

test("a log that somebody has chained anew is held to the rule of calendars", async () => {
  assert.equal(await agreed(forged(() => {})), "ok");
  for (const [change, fault] of [
    [([first]) => (first.state = "finalized"), "violated 2"],
    [(entries) => (entries[1].state = "finalized"), "violated 3"],
    [([first]) => (first.answered = first.invited + 1), "violated 2"],
    [([first]) => (first.state = "agreed"), "malformed 2"],
    [([first]) => (first.invited = -1), "malformed 2"],
    [([first]) => delete first.answered, "malformed 2"],
    [([first]) => (first.slots = []), "malformed 2"],
  ]) assert.equal(await agreed(forged(change)), fault);
});
