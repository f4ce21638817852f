// Sockets at `/{id}/live/`, as clients of every kind open them.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { ORIGIN, until } from "./harness.mjs";

/// Opens a socket with any headers; gives it, or the answer that refuses it. `et` is a link's token, `origin: null` names none.
/// With `plain` it is not asked for as a socket.
export function connect(service, path, { et, headers = {}, origin = ORIGIN, plain = false, method = "GET" } = {}) {
  const url = new URL(path, service.url);
  if (et !== undefined) url.searchParams.set("et", et);
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": randomBytes(16).toString("base64") };
  const sent = { ...(!plain && upgrade), ...(origin && { Origin: origin }), ...headers };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: sent, timeout: 20_000 });
    asked.on("upgrade", (answer, stream, head) => resolve({ status: answer.statusCode, ...reading(stream, head) }));
    asked.on("response", async (answer) => resolve({ status: answer.statusCode, headers: answer.headers, text: (await answer.toArray()).join("") }));
    asked.on("error", reject).on("timeout", () => asked.destroy(new Error("no answer")));
    asked.end();
  });
}

/// Reads a socket's frames (RFC 6455, section 5.2): texts, and the code it is closed with.
function reading(stream, head) {
  let bytes = head;
  const socket = {
    /// All texts that came.
    texts: [],
    /// The code that it was closed with; 1006 where the connection ended without one.
    code: undefined,
    send: (text) => stream.write(frame(1, Buffer.from(text))),
    close: () => stream.write(frame(8, Buffer.from([3, 232]))),
    /// Cuts the connection.
    cut: () => stream.destroy(),
    /// Waits until this text came; gives all of them.
    hears: (text) => until(`the text ${text}`, () => socket.texts.includes(text) && socket.texts),
    /// Waits until it is closed; gives the code.
    ends: () => until("the socket to be closed", () => socket.code),
  };
  const take = () => {
    while (bytes.length >= 2) {
      const short = bytes[1] & 127;
      const [at, length] = short < 126 ? [2, short] : [4, bytes.length < 4 ? Infinity : bytes.readUInt16BE(2)];
      if (bytes.length < at + length) return;
      const body = bytes.subarray(at, at + length);
      const code = bytes[0] & 15;
      if (code === 1) socket.texts.push(body.toString());
      if (code === 8) socket.code = length >= 2 ? body.readUInt16BE(0) : 1005;
      bytes = bytes.subarray(at + length);
    }
  };
  stream.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    take();
  });
  stream.on("error", () => {});
  stream.on("close", () => (socket.code ??= 1006));
  take();
  return socket;
}

/// A frame as clients send it: masked, here by zeros.
const frame = (code, body) => Buffer.concat([Buffer.from([128 | code, 128 | body.length, 0, 0, 0, 0]), body]);
