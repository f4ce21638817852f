// What a series of times makes, as one types. The server works it out, for it alone knows the rules: this asks it by the form that its
// button sends, and puts the part of its answer in place. The server keeps nothing of it.
import { define, parse } from "../page.ts";
import { say } from "../texts.ts";

/** After so many milliseconds without typing the server is asked. */
const PAUSE = 400;
/** The parts of the answer that are shown. */
const PARTS = ["series-said", "series-days"];

define("series", (element, life) => {
  const form = element.closest("form");
  if (!form) return;
  /** The fields that were typed into or that have faults: what nobody has come to yet is no fault. */
  const touched = new Set([...element.querySelectorAll<HTMLElement>("[data-faults]:not(:empty)")].map(({ dataset }) => dataset["faults"]));
  let answer: Document | undefined;
  let request = new AbortController();
  let timer: number | undefined;

  const fail = () => {
    put(document.getElementById("series-said"), say("series-failed"));
    put(document.getElementById("series-days"), "");
  };
  /** Shows the faults, but none beside the field that has the focus: it is not finished. */
  const judge = (focused: EventTarget | null) => {
    for (const place of element.querySelectorAll<HTMLElement>("[data-faults]")) {
      const name = place.dataset["faults"] ?? "";
      const found = answer?.querySelector(`[data-faults="${name}"]`);
      const typing = (focused as HTMLInputElement | null)?.name === name;
      if (!found || !touched.has(name) || (typing && found.childNodes.length)) continue;
      put(place, found.innerHTML && [...found.childNodes]);
      const control = element.querySelector(`input#${name}`);
      for (const attribute of ["aria-invalid", "aria-describedby"]) {
        const value = answer?.getElementById(name)?.getAttribute(attribute);
        if (value) control?.setAttribute(attribute, value);
        else control?.removeAttribute(attribute);
      }
    }
  };
  const ask = async () => {
    request = new AbortController();
    const { signal } = request;
    const fields = [...new FormData(form)].filter((field): field is [string, string] => /^(series-|zone$|csrf)/.test(field[0]));
    try {
      const body = new URLSearchParams([...fields, ["do", "series"]]);
      const reply = await fetch(form.getAttribute("action") ?? "", { method: "POST", body, headers: { Accept: "text/html" }, signal });
      answer = parse(await reply.text());
      for (const part of PARTS) {
        const found = answer.getElementById(part);
        // Whoever is signed out meanwhile, or asks too often, gets another page.
        if (!found) throw new Error(`The answer (${reply.status}) has no ${part}.`);
        put(document.getElementById(part), [...found.childNodes]);
      }
      judge(document.activeElement);
    } catch {
      if (!signal.aborted) fail();
    }
  };
  form.addEventListener("input", ({ target }) => {
    // The form itself sends this event, too, and its `name` is a field of that name.
    const name = (target as Element).getAttribute("name") ?? "";
    if (!(name.startsWith("series-") || (name === "zone" && touched.size))) return;
    touched.add(name);
    clearTimeout(timer);
    request.abort();
    timer = setTimeout(ask, PAUSE);
  }, { signal: life });
  element.addEventListener("focusout", ({ relatedTarget }) => judge(relatedTarget), { signal: life });
  life.addEventListener("abort", () => {
    clearTimeout(timer);
    request.abort();
  });
});

/** Puts something in a place, unless it is there: what is announced is announced once. */
function put(place: HTMLElement | null, what: Node[] | string): void {
  const filled = document.createElement("div");
  filled.append(...(typeof what === "string" ? [what] : what.map((node) => document.importNode(node, true))));
  if (place && place.innerHTML !== filled.innerHTML) place.replaceChildren(...filled.childNodes);
}
