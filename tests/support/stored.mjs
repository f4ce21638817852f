// All that a server has stored, and what is different later: for tests of requests that must not change anything.
import { isDeepStrictEqual } from "node:util";
import { files, query, until } from "./harness.mjs";

const USER_TABLES = "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\' and name not like 'sqlite%'";
const objects = ({ tmp }) => files(tmp).filter((path) => /(Proposal|Calendar|MailClock|Deleter)[^/]*\/.*\.sqlite$/.test(path) && !path.endsWith("metadata.sqlite"));

/// Waits until no mail and no task is on its way.
export const settled = (service) =>
  until("all mail and all tasks to be done", async () => {
    if ((await service.db.prepare("select count(*) as n from outbox where status = 'due'").first()).n) return false;
    const waits = (path, table) => query(path, `${USER_TABLES} and name = '${table}'`).length && query(path, `select 1 from ${table}`).length;
    return objects(service).every((path) => !waits(path, "outbox") && !waits(path, "tasks"));
  }, 60);

/// What a look writes beside its entry in the log: who has opened which version of a proposal, how long its log is, and when a
/// session was used.
const OF_LOOKS = new Set(["head", "entries", "opened", "seen", "used_at"]);
function without(value) {
  if (Array.isArray(value)) return value.map(without);
  if (value === "opened") return "invited";
  if (typeof value === "string" && /^[[{]/.test(value)) {
    try {
      return without(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !OF_LOOKS.has(key)).map(([key, one]) => [key, without(one)]));
}

/// What follows from the rest and is kept to save working it out: a look at the same schedules in another number replaces it.
const DERIVED = "suggestions";

/// All rows of the directory, and of all objects; entries of logs apart.
export async function stored(service) {
  const { results } = await service.db.prepare(`${USER_TABLES} and name <> '${DERIVED}'`).all();
  const rows = await service.db.batch(results.map(({ name }) => service.db.prepare(`select * from ${name}`)));
  const all = Object.fromEntries(results.map(({ name }, n) => [`directory: ${name}`, rows[n].results.map(without)]));
  for (const path of objects(service)) {
    for (const { name } of query(path, USER_TABLES)) {
      const some = query(path, `select * from ${name}`).map((row) => ({ ...row }));
      all[`${path.split("/").slice(-2).join("/")}: ${name}`] = name === "ledger" ? some.map(({ entry }) => JSON.parse(entry)) : some.map(without);
    }
  }
  return all;
}

/// What has changed, in words. An entry of a log that says that somebody looked does not count.
export function changes(before, after) {
  const wrong = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name] ?? [], after[name] ?? []];
    if (name.endsWith(": ledger")) {
      if (!isDeepStrictEqual(now.slice(0, old.length), old)) wrong.push(`${name}: its first entries have changed`);
      for (const entry of now.slice(old.length)) if (act(entry) !== "view") wrong.push(`${name}: ${JSON.stringify(entry).slice(0, 300)}`);
    } else if (!isDeepStrictEqual(now, old)) {
      wrong.push(`${name}: ${differences(old, now).slice(0, 5).join("; ")}`);
    }
  }
  return wrong;
}

/// Where two values differ: the path, and what stands there.
function differences(old, now, path = "") {
  if (isDeepStrictEqual(old, now)) return [];
  const deep = (value) => value && typeof value === "object";
  if (!deep(old) || !deep(now)) return [`${path}: ${JSON.stringify(old)}, then ${JSON.stringify(now)}`.slice(0, 200)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) => differences(old[key], now[key], `${path}/${key}`));
}

/// What an entry is about, wherever it stands in it.
const act = (entry) => entry.act ?? entry.data?.act ?? entry.occurrence;
