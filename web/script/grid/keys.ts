// The keys of a grid. Letters, Ctrl+A and Ctrl+F stay the browser's.
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
  if (ctrl && /^[zy]$/i.test(key)) {
    if (key.toLowerCase() === "z" && !shift) board.askUndo();
    else board.askRedo();
    return true;
  }
  if (event.metaKey) return false;
  const to = goal(board, key, ctrl);
  if (to) board.go(to, { extend: shift });
  else if (key === " ") space(board, shift, ctrl);
  else if (key === "Escape") return escape(board, cancel);
  else if (ctrl) return false;
  else if (/^\d$/.test(key) && Number(key) <= board.model.best) digit(board, Number(key));
  else if (key === "?") board.help();
  else return false;
  return true;
}

/** Where a key leads to. */
function goal({ model, view, at }: Board, key: string, ctrl: boolean): Place | undefined {
  const { columns, rows, major } = model.shape;
  const [right, bottom] = [columns.length - 1, rows.length - 1];
  const { column, row } = at;
  const side = getComputedStyle(view.table).direction === "rtl" ? -1 : 1;
  const within = (place: Place): Place => ({ column: Math.min(right, Math.max(0, place.column)), row: Math.min(bottom, Math.max(0, place.row)) });
  // The next row that begins an hour, or the end of the column.
  const block = (step: number): number => {
    let found = row + step;
    while (found > 0 && found < bottom && !major?.(found)) found += step;
    return found;
  };
  if (key === "Home") return { column: 0, row: ctrl ? 0 : row };
  if (key === "End") return { column: right, row: ctrl ? bottom : row };
  if (ctrl) return undefined;
  if (key === "ArrowUp") return within({ column, row: row - 1 });
  if (key === "ArrowDown") return within({ column, row: row + 1 });
  if (key === "ArrowLeft") return within({ column: column - side, row });
  if (key === "ArrowRight") return within({ column: column + side, row });
  if (key === "PageUp") return within({ column, row: block(-1) });
  if (key === "PageDown") return within({ column, row: block(1) });
  return undefined;
}

/** Toggles the cell or the range, a whole row, or a whole column. */
function space(board: Board, row: boolean, column: boolean): void {
  const { at, range } = board;
  const { columns, rows } = board.model.shape;
  let area: Area = range ?? { from: at, to: at };
  if (row) area = { from: { column: 0, row: at.row }, to: { column: columns.length - 1, row: at.row } };
  else if (column) area = { from: { column: at.column, row: 0 }, to: { column: at.column, row: rows.length - 1 } };
  // As with a pointer, the cell where the range begins decides; a closed one leaves it to the first that can be changed.
  const start = row || column ? at : area.from;
  const first = [start, ...board.model.places(area)].find((place) => board.model.open(place));
  const level = board.stroke(first ?? start);
  if (level !== undefined) board.paint(area, level);
}

function digit(board: Board, level: number): void {
  board.brush = level;
  const area = board.range ?? { from: board.at, to: board.at };
  if (board.model.places(area).some((place) => board.model.open(place))) board.paint(area, level);
  else board.stroke(board.at);
}

/** Escape ends what the pointer does, or drops the range; otherwise it is not the grid's. */
function escape(board: Board, cancel: () => boolean): boolean {
  if (cancel()) return true;
  if (!board.range) return false;
  board.select();
  return true;
}
