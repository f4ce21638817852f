// The budget of the Worker's size at this stage.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

test("the Worker is under 400 KiB gzipped", () => {
  const wasm = readFileSync(new URL("../build/index_bg.wasm", import.meta.url));
  const size = gzipSync(wasm, { level: 9 }).length;
  console.log(`wasm: ${wasm.length} bytes raw, ${size} bytes gzipped`);
  assert.ok(size < 400 * 1024, `${size} bytes`);
});
