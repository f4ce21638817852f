// The verifiers of logs that are no JavaScript: the domain's and that of examples/. Both read cases as lines `[export, [[at, gone, bytes], ...]]`
// and answer with a line for each change: `ok`, or the fault and its line.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

async function judge(command, args, cases) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return Buffer.concat(await child.stdout.toArray()).toString().trimEnd().split("\n");
}

/// What the domain says (`cargo build --example verify` has made it).
export const domain = (cases) => judge(join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/examples/verify"), [], cases);

/// What examples/verify.py says.
export const python = (cases) => judge("python3", [join(ROOT, "tests/support/verify_many.py")], cases);
