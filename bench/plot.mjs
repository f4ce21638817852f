// Draws panels of lines beside each other, both axes logarithmic, as SVG.
const [WIDTH, HEIGHT, LEFT, TOP] = [330, 260, 56, 34];
const COLOURS = ["#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad"];
const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
const short = (number) => (number >= 1e6 ? `${number / 1e6}M` : number >= 1e3 ? `${number / 1e3}k` : String(Number(number.toPrecision(2))));

/// The powers of ten around some numbers.
function decades(numbers) {
  const [least, most] = [Math.floor(Math.log10(Math.min(...numbers))), Math.ceil(Math.log10(Math.max(...numbers)))];
  return Array.from({ length: Math.max(most, least + 1) - least + 1 }, (_, n) => 10 ** (least + n));
}

function panel({ title, x, rows }, left) {
  const [columns, lines] = [decades(rows.map(({ size }) => size)), decades(rows.map(({ median }) => median))];
  const scale = (ticks, from, to) => (value) => from + ((to - from) * Math.log10(value / ticks[0])) / Math.log10(ticks.at(-1) / ticks[0]);
  const [px, py] = [scale(columns, left + LEFT, left + WIDTH - 12), scale(lines, TOP + HEIGHT, TOP)];
  const names = [...new Set(rows.map(({ name }) => name))];
  const parts = [`<text x="${left + LEFT}" y="18" font-weight="bold">${escaped(title)}</text>`];
  for (const tick of columns) {
    parts.push(`<line x1="${px(tick)}" y1="${TOP}" x2="${px(tick)}" y2="${TOP + HEIGHT}" stroke="#ddd"/>`, `<text x="${px(tick)}" y="${TOP + HEIGHT + 16}" text-anchor="middle">${short(tick)}</text>`);
  }
  for (const tick of lines) {
    parts.push(`<line x1="${px(columns[0])}" y1="${py(tick)}" x2="${px(columns.at(-1))}" y2="${py(tick)}" stroke="#ddd"/>`, `<text x="${left + LEFT - 6}" y="${py(tick) + 4}" text-anchor="end">${short(tick)} ms</text>`);
  }
  names.forEach((name, n) => {
    const points = rows.filter((row) => row.name === name).map(({ size, median }) => [px(size).toFixed(1), py(median).toFixed(1)]);
    const colour = COLOURS[n % COLOURS.length];
    parts.push(`<polyline points="${points.map((point) => point.join()).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [cx, cy] of points) parts.push(`<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
    parts.push(`<text x="${left + LEFT}" y="${TOP + HEIGHT + 54 + 16 * n}" fill="${colour}">${escaped(name)}</text>`);
  });
  parts.push(`<text x="${left + LEFT}" y="${TOP + HEIGHT + 34}" fill="#555">${escaped(x)}</text>`);
  return parts.join("\n");
}

/// Panels with `title`, `x` (the name of the axis) and `rows` of `name`, `size` and `median`.
export function plot(panels) {
  const [width, height] = [panels.length * (WIDTH + 16), TOP + HEIGHT + 126];
  const drawn = panels.map((one, n) => panel(one, n * (WIDTH + 16)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">\n<rect width="${width}" height="${height}" fill="white"/>\n${drawn.join("\n")}\n</svg>\n`;
}
