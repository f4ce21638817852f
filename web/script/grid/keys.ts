// The keys of a grid. Letters, Ctrl+A and Ctrl+F stay the browser's.
import { historyKey } from "../page.ts";
import type { Board } from "./board.ts";
import type { Area, Place } from "./model.ts";

/** Listens for the keys of a grid. `cancel` ends what a pointer is doing, and says whether it did anything. */
export function listenToKeys(board: Board, cancel: () => boolean): void {
  board.view.table.addEventListener("keydown", (event) => {
    if (board.view.place(event.target as Element) && acts(board, cancel, event)) event.preventDefault();
  });
}

/** Does what a key asks for. Returns whether it was one of the grid's. */
function acts(board: Board, cancel: () => boolean, event: KeyboardEvent): boolean {
  const { key, shiftKey: shift } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.altKey) return false;
  const step = historyKey(event);
  if (step) {
    board.ask(step);
    return true;
  }
  if (event.metaKey) return false;
  const to = goal(board, key, ctrl);
  if (to) {
    board.go(to, shift);
    board.view.cell(to)?.focus();
  } else if (key === " ") space(board, shift, ctrl);
  else if (key === "Escape") return escape(board, cancel);
  else if (ctrl) return false;
  else if (/^\d$/.test(key) && Number(key) <= board.model.best) digit(board, Number(key));
  else if (key === "?") board.around.help();
  else return false;
  return true;
}

/** Where a key leads to. */
function goal({ model, view, at }: Board, key: string, ctrl: boolean): Place | undefined {
  const { major } = model.shape;
  const { column: right, row: bottom } = model.area().to;
  const side = view.rtl ? -1 : 1;
  // How far it is to the next row that begins an hour, or to the end of the column.
  const block = (step: number): number => {
    let row = at.row + step;
    while (row > 0 && row < bottom && !major?.(row)) row += step;
    return row - at.row;
  };
  const ends: Record<string, [number, number]> = { Home: [-right, ctrl ? -bottom : 0], End: [right, ctrl ? bottom : 0] };
  const steps: typeof ends = {
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    ArrowLeft: [-side, 0],
    ArrowRight: [side, 0],
    PageUp: [0, block(-1)],
    PageDown: [0, block(1)],
  };
  const way = ends[key] ?? (ctrl ? undefined : steps[key]);
  if (!way) return undefined;
  const [columns, rows] = way;
  const within = (n: number, last: number) => Math.min(last, Math.max(0, n));
  return { column: within(at.column + columns, right), row: within(at.row + rows, bottom) };
}

/** Toggles the cell or the range, a whole row, or a whole column. */
function space(board: Board, row: boolean, column: boolean): void {
  const { at, model } = board;
  const area = row ? model.area({ row: at.row }) : column ? model.area({ column: at.column }) : chosen(board);
  // As with a pointer, the cell where the range begins decides; a closed one leaves it to the first that can be changed.
  const start = row || column ? at : area.from;
  const level = board.stroke([start, ...model.places(area)].find((place) => model.open(place)) ?? start);
  if (level !== undefined) board.set(board.model.all(level, area));
}

function digit(board: Board, level: number): void {
  board.brush = level;
  const area = chosen(board);
  if (board.model.places(area).some((place) => board.model.open(place))) board.set(board.model.all(level, area));
  else board.stroke(board.at);
  board.around.update();
}

const chosen = ({ at, range }: Board): Area => range ?? { from: at, to: at };

/** Escape ends what the pointer does, or drops the range; otherwise it is not the grid's. */
function escape(board: Board, cancel: () => boolean): boolean {
  if (cancel()) return true;
  if (!board.range) return false;
  board.select();
  return true;
}
