// How the script takes hold of a page: elements name in `data-enhance` what they can gain, and each gains it by itself, so that
// one that fails leaves the others, and its own form, as they work without script.

/** Makes an element better. What it does beyond the element ends with `life`, which ends when the element leaves the page. An
 * enhancement that has to wait, as for its code, gives a promise of having begun. */
export type Enhancement = (element: HTMLElement, life: AbortSignal) => void | Promise<void>;

const known = new Map<string, Enhancement>();
let life = new AbortController();

/** Names an enhancement. */
export function define(name: string, enhancement: Enhancement): void {
  known.set(name, enhancement);
}

/** An enhancement whose code comes when its element is there. What is typed or pressed meanwhile is the form's own. */
export const lazily = (load: () => Promise<Enhancement>): Enhancement => async (element, life) => {
  const enhance = await load();
  if (!life.aborted) return enhance(element, life);
};

/** Begins the enhancements that an element and what is in it name. An element whose enhancement has begun says so by `data-ready`:
 * then the style sheet shows what needs script, and nobody presses a button before somebody listens to it. */
export function begin(root: HTMLElement): void {
  const named = [root, ...root.querySelectorAll<HTMLElement>("[data-enhance]")];
  for (const element of named) {
    for (const name of element.dataset.enhance?.split(" ") ?? []) {
      try {
        const coming = known.get(name)?.(element, life.signal);
        if (coming) coming.then(() => (element.dataset.ready = ""), console.error);
        else element.dataset.ready = "";
      } catch (fault) {
        console.error(fault);
      }
    }
  }
}

/** Puts the content of another page of ours in the place of this one's, as following a link would, and begins anew. */
export function show(page: Document, url: string): void {
  const [here, there] = [document.querySelector("main"), page.querySelector("main")];
  if (!here || !there) return location.assign(url);
  life.abort();
  life = new AbortController();
  const main = document.importNode(there, true);
  here.replaceWith(main);
  document.title = page.title;
  if (url !== location.href) history.replaceState(null, "", url);
  begin(main);
  // Whoever listens hears first what became of it.
  const said = main.querySelector<HTMLElement>("[role=alert], .notice") ?? main.querySelector("h1");
  said?.setAttribute("tabindex", "-1");
  said?.focus();
}

/** A page of ours, read from the text that a request gave. */
export function parse(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

/** Makes an element. A property that is no string is set as it is, such as a listener; one that is missing is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> & { [name: `data-${string}` | `aria-${string}`]: string } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

/** Whether keys ask to take a step back or to do it again: Ctrl+Z; Ctrl+Y or Ctrl+Shift+Z. A Mac has Command for Ctrl. */
export function historyKey({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): "undo" | "redo" | undefined {
  const letter = key.toLowerCase();
  if (altKey || !(ctrlKey || metaKey) || !["y", "z"].includes(letter)) return undefined;
  return letter === "y" || shiftKey ? "redo" : "undo";
}

/** Says in a place what became of something; bad news is an alert. */
export function inform(place: HTMLElement | null, text: string, bad = false): void {
  place?.setAttribute("role", bad ? "alert" : "status");
  place?.classList.toggle("bad", bad);
  place?.replaceChildren(text);
}
