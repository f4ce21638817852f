// The log's page: two buttons, for which the verifier is loaded when one is pressed (verdict.ts).
import { define, inform } from "./page.ts";
import { say } from "./texts.ts";

define("proof", (section, life) => {
  const part = <E extends HTMLElement>(name: string) => section.querySelector<E>(`[data-part=${name}]`);
  for (const [act, said] of [["check", "checked"], ["compare", "compared"]] as const) {
    part(act)?.addEventListener("click", async () => {
      inform(part(said), say("proof-reading"));
      try {
        const verdict = await import("./verdict.ts");
        const pasted = part<HTMLTextAreaElement>("mail")?.value ?? "";
        inform(part(said), ...(await verdict[act](section.dataset, life, pasted)));
      } catch {
        if (!life.aborted) inform(part(said), say("proof-unread"), true);
      }
    });
  }
});
