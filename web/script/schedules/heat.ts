// Who can when: people are counted or left out by their chips, and a cell says who can, and who cannot.
import type { Enhancement } from "../page.ts";
import texts from "../../../texts/en/script-schedules.ftl";
import { learn, say } from "../texts.ts";

learn(texts);

/** Who can at a time, by number, with the preference. */
const canAt = (cell: HTMLElement) => new Map((cell.dataset["who"] ?? "").split(" ").filter(Boolean).map((one) => one.split(":") as [string, string]));

export const heat: Enhancement = (element, life) => {
  const boxes = [...element.querySelectorAll<HTMLInputElement>(".chip input")];
  const cells = [...element.querySelectorAll<HTMLTableCellElement>("td[data-when]")];
  const said = element.querySelector(".heat-said")!;
  const nameOf = (box: HTMLInputElement) => box.closest("label")!.textContent.trim();
  const counted = () => boxes.filter(({ checked }) => checked);

  function draw(): void {
    const people = counted();
    for (const cell of cells) {
      const can = canAt(cell);
      const count = people.filter(({ value }) => can.has(value)).length;
      cell.textContent = String(count);
      cell.className = `heat-${Math.ceil((count * 5) / (people.length || 1))}`;
      cell.classList.toggle("everybody", people.length > 0 && count === people.length);
    }
  }

  function tell(cell: HTMLTableCellElement): void {
    const can = canAt(cell);
    const people = counted();
    const [those, others] = [people.filter(({ value }) => can.has(value)), people.filter(({ value }) => !can.has(value))];
    const parts = [say("heat-at", { when: cell.dataset["when"] ?? "", count: those.length, of: people.length })];
    if (those.length) parts.push(say("heat-can", { names: those.map((box) => say("heat-person", { name: nameOf(box), level: can.get(box.value) ?? "" })).join(", ") }));
    if (others.length) parts.push(say("heat-cannot", { names: others.map(nameOf).join(", ") }));
    said.textContent = parts.join(" ");
    for (const other of cells) other.toggleAttribute("data-told", other === cell);
  }

  /** One cell is a tab stop; arrows lead from it to its neighbours. */
  function go(cell: HTMLTableCellElement | undefined): void {
    if (!cell) return;
    for (const other of cells) other.tabIndex = other === cell ? 0 : -1;
    cell.focus();
  }
  const at = (cell: HTMLTableCellElement, down: number, right: number): HTMLTableCellElement | undefined => {
    const row = cell.closest("tr")!;
    const rows = [...row.parentElement!.children];
    for (let [y, x] = [rows.indexOf(row) + down, cell.cellIndex + right]; ; y += down, x += right) {
      const next = (rows[y] as HTMLTableRowElement | undefined)?.cells[x];
      if (!next || x < 1) return undefined;
      if (next.dataset["when"]) return next;
    }
  };
  const KEYS: { [key: string]: [number, number] } = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  if (cells[0]) cells[0].tabIndex = 0;
  for (const name of ["pointerover", "focusin", "click"]) {
    element.addEventListener(name, ({ target }) => {
      const cell = (target as Element).closest<HTMLTableCellElement>("td[data-when]");
      if (cell) tell(cell);
    }, { signal: life });
  }
  element.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td[data-when]");
    if (!way || !cell || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(at(cell, ...way));
  }, { signal: life });
  element.addEventListener("change", draw, { signal: life });
};
