// Times that are offered, as they are painted: runs without a gap, each of which is one time or is split into several. All of it is wall
// time in the zone of the page, as the form carries it. Nothing here knows of the page.

/** How a run is split: times of `length` minutes, one every `every` minutes, but for those that begin at one of `dropped`. */
export interface Split {
  length: number;
  every: number;
  dropped: readonly number[];
}

export interface Run {
  /** `2026-11-24` */
  date: string;
  /** When it begins, in minutes from midnight. */
  from: number;
  minutes: number;
  /** Which of two equal wall times is meant: `0`, `1`, or `-` where that is not asked. */
  fold: string;
  /** How much it is liked, 1 to 3, where that is asked. */
  level?: number;
  split?: Split;
}

export const DAY = 1440;

/** The run of a time as the form carries it, such as `2026-11-24T10:00 45 -`, or `2026-11-24T09:00 480 - 3` with a preference. */
export function parse(value: string): Run | undefined {
  const [, date, hours, minutes, lasts, fold, level] = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d) (\d+) ([-01])(?: ([1-3]))?$/.exec(value) ?? [];
  if (!date || !fold) return undefined;
  return { date, from: Number(hours) * 60 + Number(minutes), minutes: Number(lasts), fold, ...(level && { level: Number(level) }) };
}

/** `09:30` */
export const clockOf = (minute: number) => [minute / 60, minute % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");

/** A time as the form carries it. */
export const valueOf = ({ date, from, minutes, fold, level }: Run) => `${date}T${clockOf(from)} ${minutes} ${fold}${level ? ` ${level}` : ""}`;

/** The times that a run makes. */
export function timesOf(run: Run): Run[] {
  const { split, ...whole } = run;
  if (!split) return [whole];
  const { length, every, dropped } = split;
  const times: Run[] = [];
  for (let from = run.from; from + length <= run.from + run.minutes; from += every) {
    if (!dropped.includes(from)) times.push({ ...whole, from, minutes: length });
  }
  return times;
}

/** The times of all runs, each once. */
export const allTimes = (runs: readonly Run[]) => [...new Map(runs.flatMap(timesOf).map((time) => [valueOf(time), time])).values()].sort(order);

export const order = (one: Run, other: Run) => {
  const [a, b] = [one, other].map((run) => `${run.date} ${clockOf(run.from)} ${run.fold}`);
  return a! < b! ? -1 : a! > b! ? 1 : one.minutes - other.minutes;
};

/** A run that is split, or undefined where no such time fits into it. */
export function splitOf(run: Run, length: number, every: number): Run | undefined {
  const isNumber = [length, every].every((number) => Number.isInteger(number) && number > 0);
  const parts = { ...run, split: { length, every, dropped: [] } };
  return isNumber && timesOf(parts).length ? parts : undefined;
}

/** A run without one of its times, or undefined where that was the last one. */
export function without(run: Run, from: number): Run | undefined {
  if (!run.split) return undefined;
  const rest = { ...run, split: { ...run.split, dropped: [...run.split.dropped, from] } };
  return timesOf(rest).length ? rest : undefined;
}

/** Whether a run covers whole rows of a day. */
export const fits = ({ from, minutes }: Run, step: number) => from % step === 0 && minutes % step === 0 && from + minutes <= DAY;

export const covers = (run: Run, from: number) => run.from <= from && from < run.from + run.minutes;

/** The runs after a day was painted anew. `was` are those of its runs that were painted, `rows` are the levels of its rows as they are now,
 * 0 for what is not painted. A stretch of one level that is as it was keeps its runs; a new or a changed one is one time, or is split as it
 * was. Runs have levels only where `leveled` says so. */
export function repaint(runs: readonly Run[], date: string, was: ReadonlySet<Run>, rows: readonly number[], step: number, leveled = false): Run[] {
  const made = stretches(rows, step).flatMap(([from, to, level]): Run[] => {
    const before = [...was].filter((run) => run.from < to && from < run.from + run.minutes);
    const isSame = before.every((run) => run.from >= from && run.from + run.minutes <= to && (run.level ?? level) === level);
    const all = Array.from({ length: (to - from) / step }, (_, n) => from + n * step);
    if (isSame && all.every((minute) => before.some((run) => covers(run, minute)))) return before;
    const run: Run = { date, from, minutes: to - from, fold: "-", ...(leveled && { level }) };
    const split = before.find((one) => one.split)?.split;
    return [(split && splitOf(run, split.length, split.every)) ?? run];
  });
  return [...runs.filter((run) => !was.has(run)), ...made].sort(order);
}

/** The stretches of rows that are painted with one level, from minute to minute. */
function stretches(rows: readonly number[], step: number): [number, number, number][] {
  const found: [number, number, number][] = [];
  rows.forEach((level, row) => {
    const last = found.at(-1);
    if (!level) return;
    if (last?.[1] === row * step && last[2] === level) last[1] += step;
    else found.push([row * step, (row + 1) * step, level]);
  });
  return found;
}
