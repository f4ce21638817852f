// The budget of the Worker's size (design, "Speed").
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

test("the Worker is under 1.25 MiB gzipped", () => {
  const wasm = readFileSync(new URL("../../build/index_bg.wasm", import.meta.url));
  const size = gzipSync(wasm, { level: 9 }).length;
  console.log(`wasm: ${wasm.length} bytes raw, ${size} bytes gzipped`);
  assert.ok(size < 1.25 * 1024 * 1024, `${size} bytes`);
});
