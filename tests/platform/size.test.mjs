// The budget of the Worker's size (design, "Speed").
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the Worker is under 1.25 MiB gzipped", () => {
  // By the program that the build prints the size of. Node's own gzip compresses faster and 0.7 % less.
  const wasm = fileURLToPath(new URL("../../build/index_bg.wasm", import.meta.url));
  const size = execFileSync("gzip", ["-9", "-c", wasm], { maxBuffer: 2 ** 24 }).length;
  console.log(`wasm: ${size} bytes gzipped`);
  assert.ok(size < 1.25 * 1024 * 1024, `${size} bytes`);
});
