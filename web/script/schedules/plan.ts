// The schedule that is made by hand: what does not fit is said as one changes. The server judges it, by the form that its button sends;
// this puts the parts of its answer in place.
import { parse, type Enhancement } from "../page.ts";
import texts from "../../../texts/en/script-schedules.ftl";
import { learn, say } from "../texts.ts";

learn(texts);

/** After so many milliseconds without a change the server is asked. */
const PAUSE = 250;

export const plan: Enhancement = (element, life) => {
  const form = element as HTMLFormElement;
  let request = new AbortController();
  let timer: number | undefined;

  /** Puts the content of a part of the answer in place, unless it says the same: what is announced is announced once. */
  const put = (id: string, from: Document | undefined, otherwise = ""): void => {
    const place = document.getElementById(id);
    const found = from?.getElementById(id);
    if (!place || (from && !found) || place.innerHTML === found?.innerHTML) return;
    place.replaceChildren(...(found ? [...found.childNodes].map((node) => document.importNode(node, true)) : [otherwise]));
  };

  const ask = async (): Promise<void> => {
    request = new AbortController();
    const { signal } = request;
    const fields = [...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)]);
    const body = new URLSearchParams([...fields, ["do", "check"]]);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal });
      const page = parse(await answer.text());
      if (!page.getElementById("plan-said")) throw new Error(`The answer (${answer.status}) says nothing of the plan.`);
      for (const { id } of form.querySelectorAll("[data-faults]")) put(id, page);
      put("plan-said", page);
    } catch {
      if (!signal.aborted) put("plan-said", undefined, say("plan-failed"));
    }
  };

  form.addEventListener("change", ({ target }) => {
    // Whoever types a time of its own means it.
    const own = /^own-(\d+)-/.exec((target as Element).getAttribute("name") ?? "");
    const select = own && form.querySelector<HTMLSelectElement>(`[name="begin-${own[1]}"]`);
    if (select) select.value = "own";
    // Whoever chooses to type it needs its fields.
    const chosen = (target as HTMLSelectElement).value === "own" ? (target as Element).closest(".choose")?.querySelector("details") : undefined;
    if (chosen) chosen.open = true;
    clearTimeout(timer);
    request.abort();
    timer = setTimeout(ask, PAUSE);
  }, { signal: life });
  life.addEventListener("abort", () => {
    clearTimeout(timer);
    request.abort();
  });
};
