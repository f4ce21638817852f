// A client that takes little of a core: HTTP/1.1 over bare sockets, one request after the other on each.
import { connect } from "node:net";

/// The bytes of a request.
export function request(method, path, { token, json, headers = {} } = {}) {
  const body = json ? JSON.stringify(json) : "";
  const head = [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1:8787", `Accept: ${headers.Accept ?? "*/*"}`, "User-Agent: bench"];
  for (const [name, value] of Object.entries(headers).filter(([name]) => name !== "Accept")) head.push(`${name}: ${value}`);
  if (token) head.push(`Authorization: Token ${token}`);
  if (json) head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/// Where the response in `bytes` ends, its head being all there; nothing if it does not end yet.
function end(bytes, head) {
  const text = bytes.latin1Slice(0, head);
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  if (length) return bytes.length >= head + 4 + Number(length[1]);
  if (/\r\ntransfer-encoding: chunked/i.test(text)) return bytes.subarray(-5).latin1Slice() === "0\r\n\r\n";
  return true;
}

/// One socket, for as long as `next` gives requests.
const client = (port, next, status, times) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let chunks = [];
    let begun;
    const send = () => {
      const bytes = next();
      if (!bytes) return socket.end(resolve());
      chunks = [];
      begun = performance.now();
      socket.write(bytes);
    };
    socket.on("connect", send).on("error", reject);
    socket.on("data", (data) => {
      chunks.push(data);
      const bytes = chunks.length === 1 ? data : Buffer.concat(chunks);
      const head = bytes.indexOf("\r\n\r\n");
      if (head < 0 || !end(bytes, head)) return;
      times.push(performance.now() - begun);
      if (bytes.latin1Slice(9, 12) !== String(status)) return reject(new Error(bytes.latin1Slice()));
      send();
    });
  });

/// Asks for some seconds over some connections; gives requests a second, and the milliseconds of the median and of the 99th
/// percentile.
export async function load(port, next, { status = 200, seconds, connections }) {
  const times = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => client(port, () => (performance.now() < until ? next() : undefined), status, times)));
  const took = (performance.now() - begun) / 1000;
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))];
  return { rate: times.length / took, median: at(0.5), p99: at(0.99), count: times.length };
}
