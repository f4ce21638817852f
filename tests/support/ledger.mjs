// A second verifier of ledger exports, which shares nothing with the first (domain/src/ledger/verify.rs) but the format.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/// Canonical JSON for what occurs here: texts, integers, booleans, null, lists, objects (RFC 8785).
export const canonical = (value) =>
  value === null || typeof value !== "object"
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? `[${value.map(canonical).join(",")}]`
      : `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;

/// `[D ]HH:MM:SS[.ffffff]` in microseconds.
function micros(duration) {
  const [, days, hours, minutes, seconds, fraction] = /^(?:(\d+) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?$/.exec(duration);
  return (((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e6 + Number(fraction ?? 0);
}

/// The offer as intervals in microseconds since the epoch.
const intervals = (slots) =>
  slots.map(({ begin, duration }) => {
    const [, whole, fraction] = /^(.*?)(?:\.(\d{6}))?Z$/.exec(begin);
    const from = Date.parse(`${whole}Z`) * 1000 + Number(fraction ?? 0);
    return [from, from + micros(duration)];
  });

const covers = (offer, point) => offer.some(([from, to]) => from <= point && point < to);

/// Checks form, chain, commitments, head, and point by point that the offer only shrinks; gives the entries.
export function verify(text) {
  assert.ok(text.endsWith("\n"), "an export ends with a line feed");
  const lines = text.slice(0, -1).split("\n");
  const parsed = lines.map((line) => JSON.parse(line));
  parsed.forEach((value, n) => assert.equal(canonical(value), lines[n], `line ${n + 1} is canonical`));
  assert.equal(parsed[0].ledger.format, "whittle-ledger/1");
  let head = sha256(`whittle ledger 1 ${parsed[0].ledger.proposal}`);
  const entries = [];
  for (const line of parsed.slice(1, -1)) {
    if (line.opening) {
      const { commitments, seq } = entries.at(-1);
      assert.equal(line.opening.seq, seq);
      assert.equal(commitments[line.opening.field], sha256(canonical({ whittle: "commitment/1", ...line.opening })));
      continue;
    }
    const { entry } = line;
    assert.equal(entry.prev, head, `entry ${entry.seq} is chained`);
    assert.equal(entry.seq, entries.length + 1);
    if (entries.length) {
      const [was, is] = [intervals(entries.at(-1).slots), intervals(entry.slots)];
      // An interval's ends and the points beside the ends of what was offered are where it could reach beyond.
      const points = [...was, ...is].flatMap(([from, to]) => [from - 1, from, to - 1, to]);
      for (const point of points) assert.ok(!covers(is, point) || covers(was, point), `entry ${entry.seq} offers more`);
    }
    head = sha256(canonical(entry));
    entries.push(entry);
  }
  assert.deepEqual(parsed.at(-1), { head: { entries: entries.length, hash: head } });
  return entries;
}
