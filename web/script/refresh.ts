// Reads the page again and puts what has changed in the place of what it was, but never where somebody is at work: what is typed, ticked,
// focused or opened stays as it is.
import { begin, make, parse, show } from "./page.ts";
import { say } from "./texts.ts";
import { slotLong, slotOf } from "./time.ts";

/** What came of it: the page shows what the Worker has; another page stands in its place, or will once its reader wants it; or nobody
 * answered. */
export type Outcome = "current" | "other" | "failed";

/** How many times of one person are named; of more the number is told. */
const MOST_NAMED = 3;

/** The element of a page that is kept up to date. */
export const live = (page: ParentNode) => page.querySelector<HTMLElement>("[data-enhance=live]");

/** Whether a form is being sent: the page that answers it comes by itself. */
export const isSending = () => document.querySelector("form[aria-busy=true]") !== null;

/** The zone that was chosen on this page. */
let chosen: Record<string, string> = {};
let latest = new AbortController();

/** Has the Worker answer with this page for a query, and remember what the query chooses; shows what has changed. */
export async function refresh(query: Record<string, string> = {}): Promise<Outcome> {
  const here = live(document);
  const url = new URL(here?.dataset.page ?? location.pathname, location.href);
  chosen = { ...chosen, ...query };
  for (const [name, value] of Object.entries(chosen)) url.searchParams.set(name, value);
  url.searchParams.append("show", "live");
  latest.abort();
  latest = new AbortController();
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: latest.signal });
    const page = parse(await answer.text());
    if (answer.status >= 500 || answer.status === 429) return "failed";
    // Another page has come meanwhile, or is about to.
    if (!here?.isConnected || isSending()) return "current";
    const there = live(page);
    if (!there || there.dataset.kind !== here.dataset.kind) return other(here, there, page);
    if (Number(there.dataset.version) >= Number(here.dataset.version)) renewAll(here, there, page);
    return "current";
  } catch {
    return "failed";
  }
}

const part = (element: HTMLElement, name: string) => element.querySelector<HTMLElement>(`[data-part=${name}]`);

/** Another page is due here. It comes at once where nothing is lost by it, and else when its reader asks for it. */
function other(here: HTMLElement, there: HTMLElement | null, page: Document): Outcome {
  const turn = () => show(page, new URL(here.dataset.page ?? "", location.href).href);
  const lead = page.querySelector("main .lead") ?? page.querySelector("h1");
  const text = say("live-other", { what: lead?.textContent?.trim() ?? "" });
  const said = part(here, "said");
  if (!isUnsaved()) turn();
  else if (said?.textContent !== text) {
    const news = part(here, "news");
    news?.replaceChildren(make("p", {}, text), make("button", { type: "button", className: "quiet", onclick: turn }, say("live-show")));
    news?.removeAttribute("hidden");
    if (said) said.textContent = text;
  }
  if (there?.dataset.version) here.dataset.version = there.dataset.version;
  return there ? "current" : "other";
}

function renewAll(here: HTMLElement, there: HTMLElement, page: Document): void {
  const main = document.querySelector("main");
  if (!main) return;
  const news = renewTimes(main, page);
  renew(main, page);
  here.dataset.version = there.dataset.version ?? "";
  const said = part(here, "said");
  if (said && news.length > 0) said.textContent = news.join(" ");
  // Times that come and go are said for everybody to see: what has gone is not there any more to show it.
  const changes = main.querySelector("[data-changes]");
  if (changes && news.length > 0) changes.textContent = news.join(" ");
  document.dispatchEvent(new Event("whittle:refreshed"));
}

/** Puts the parts of a page, or of a part, in the place of those that say something else. */
function renew(here: Element, there: ParentNode): void {
  const within = here.closest("[data-live]");
  for (const old of here.querySelectorAll<HTMLElement>("[data-live]")) {
    if (old.parentElement?.closest("[data-live]") !== within) continue;
    const next = there.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!next || face(old) === face(next)) continue;
    if (isBusy(old)) renew(old, next);
    else {
      const made = document.importNode(next, true) as HTMLElement;
      old.replaceWith(made);
      begin(made);
    }
  }
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const controls = (element: Element) => [...element.querySelectorAll<Control>("input, textarea, select")];

/** What a part says, by its text and by what its fields held at first. */
const face = (element: Element) =>
  [element.className, element.textContent, ...controls(element).map((control) => ("defaultValue" in control ? `${control.name} ${control.defaultValue}` : ""))]
    .join(" ")
    .replace(/\s+/g, " ");

/** Whether a field holds something else than the Worker sent. The zone is no part of what a form says, nor is a file that is compared with it. */
function isEdited(control: Control): boolean {
  if (control.name === "zone" || ["file", "hidden"].includes(control.type)) return false;
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    return control.selectedIndex !== Math.max(0, options.findIndex((option) => option.defaultSelected));
  }
  const isTick = control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type);
  return isTick ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
}

