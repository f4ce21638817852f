// Times in another zone without asking the Worker: the times that the page shows are put under the days of that zone. What else says
// times follows when the Worker has answered, which remembers the choice.
import { define, make } from "./page.ts";
import { refresh } from "./refresh.ts";
import { say } from "./texts.ts";
import { clockRange, date, dayLong, knows, local, origin, slotLong, slotOf } from "./time.ts";

/** Puts the times of a list under the days of a zone. The elements of the times stay what they are, with what is ticked and focused. */
function regroup(list: HTMLElement, zone: string): void {
  const own = list.dataset.origin ?? "UTC";
  const focused = document.activeElement;
  const shell = list.firstElementChild;
  const times = [...list.querySelectorAll<HTMLElement>("[data-slot]")].map((item) => ({ item, slot: slotOf(item.dataset.slot ?? "") }));
  times.sort((a, b) => a.slot.begin - b.slot.begin || a.slot.end - b.slot.end);
  const days = new Map<string, Element>();
  for (const { item, slot } of times) {
    const begin = local(slot.begin, zone);
    const key = date(begin);
    let day = days.get(key);
    if (!day) {
      day = shell?.cloneNode(false) as Element;
      const [heading, items] = [shell?.firstElementChild?.cloneNode(false) as Element, shell?.querySelector(".times")?.cloneNode(false) as Element];
      heading.textContent = dayLong(begin);
      const bulk = shell?.querySelector(".bulk")?.cloneNode(true) as Element | undefined;
      // Each button of a day says the day, after what it sets.
      for (const button of bulk?.querySelectorAll("button") ?? []) button.value = button.value.replace(/\S+$/, key);
      day.append(heading, ...(bulk ? [bulk] : []), items);
      days.set(key, day);
    }
    const time = item.querySelector("time");
    if (time) time.textContent = clockRange(slot, zone);
    item.querySelector("[role=radiogroup]")?.setAttribute("aria-label", slotLong(slot, zone));
    item.querySelector(".origin")?.remove();
    const there = origin(slot, zone, own);
    if (there) item.querySelector("strong")?.after(make("small", { className: "origin" }, there));
    day.lastElementChild?.append(item);
  }
  list.replaceChildren(...days.values());
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

define("zone", (element) => {
  const list = document.querySelector<HTMLElement>("[data-days]");
  const select = element.querySelector<HTMLSelectElement>("select");
  const button = element.querySelector("button");
  const offer = document.querySelector<HTMLElement>("[data-zone-offer]");
  // Where there is no list, the form is what chooses.
  if (!select || (!list && !offer)) return;

  /** Shows the times in a zone; tells whether that is possible here. Clock times that were typed are read in the zone of the page, by the Worker. */
  function choose(zone: string): boolean {
    if (!list || !select || !knows(zone) || document.querySelector(".part")) return false;
    regroup(list, zone);
    element.dataset.zone = zone;
    select.value = zone;
    const [line, shown] = [element.querySelector("summary"), document.querySelector<HTMLInputElement>("input[name=shown_zone]")];
    if (line) line.textContent = say("zone-chosen", { zone });
    if (shown) shown.value = zone;
    offer?.replaceChildren();
    document.dispatchEvent(new Event("whittle:refreshed"));
    void refresh({ zone });
    return true;
  }

  /** Has the Worker show the page in a zone. */
  function send(zone: string): void {
    if (!select) return;
    select.value = zone;
    select.form?.requestSubmit();
  }

  button?.addEventListener("click", (event) => {
    if (choose(select.value)) event.preventDefault();
  });

  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = element.dataset.zone ?? "UTC";
  const isOther = [Date.now(), Date.now() + 182 * 86_400_000].some((at) => knows(shown) && local(at, here).offset !== local(at, shown).offset);
  // A browser that hides where it is says UTC.
  if (offer && isOther && here !== "UTC" && [...select.options].some((option) => option.value === here)) {
    offer.replaceChildren(make("button", { type: "button", className: "quiet", onclick: () => (list ? choose(here) : send(here)) }, say("zone-use", { zone: here })));
  }
});
