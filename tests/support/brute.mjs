// The scheduling problem in plain code: all schedules are tried. It shares nothing with the engine.

const MINUTE = 60_000;

/// For each minute at which somebody is available how much it is liked: where slots overlap, the highest counts.
function liked(slots) {
  const minutes = new Map();
  for (const { begin, end, preference } of slots) {
    for (let m = begin / MINUTE; m < end / MINUTE; m++) minutes.set(m, Math.max(minutes.get(m) ?? 0, preference));
  }
  return minutes;
}

/// The lowest preference of a meeting's minutes; nothing where one of them is not there.
function whole(minutes, start, length) {
  let least = 3;
  for (let m = start; m < start + length; m++) {
    if (!minutes.has(m)) return undefined;
    least = Math.min(least, minutes.get(m));
  }
  return least;
}

/// The possible meetings of a problem. Times are milliseconds at whole minutes; `owner` and each invitee's `available` are
/// `{ begin, end, preference }`, `busy` is `{ begin, end }`.
export function ways({ length, step, owner, busy, invitees }) {
  const own = liked(owner);
  const starts = [];
  let block;
  for (const m of [...own.keys()].sort((a, b) => a - b)) {
    if (!own.has(m - 1)) block = m;
    const free = busy.every(({ begin, end }) => m + length <= begin / MINUTE || end / MINUTE <= m);
    if ((m - block) % step === 0 && whole(own, m, length) && free) starts.push(m);
  }
  const of = ({ id, available }) => {
    const minutes = liked(available);
    const possible = starts.map((start) => [start, whole(minutes, start, length)]).filter(([, level]) => level);
    return { id, possible: possible.map(([start, level]) => ({ start, preference: level + whole(own, start, length) })) };
  };
  return { length, first: starts[0], invitees: invitees.map(of) };
}

/// Of two scores, whether the first is better: more people; higher preferences; less delay.
const better = (a, b) => a.placed - b.placed || a.preference - b.preference || b.delay - a.delay;

/// The best scores of all schedules that place as many as possible, best first, at most `count`. Delay is in seconds.
export function best({ length, first, invitees }, count = 1) {
  let found = [];
  const next = (index, taken, score) => {
    if (index === invitees.length) {
      found.push(score);
      if (found.length > 5_000) found = top(found, count);
      return;
    }
    next(index + 1, taken, score);
    for (const { start, preference } of invitees[index].possible) {
      if (taken.some((other) => Math.abs(other - start) < length)) continue;
      const { placed, preference: sum, delay } = score;
      next(index + 1, [...taken, start], { placed: placed + 1, preference: sum + preference, delay: delay + (start - first) * 60 });
    }
  };
  next(0, [], { placed: 0, preference: 0, delay: 0 });
  return top(found, count);
}

function top(scores, count) {
  const sorted = scores.sort((a, b) => better(b, a)).filter((score) => score.placed === scores[0].placed && score.placed > 0);
  return sorted.slice(0, count);
}

/// The score of a schedule, `[{ id, begin, end }]` in milliseconds; an error where it breaks a rule.
export function scoreOf({ length, first, invitees }, schedule) {
  const score = { placed: 0, preference: 0, delay: 0 };
  const taken = [];
  const seen = new Set();
  for (const { id, begin, end } of schedule) {
    const start = begin / MINUTE;
    const way = invitees.find((invitee) => invitee.id === id)?.possible.find((one) => one.start === start);
    if (!way) throw new Error(`${id} cannot be met at ${new Date(begin).toISOString()}`);
    if (end - begin !== length * MINUTE) throw new Error("a meeting of another length");
    if (seen.has(id)) throw new Error(`${id} has two meetings`);
    if (taken.some((other) => Math.abs(other - start) < length)) throw new Error("meetings overlap");
    seen.add(id);
    taken.push(start);
    score.placed++;
    score.preference += way.preference;
    score.delay += (start - first) * 60;
  }
  return score;
}

/// The instant, in milliseconds, at which clocks in a zone show this naive time, `2026-11-24T10:00:00`, by Intl; of two the first.
export function instantOf(naive, timeZone) {
  const wanted = Date.parse(`${naive}Z`);
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const shows = (at) => Date.parse(`${format.format(at).replace(" ", "T")}Z`) - at;
  const candidates = [-86_400_000, 86_400_000].map((by) => wanted - shows(wanted + by)).sort((a, b) => a - b);
  const found = candidates.find((at) => at + shows(at) === wanted);
  if (found === undefined) throw new Error(`${naive} does not exist in ${timeZone}`);
  return found;
}
