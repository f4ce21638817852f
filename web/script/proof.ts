// The log's page: two buttons, for which the verifier is loaded when one is pressed (verdict.ts).
import { tools } from "./later.ts";
import { define } from "./page.ts";

define("proof", (section, life) => {
  const { say, tell } = tools;
  const part = <E extends HTMLElement>(name: string) => section.querySelector<E>(`[data-part=${name}]`);
  for (const [act, said] of [["check", "checked"], ["compare", "compared"]] as const) {
    part(act)?.addEventListener("click", async () => {
      tell(part(said), say("proof-reading"));
      try {
        const verdict = await import("./verdict.ts");
        const pasted = part<HTMLTextAreaElement>("mail")?.value ?? "";
        tell(part(said), ...(await verdict[act](section.dataset, tools, life, pasted)));
      } catch {
        if (!life.aborted) tell(part(said), say("proof-unread"), true);
      }
    });
  }
});
