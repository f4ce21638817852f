// Reads a calendar that is elsewhere, as its bytes come. Where a redirect leads is for the domain to judge, so none is followed here.
import { within } from "./platform.js";

const HEADERS = { Accept: "text/calendar, text/plain;q=0.5, */*;q=0.1", "User-Agent": "Whittle (calendar subscription)" };

async function read(url, etag, most, signal) {
  const headers = etag ? { ...HEADERS, "If-None-Match": etag } : HEADERS;
  const response = await fetch(url, { headers, redirect: "manual", signal });
  const told = [response.status, response.headers.get("ETag"), response.headers.get("Location")];
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    return told;
  }
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > most) return told;
    text += decoder.decode(chunk, { stream: true });
  }
  return [...told, text + decoder.decode()];
}

/// The status, the ETag, where a redirect leads, and the text; no text where it has more than `most` bytes. An error says `timeout` or
/// `late` where it took too long.
export function readFeed(url, etag, most, milliseconds) {
  const ends = new AbortController();
  const reading = read(url, etag, most, ends.signal);
  return within(reading, milliseconds).catch((error) => {
    ends.abort();
    throw error;
  });
}
