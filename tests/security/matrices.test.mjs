// Each route stands in one of the tables of who may do what: those of the description, which has them all
// (tests/platform/openapi.test.mjs), and those of the tables are the same.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../support/harness.mjs";
import { operations } from "../support/routes.mjs";

const FOLDER = join(ROOT, "tests/security");

test("every route has a row in a table, and each row is of a route", () => {
  const tables = readdirSync(FOLDER).filter((name) => name.endsWith("_matrix.test.mjs"));
  const rows = tables.flatMap((name) => {
    const found = readFileSync(join(FOLDER, name), "utf8").matchAll(/^([A-Z]+) +(\/\S*)(?: \(.+?\))? +(?:\d{3}|-) /gm);
    return [...new Set(Array.from(found, ([, method, path]) => `${method} ${path}`))];
  });
  assert.deepEqual(rows.sort(), operations().sort());
});
