// The verifier of the pages, that of the domain and that of examples/ (Python) share no code, and refuse the same for the same reasons: every
// changed byte of real exports (a sample of them in the short form), exports that are cut off, and exports that somebody with SHA-256 has forged.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { canonical } from "../support/ledger.mjs";
import { partyLink } from "../support/agree.mjs";
import { LONG, ROOT, here, ledger, links, propose, start } from "../support/harness.mjs";
import { domain, python } from "../support/verifiers.mjs";
import { receipts, verify } from "../../web/script/ledger.ts";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
/// How many changes of each export are tried. The short form takes about as many as the largest of them has bytes.
const SAMPLE = LONG ? 60_000 : 2_500;

const exports = {};
let service;
before(async () => {
  execFileSync("cargo", ["build", "--quiet", "--workspace", "--example", "verify"], { cwd: ROOT });
  exports["the worked example"] = /```jsonl\n([^]*?)```/.exec(readFileSync(join(ROOT, "docs/log.md"), "utf8"))[1];
  service = await start();
  const rich = await propose(service, {
    title: "Grillen 🥗 “am See”\\n",
    location: "Zürich",
    description: "Zeile eins\nZeile „zwei“",
    timezone: "Europe/Berlin",
    deadline: "2030-01-05T08:00:00.5Z",
    slots: [
      { begin: "2030-01-07T09:00:00.25Z", duration: "01:00:00.5" },
      { begin: "2030-01-08T09:00:00Z", duration: "2 03:04:05" },
      { begin: "2030-01-09T09:00:00Z", duration: "01:00:00" },
    ],
  });
  const tokens = await links(service, rich, ["bea@example.org", "cyd@example.org"]);
  const answer = async (p, et, json) => assert.equal((await service.ask("PATCH", `/${p.id}/`, { et, json })).status, 202);
  await answer(rich, tokens["bea@example.org"], { slots: [{ begin: "2030-01-08T10:00:00.000001Z", duration: "1 00:00:00.999999" }, rich.slots[2]], note: "nur früh – 朝だけ" });
  await answer(rich, tokens["cyd@example.org"], { slots: [rich.slots[2]] });
  exports["a rich log"] = await ledger(service, rich.id);
  const names = await propose(service, { title: "x", visibility: "names" });
  await answer(names, partyLink(names.id, 1), { slots: names.slots.slice(1) });
  exports["a log whose addresses are left out"] = (await service.ask("GET", `/${names.id}/log/?format=jsonl`, { et: partyLink(names.id, 2) })).text;
});
after(() => service?.close());

async function ours(bytes) {
  const { fault, line } = await verify(bytes);
  return fault === undefined ? "ok" : fault === "head" ? fault : `${fault} ${line}`;
}

/// Holds that all say the same of each change; gives what the domain said.
async function agree(cases) {
  const [theirs, examples] = await Promise.all([domain(cases), python(cases)]);
  let n = 0;
  for (const [text, changes] of cases) {
    const bytes = Buffer.from(text);
    for (const [at, gone, put] of changes) {
      const said = await ours(Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + gone)]));
      const expected = theirs[n];
      const example = examples[n++];
      const where = `${JSON.stringify(put)} for ${gone} at ${at} of ${text.slice(0, 60)}`;
      // What is no UTF-8 has no lines for the domain. Python names the line that is none, unless the last byte is no line feed.
      if (expected === "utf8") {
        assert.equal(said, "malformed 1", where);
        assert.match(example, /^(malformed \d+|head)$/, where);
      } else assert.deepEqual([said, example], [expected, expected], where);
    }
  }
  assert.deepEqual([theirs.length, examples.length], [n, n]);
  return theirs;
}

