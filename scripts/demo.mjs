// Loads the demo proposals into a development server and prints the URLs. Usage: `node demo.mjs ORIGIN`.
import { readFileSync } from "node:fs";

const origin = process.argv[2];
const deadline = Date.now() + 120_000;
const healthy = async () => {
  try {
    return (await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
};
const parent = process.ppid;
while (!(await healthy())) {
  // The parent process, the server, has ended.
  if (process.ppid !== parent) process.exit(1);
  if (Date.now() > deadline) {
    console.error(`whittle: ${origin}/healthz does not answer 200`);
    process.exit(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const demo = JSON.parse(readFileSync(new URL("../demo/proposals.json", import.meta.url), "utf8"));
for (const { id, as, proposal } of demo) {
  const response = await fetch(`${origin}/`, {
    method: "POST",
    headers: {
      Authorization: `Basic ${btoa(`${as}:p`)}`,
      "Content-Type": "application/json",
      "Whittle-Dev": `id=${id}`,
    },
    body: JSON.stringify(proposal),
  });
  // 409 means that an earlier run made the proposal.
  if (response.status !== 201 && response.status !== 409) {
    console.error(`whittle: demo proposal ${id}: ${response.status} ${await response.text()}`);
    process.exit(1);
  }
}
console.log(`
whittle is ready: ${origin}/
  accounts    ob (staff), zo; ub is inactive; the password of each is p
  proposals   ${demo.map(({ id }) => `${origin}/${id}/`).join("  ")}
  mail        ${origin}/outbox/
`);