/** Whether somebody is at work there. */
const isBusy = (element: Element) =>
  element.contains(document.activeElement) || element.querySelector("details[open]") !== null || controls(element).some(isEdited);

/** Whether something on the page would be lost with it. */
function isUnsaved(): boolean {
  const main = document.querySelector("main");
  return main !== null && (main.querySelector("form[data-unsaved]") !== null || controls(main).some(isEdited));
}

/** Brings the times up to date, wherever they stand by now; gives what there is to say of it. */
function renewTimes(main: Element, page: Document): string[] {
  const cuts = new Map<string, string[]>();
  const said: string[] = [];
  const came: string[] = [];
  const known = [...main.querySelectorAll<HTMLElement>("li[data-slot]")];
  const wanted = [...page.querySelectorAll<HTMLElement>("main li[data-slot]")];
  const bySlot = (items: HTMLElement[]) => new Map(items.map((item) => [item.dataset.slot ?? "", item]));
  const [old, next] = [bySlot(known), bySlot(wanted)];
  const zone = main.querySelector<HTMLElement>("[data-zone]")?.dataset.zone ?? "UTC";
  for (const [slot, item] of next) {
    const before = old.get(slot);
    const isCut = item.matches(".cut");
    if (!before) {
      const longer = known.find((one) => !next.has(one.dataset.slot ?? "") && isWithin(slot, one.dataset.slot ?? ""));
      if (!longer) {
        came.push(slot);
        item.classList.add("is-new");
        continue;
      }
      said.push(wordsOf(shorten(longer, item)));
    } else if (isCut && !before.matches(".cut")) {
      const { by } = item.dataset;
      replace(before, item, by !== undefined);
      if (by !== undefined) cuts.set(by, [...(cuts.get(by) ?? []), slotLong(slotOf(slot), zone)]);
    } else {
      // What is around the words, such as the box, stays.
      const [words, other] = [before, item].map((one) => one.querySelector("span"));
      if (words && other && face(words) !== face(other)) words.replaceWith(document.importNode(other, true));
      const [answered, as] = [before, item].map((one) => one.querySelector(".before")?.lastChild);
      if (answered && as) answered.textContent = as.textContent;
    }
  }
  const gone = [...old].filter(([slot]) => !next.has(slot)).map(([slot, item]) => (item.remove(), slot));
  arrange(main, page);
  const named = (slots: string[]) => ({ count: slots.length, time: slots[0] ? slotLong(slotOf(slots[0]), zone) : "" });
  if (main.querySelector("[data-changes]") && came.length > 0) said.push(say("live-came", named(came)));
  if (main.querySelector("[data-changes]") && gone.length > 0) said.push(say("live-gone", named(gone)));
  for (const [name, times] of cuts) {
    if (times.length > MOST_NAMED) said.push(say("live-cut-many", { name, count: times.length }));
    else for (const time of times) said.push(say("live-cut", { name, time }));
  }
  return said;
}

/** Puts the times under the days that the Worker puts them under: a browser can know other rules of a time zone. */
function arrange(main: Element, page: Document): void {
  const day = (item: Element) => `${item.closest(".day")?.firstElementChild?.textContent} ${item.getAttribute("data-slot")}`;
  const order = (root: ParentNode) => [...root.querySelectorAll("[data-days] [data-slot]")].map(day).join();
  const [here, there] = [main.querySelector("[data-days]"), page.querySelector("main [data-days]")];
  if (!here || !there || order(main) === order(page)) return;
  const focused = document.activeElement;
  const days = document.importNode(there, true);
  for (const item of days.querySelectorAll("[data-slot]")) {
    const own = here.querySelector(`[data-slot="${item.getAttribute("data-slot")}"]`);
    if (own) item.replaceWith(own);
  }
  here.replaceChildren(...days.children);
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

/** Puts a time in the place of what it was. Whoever was there with the focus stays there. */
function replace(old: HTMLElement, next: HTMLElement, isNews: boolean): HTMLElement {
  const had = old.contains(document.activeElement);
  const made = document.importNode(next, true);
  if (isNews) made.classList.add("just-cut");
  old.replaceWith(made);
  if (had) {
    const target = made.querySelector("input") ?? made;
    if (target === made) made.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  return made;
}

/** Puts a time that somebody made shorter in the place of the longer one, ticked as that was. */
function shorten(longer: HTMLElement, shorter: HTMLElement): HTMLElement {
  const tick = longer.querySelector<HTMLInputElement>("[name=keep]")?.checked;
  const made = replace(longer, shorter, true);
  const box = made.querySelector<HTMLInputElement>("[name=keep]");
  if (box && tick !== undefined) box.checked = tick;
  return made;
}

const wordsOf = (time: Element) => [...(time.querySelector("span")?.children ?? [])].map(({ textContent }) => textContent).join(", ");

function isWithin(short: string, long: string): boolean {
  const [inner, outer] = [slotOf(short), slotOf(long)];
  return outer.begin <= inner.begin && inner.end <= outer.end;
}