/// The same numbers in each run.
function* numbers(seed) {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

test("all verify what the service exports", async () => {
  assert.match(exports["a rich log"], /\.500000Z"[^]*"slots":\[\{"begin":"2030-01-08T10:00:00.000001Z","duration":"1 00:00:00.999999"/);
  assert.doesNotMatch(exports["a log whose addresses are left out"], /example\.org/);
  for (const said of await agree(Object.values(exports).map((text) => [text, [[0, 0, []]]]))) assert.equal(said, "ok");
  const { id, entries, head } = await verify(Buffer.from(exports["the worked example"]));
  assert.deepEqual([id, entries.length, entries.at(-1).at, head], ["42", 3, "2030-01-02T08:30:00Z", "8b9fbea03a0eb5a76c2e8eb4963f30212698d169000f3bd0708c00121960d91a"]);
});

for (const name of ["the worked example", "a rich log", "a log whose addresses are left out"]) {
  test(`all refuse every changed byte of ${name}, for the same reason`, { timeout: 1_800_000 }, async (t) => {
    const text = exports[name];
    const { length } = Buffer.from(text);
    const random = numbers(length);
    const next = (below) => random.next().value % below;
    const changes = [];
    for (let n = 0; n < SAMPLE; n++) {
      // Every place in turn, as far as the sample reaches; a byte that is likely to be read, or any.
      const at = SAMPLE >= length ? n % length : next(length);
      const byte = n % 3 ? next(256) : " \"\\,:{}[]0189azAZ-.+eTZ\n\r\t".charCodeAt(next(25));
      const kind = n % 8;
      if (kind === 6) changes.push([at, 0, [byte]]);
      else if (kind === 7) changes.push([at, 1, []]);
      else if (Buffer.from(text)[at] !== byte) changes.push([at, 1, [byte]]);
    }
    const said = await agree([[text, changes]]);
    assert.deepEqual(said.filter((one) => one === "ok"), []);
    t.diagnostic(`${said.length} changes of ${length} bytes`);
  });
}

test("all refuse an export that is cut off anywhere, and one cut off after an entry whose head was made to fit is of another receipt", async () => {
  const text = exports["the worked example"];
  const { length } = Buffer.from(text);
  const cuts = Array.from({ length }, (_, at) => [at, length - at, []]);
  const said = await agree([[text, cuts]]);
  assert.deepEqual(said.filter((one) => one === "ok"), []);
  // Whoever cuts entries off the end and writes the head anew has a log that verifies: only a receipt tells.
  const short = forge((lines) => lines.splice(8, 1));
  const file = join(here, "short.jsonl");
  writeFileSync(file, short);
  const receipt = JSON.parse(text.trimEnd().split("\n").at(-1)).head.hash;
  const run = (...given) => spawnSync("python3", [join(ROOT, "examples/verify.py"), ...given], { encoding: "utf8" });
  const kept = JSON.parse(short.trimEnd().split("\n").at(-1)).head.hash;
  assert.deepEqual([run(file).status, run(file).stdout], [0, `verified: 2 entries, head ${kept}\n`]);
  assert.equal(run(file, kept).status, 0);
  assert.deepEqual([run(file, receipt).status, run(file, receipt).stderr], [1, "not verified: the receipt is of no entry of this log\n"]);
  writeFileSync(file, text.slice(0, -1));
  assert.deepEqual([run(file).status, run(file).stderr], [1, "not verified: head\n"]);
});

/// A log whose hashes are right, whatever it says: `change` may alter what a line says before the next is chained to it.
function forge(change = () => {}, from = exports["the worked example"]) {
  const lines = from.trimEnd().split("\n").map((line) => JSON.parse(line));
  let [head, count] = ["", 0];
  change(lines);
  for (const { opening } of lines.filter(({ opening }) => opening)) {
    const entry = lines.find(({ entry }) => entry?.seq === opening.seq)?.entry;
    if (entry?.commitments) entry.commitments[opening.field] = sha256(canonical({ whittle: "commitment/1", ...opening }));
  }
  for (const line of lines) {
    if (line.ledger) head = sha256(`whittle ledger 1 ${line.ledger.proposal}`);
    if (line.entry) {
      line.entry.prev = head;
      head = sha256(canonical(line.entry));
      count++;
    }
    if (line.head) Object.assign(line.head, { entries: count, hash: head });
  }
  return lines.map((line) => `${canonical(line)}\n`).join("");
}
const entry = (lines, seq) => lines.find((line) => line.entry?.seq === seq).entry;
const opening = (lines, field) => lines.find((line) => line.opening?.field === field).opening;
const nested = (depth) => { let value = 1; while (depth--) value = [value]; return value; };

/// What a forger may write: how, and what both say of it.
const FORGED = {
  "nothing": [() => {}, "ok"],
  "a day that February has": [(l) => (entry(l, 2).slots = [], entry(l, 3).slots = [], entry(l, 1).slots = [{ begin: "2028-02-29T00:00:00Z", duration: "00:00:00.000001" }]), "ok"],
  "a day that February does not have": [(l) => (entry(l, 1).slots[0].begin = "2029-02-29T00:00:00Z"), "malformed 2"],
  "a leap second": [(l) => (entry(l, 1).slots[0].begin = "2030-01-07T10:59:60Z"), "malformed 2"],
  "hour 24": [(l) => (entry(l, 1).slots[0].begin = "2030-01-06T24:00:00Z"), "malformed 2"],
  "the year 0": [(l) => (entry(l, 1).slots[0].begin = "0000-12-31T00:00:00Z"), "malformed 2"],
  "the year 1": [(l) => (entry(l, 1).slots.unshift({ begin: "0001-01-01T00:00:00Z", duration: "00:00:01" })), "ok"],
  "an end at the last instant": [(l) => (entry(l, 1).slots.push({ begin: "9999-12-30T21:59:59Z", duration: "00:00:01" })), "ok"],
  "an end after the last instant": [(l) => (entry(l, 1).slots.push({ begin: "9999-12-30T21:59:59Z", duration: "00:00:01.000001" })), "malformed 2"],
  "an offset": [(l) => (entry(l, 1).slots[0].begin = "2030-01-07T12:00:00+01:00"), "malformed 2"],
  "a time of 13 milliseconds in 3 digits": [(l) => (entry(l, 1).slots[0].begin = "2030-01-07T11:00:00.013Z"), "malformed 2"],
  "a fraction of nothing": [(l) => (entry(l, 1).slots[0].begin = "2030-01-07T11:00:00.000000Z"), "malformed 2"],
  "a length in ISO 8601": [(l) => (entry(l, 1).slots[0].duration = "PT2H"), "malformed 2"],
  "a length of 25 hours": [(l) => (entry(l, 1).slots[0].duration = "25:00:00"), "malformed 2"],
  "a length of 0 days": [(l) => (entry(l, 1).slots[0].duration = "0 02:00:00"), "malformed 2"],
  "a length of 01 days": [(l) => (entry(l, 1).slots[0].duration = "01 02:00:00"), "malformed 2"],
  "no length": [(l) => (entry(l, 1).slots[1].duration = "00:00:00"), "malformed 2"],
  "a negative length": [(l) => (entry(l, 1).slots[1].duration = "-1 23:00:00"), "malformed 2"],
  "a length that no number holds": [(l) => (entry(l, 1).slots[1].duration = "99999999999999999999 01:00:00"), "malformed 2"],
  "a length of very many days": [(l) => (entry(l, 1).slots[1].duration = "999999999999999999 01:00:00"), "malformed 2"],
  "slots in another order": [(l) => entry(l, 1).slots.reverse(), "malformed 2"],
  "a slot twice": [(l) => entry(l, 1).slots.push(entry(l, 1).slots[1]), "malformed 2"],
  "lengths in another order": [(l) => (entry(l, 1).slots[1] = { begin: "2030-01-07T11:00:00Z", duration: "01:00:00" }), "malformed 2"],
  "30 slots": [(l) => (entry(l, 1).slots = Array.from({ length: 30 }, (_, n) => ({ begin: "2030-01-07T11:00:00Z", duration: `02:00:${n + 10}` }))), "ok"],
  "31 slots": [(l) => (entry(l, 1).slots = Array.from({ length: 31 }, (_, n) => ({ begin: "2030-01-07T11:00:00Z", duration: `02:00:${n + 10}` }))), "malformed 2"],
  "a slot that says more": [(l) => (entry(l, 1).slots[0].zone = "UTC"), "malformed 2"],
  "a slot that says less": [(l) => delete entry(l, 1).slots[0].duration, "malformed 2"],
  "an earlier begin by a microsecond": [(l) => (entry(l, 2).slots[0].begin = "2030-01-07T10:59:59.999999Z"), "violated 7"],
  "a later end by a microsecond": [(l) => (entry(l, 2).slots[0].duration = "01:00:00.000001"), "violated 7"],
  "a time from before that was cut": [(l) => (entry(l, 3).slots = entry(l, 1).slots), "violated 9"],
  "an act that nobody knows": [(l) => (entry(l, 2).act = "dance"), "ok"],
  "a kind that nobody knows": [(l) => (entry(l, 2).kind = "DANCE"), "malformed 7"],
  "a kind in lower case": [(l) => (entry(l, 2).kind = "update"), "malformed 7"],
  "about a party": [(l) => (entry(l, 2).about = "p1"), "ok"],
  "about nobody": [(l) => (entry(l, 2).about = null), "malformed 7"],
  "no commitments, but the member": [(l) => (entry(l, 3).commitments = {}), "malformed 9"],
  "a commitment in upper case": [(l) => (entry(l, 3).commitments = { note: "A".repeat(64) }), "malformed 9"],
  "a commitment that nothing opens": [(l) => (entry(l, 3).commitments = { note: "a".repeat(64) }), "ok"],
  "an entry that says more": [(l) => (entry(l, 3).more = 1), "malformed 9"],
  "an entry that says less": [(l) => delete entry(l, 3).via, "malformed 9"],
  "a number for a text": [(l) => (entry(l, 3).at = 1), "malformed 9"],
  "entry 2 without entry 1": [(l) => l.splice(1, 5), "unchained 2"],
  "entry 2.5": [(l) => (entry(l, 2).seq = 2.5), "malformed 7"],
  "entry 2 ** 32": [(l) => (entry(l, 2).seq = 2 ** 32), "malformed 7"],
  "entry -1": [(l) => (entry(l, 2).seq = -1), "malformed 7"],
  "half a character": [(l) => (entry(l, 2).via = "\ud83e"), "malformed 7"],
  "half a character in a name": [(l) => (opening(l, "p1").value = { "\udd57": 1 }), "malformed 3"],
  "a character of two halves": [(l) => (entry(l, 2).via = "🥗"), "ok"],
  "an opening of another entry": [(l) => l.splice(9, 0, { opening: { ...opening(l, "note") } }), "unopened 10"],
  "an opening of what is not committed to": [(l) => l.splice(7, 0, { opening: { ...opening(l, "note"), field: "toString", seq: 2 } }), undefined],
  "an opening twice": [(l) => l.splice(7, 0, { opening: { ...opening(l, "note") } }), "misplaced 9"],
  "openings in another order": [(l) => l.splice(2, 2, l[3], l[2]), "misplaced 4"],
  "an opening before all entries": [(l) => l.splice(1, 0, { opening: { ...opening(l, "note") } }), "misplaced 2"],
  "an opening that says more": [(l) => (opening(l, "note").more = 1), "malformed 8"],
  "an opening without a value": [(l) => delete opening(l, "note").value, "malformed 8"],
  "a value of null": [(l) => (opening(l, "note").value = null), "ok"],
  "a value that is a list of anything": [(l) => (opening(l, "note").value = [1, { b: [true, null], a: -5 }, "x"]), "ok"],
  "a value as deep as JSON may be": [(l) => (opening(l, "note").value = nested(125)), "ok"],
  "a value that is deeper": [(l) => (opening(l, "note").value = nested(126)), "malformed 8"],
  "fields by code points": [(l) => (opening(l, "p1").field = "\uffee", opening(l, "p2").field = "🥗", delete entry(l, 1).commitments.p1, delete entry(l, 1).commitments.p2, l.splice(2, 4, l[4], l[5], l[2], l[3])), "ok"],
  "fields by UTF-16": [(l) => (opening(l, "p1").field = "🥗", opening(l, "p2").field = "\uffee", delete entry(l, 1).commitments.p1, delete entry(l, 1).commitments.p2, l.splice(2, 4, l[4], l[5], l[2], l[3])), "misplaced 6"],
  "a field without a name": [(l) => (opening(l, "note").field = "", delete entry(l, 2).commitments.note), "ok"],
  "a field without a name, twice": [(l) => (opening(l, "note").field = "", delete entry(l, 2).commitments.note, l.splice(7, 0, { opening: { ...opening(l, "") } })), "misplaced 9"],
  "the members of an object's own": [(l) => (opening(l, "note").value = JSON.parse('{"__proto__":{"a":1},"constructor":2,"1":3}')), undefined],
  "another format": [(l) => (l[0].ledger.format = "whittle-ledger/2"), "misplaced 1"],
  "a log that is of more": [(l) => (l[0].ledger.zone = 1), "misplaced 1"],
  "a log of something else": [(l) => (l[0].ledger = { format: "whittle-ledger/1", meeting: 42 }), "misplaced 1"],
  "a log of nothing": [(l) => delete l[0].ledger.proposal, "misplaced 1"],
  "a log of a text": [(l) => (l[0].ledger.proposal = "42"), "malformed 1"],
  "a log of 4.2": [(l) => (l[0].ledger.proposal = 4.2), "malformed 1"],
  "a log of -42": [(l) => (l[0].ledger.proposal = -42), "malformed 1"],
  "a log of a number that cannot be told from others": [(l) => (l[0].ledger.proposal = 2 ** 64), "malformed 1"],
  "a log of a large number": [(l) => (l[0].ledger.proposal = 2 ** 63), undefined],
  "two first lines": [(l) => l.splice(1, 0, l[0]), "misplaced 2"],
  "no entries": [(l) => l.splice(1, 8), "head"],
  "two last lines": [(l) => l.push(l.at(-1)), "head"],
  "an entry after the last line": [(l) => l.push({ entry: { ...entry(l, 3) } }), "head"],
  "no last line": [(l) => l.pop(), "head"],
  "a line of two kinds": [(l) => (l[1].head = l.at(-1).head), "malformed 2"],
  "a line of an unknown kind": [(l) => l.splice(1, 0, { toString: {} }), "malformed 2"],
  "a line of no kind": [(l) => l.splice(1, 0, {}), "malformed 2"],
  "a list": [(l) => l.splice(1, 0, []), "malformed 2"],
};

test("all say the same of logs that somebody with SHA-256 has forged", async () => {
  const cases = Object.entries(FORGED).map(([, [change]]) => [forge(change), [[0, 0, []]]]);
  const said = await agree(cases);
  Object.entries(FORGED).forEach(([what, [, expected]], n) => expected && assert.equal(said[n], expected, what));
});

test("bytes that say the same in another way are refused", async () => {
  const text = exports["the worked example"];
  const other = [
    ['"entries":3', '"entries":2'],
    ['"entries":3', '"entries":4'],
    ['"entries":3', '"entries":3.0'],
    ['"entries":3', '"entries":3e0'],
    ['"entries":3', '"entries":03'],
    ['"entries":3', '"entries":-0'],
    ['"entries":3', '"entries":3,"entries":3'],
    ['"seq":3,', '"seq":3,"seq":3,'],
    ['"note":"32', '"note":"32","note":"32'],
    ["Only after noon", "Only after\\u0020noon"],
    ["Only after noon", "Only after\\/noon"],
    ["{\"head\"", " {\"head\""],
    ["}}\n{\"head\"", "}}\r\n{\"head\""],
    ["}}\n{\"head\"", "}}\n\n{\"head\""],
    ['{"ledger"', '\ufeff{"ledger"'],
    ['{"head":{', '{"head":{"__proto__":1,'],
    ['{"head"', 'null\n{"head"'],
  ].map(([from, to]) => {
    assert.ok(text.includes(from), from);
    return [text.replace(from, () => to), [[0, 0, []]]];
  });
  for (const said of await agree([...other, ...["", "\n", "\n\n", "x", text.slice(0, -1), text + text].map((whole) => [whole, [[0, 0, []]]])])) assert.notEqual(said, "ok");
});

test("receipts are found in what people paste", () => {
  const [one, two] = [sha256("one"), sha256("two")];
  for (const pasted of [
    one,
    `Receipt: ${one} (keep it to check later that nothing in the log was changed)`,
    `A bad day\nReceipt:\n  ${one}\nadded`,
    `> > Receipt: ${one.slice(0, 40)}\n> > ${one.slice(40)} (keep it`,
    `| Receipt: ${one.slice(0, 61)}=\r\n${one.slice(61)}=20(keep`,
    `Receipt:\u00a0${one.replace(/(.{16})/g, "$1\u200b")}`,
    `receipt ${one.toUpperCase()}.`,
    `https://example.org/7/?et=AQ${two}\n${one}`,
    `${one}\n${one}`,
  ]) {
    assert.deepEqual(receipts(pasted).filter((found) => found !== two), [one], pasted);
  }
  assert.deepEqual(receipts(`${one}\n\n> ${two}`), [one, two]);
  for (const none of ["", "Receipt: none", one.slice(1), `${one}0`, "f".repeat(1_000_000)]) assert.deepEqual(receipts(none), [], none.slice(0, 80));
});
