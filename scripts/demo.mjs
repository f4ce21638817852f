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
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

/// A time of next week, such as `Tuesday 08:00` (UTC), as the API takes it.
function slot(time, minutes) {
  const [day, clock] = time.split(" ");
  const now = new Date();
  const monday = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 7 - ((now.getUTCDay() + 6) % 7));
  const date = new Date(monday + DAYS.indexOf(day) * 86_400_000).toISOString().slice(0, 10);
  return { begin: `${date}T${clock}:00Z`, duration: `00:${minutes}:00` };
}

async function ask(method, path, body, headers = {}) {
  const options = { method, headers: { "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body) };
  const response = await fetch(`${origin}${path}`, { ...options, signal: AbortSignal.timeout(20_000) });
  return { status: response.status, text: await response.text() };
}
function stop(what, { status, text }) {
  console.error(`whittle: ${what}: ${status} ${text}`);
  process.exit(1);
}

/// The link of the last mail to an address about a proposal.
async function link(id, address) {
  for (let tries = 0; tries < 100; tries++) {
    const mails = JSON.parse((await ask("GET", "/outbox/?format=json")).text);
    const mail = mails.find(({ to, text }) => to.includes(address) && text.includes(`/${id}/?et=`));
    if (mail) return new RegExp(`\\S+/${id}/\\?et=\\S+`).exec(mail.text)[0];
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${address}`);
}

/// Invites everybody else, and answers as one of them.
async function invite({ id, proposal, answer, minutes, next_week }, headers) {
  const slots = next_week.map((time) => slot(time, minutes));
  const parties = proposal.parties.map(({ email }) => email).filter((email) => !email.endsWith("@localhost"));
  const sent = await ask("POST", `/${id}/notify/`, { parties, slots }, headers);
  if (sent.status !== 202) stop(`mails of the demo proposal ${id}`, sent);
  const et = new URL(await link(id, answer.as)).searchParams.get("et");
  const kept = next_week.filter((time) => !answer.cuts.includes(time)).map((time) => slot(time, minutes));
  const answered = await ask("PATCH", `/${id}/`, { slots: kept }, { Authorization: `Link ${et}` });
  if (answered.status !== 202) stop(`answer to the demo proposal ${id}`, answered);
}

for (const one of demo) {
  const { id, as, proposal, next_week, minutes } = one;
  const headers = { Authorization: `Basic ${btoa(`${as}:p`)}` };
  const slots = next_week?.map((time) => slot(time, minutes)) ?? proposal.slots;
  const made = await ask("POST", "/", { ...proposal, slots }, { ...headers, "Whittle-Dev": `id=${id}` });
  // 409 means that an earlier run made the proposal.
  if (made.status !== 201 && made.status !== 409) stop(`demo proposal ${id}`, made);
  if (made.status === 201 && one.answer) await invite(one, headers);
}
const asked = demo.find(({ answer }) => answer);
const { email } = asked.proposal.parties.find(({ email }) => !email.endsWith("@localhost") && email !== asked.answer.as);
// Whoever has a link can answer with it: it is shown to a person, and not written into a log.
const mailed = process.stdout.isTTY ? await link(asked.id, email).catch(() => undefined) : undefined;
console.log(`
whittle is ready. Begin here:
  ${origin}/                                  what it is, and a proposal to try
  ${mailed ? `${mailed}\n                                              a mailed link: answer as ${email}` : `${origin}/outbox/                           a mailed link to answer, in the mail to ${email}`}
  ${origin}/api-auth/login/                   sign in as zo, or as ob, who is staff; the password of each is p
  ${origin}/outbox/                           every mail that this server has sent
`);
