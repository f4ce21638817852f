// Makes a picture of the browser small: a PNG of at most 256 colours (PNG 3rd edition, color type 3). Pages have few colours, and
// between them only the edges of letters.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/// The same picture with an index of colours.
export function indexed(png) {
  const { width, height, channels, bytes } = decode(png);
  // The finest rounding that leaves few enough colours; each is shown as the one of its kind that comes most often.
  for (let step = 1; ; step *= 2) {
    const kinds = new Map();
    for (let at = 0; at < bytes.length; at += channels) {
      const kind = [0, 1, 2].reduce((sum, n) => sum * 256 + Math.floor(bytes[at + n] / step), 0);
      const color = bytes.readUIntBE(at, 3);
      const counts = kinds.get(kind) ?? kinds.set(kind, new Map()).get(kind);
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    if (kinds.size > 256) continue;
    const places = new Map([...kinds.keys()].map((kind, place) => [kind, place]));
    const palette = [...kinds.values()].map((counts) => [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]);
    const rows = Buffer.alloc((width + 1) * height);
    for (let at = 0, n = 0; at < bytes.length; at += channels, n++) {
      const kind = [0, 1, 2].reduce((sum, m) => sum * 256 + Math.floor(bytes[at + m] / step), 0);
      rows[Math.floor(n / width) * (width + 1) + 1 + (n % width)] = places.get(kind);
    }
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 3, 0, 0, 0], 8);
    const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
    return Buffer.concat([SIGNATURE, chunk("IHDR", head), chunk("PLTE", colors), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
  }
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/// The bytes of a picture of eight bits a channel, without its filters.
function decode(png) {
  const data = [];
  let head;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") head = body;
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height, channels] = [head.readUInt32BE(0), head.readUInt32BE(4), { 2: 3, 6: 4 }[head[9]]];
  if (head[8] !== 8 || !channels || head[12]) throw new Error("a picture that is not read here");
  const raw = inflateSync(Buffer.concat(data));
  const line = width * channels;
  const bytes = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const left = x < channels ? 0 : bytes[y * line + x - channels];
      const up = y ? bytes[(y - 1) * line + x] : 0;
      const corner = y && x >= channels ? bytes[(y - 1) * line + x - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      bytes[y * line + x] = raw[y * (line + 1) + 1 + x] + guess;
    }
  }
  return { width, height, channels, bytes };
}

function paeth(left, up, corner) {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
