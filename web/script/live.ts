// Hears from the Worker that the page has changed, and has it read again. A socket tells the version, and nothing else.
import { define } from "./page.ts";
import { isSending, refresh } from "./refresh.ts";

/** How the Worker closes a socket: for whoever may not look any more, and when it is to be opened anew. */
const [REFUSED, RENEW] = [1008, 4000];
/** For how long versions are gathered, in milliseconds: an act can cause several, and its own page comes first. */
const GATHER = 120;
/** The pause after a failure, which doubles each time, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1_000, 60_000];
/** How often it is looked whether the other end is still there. */
const PING = 50_000;

define("live", (element, life) => {
  const url = new URL(element.dataset.socket ?? "", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let failures = 0;
  let heard = 0;
  let isChecking = false;
  let isOver = false;

  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const isBehind = () => !isOver && !life.aborted && heard > Number(element.dataset.version);
  /** Between half of it and all of it, so that many pages do not come at once. */
  const wait = () => Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * (1 - Math.random() / 2);

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    for (let tries = 0; isBehind(); tries++) {
      await pause(GATHER * 2 ** Math.min(tries, 8));
      if (!isBehind() || isSending()) continue;
      if ((await refresh()) === "other") stop();
    }
    isChecking = false;
  }

  function open(): void {
    clearTimeout(timer);
    if (socket || isOver || life.aborted || document.hidden) return;
    const own = new WebSocket(url);
    socket = own;
    let isOpen = false;
    let isSilent = false;
    const alive = setInterval(() => {
      if (isSilent) return fail();
      isSilent = true;
      if (own.readyState === own.OPEN) own.send("ping");
    }, PING);
    const fail = () => {
      clearInterval(alive);
      if (socket !== own) return;
      close();
      failures++;
      timer = window.setTimeout(async () => {
        // A socket that is refused looks like one that does not get through: the page tells.
        if (!isOpen && (await refresh()) === "other") return stop();
        open();
      }, wait());
    };
    // A socket that is not open yet cannot be closed without a complaint of the browser's.
    own.onopen = () => {
      if (socket !== own) own.close();
    };
    own.onmessage = ({ data }) => {
      [isOpen, isSilent, failures] = [true, false, 0];
      if (data === "pong") return;
      heard = Number(data);
      void check();
    };
    own.onclose = ({ code }) => {
      clearInterval(alive);
      if (socket !== own) return;
      if (code !== REFUSED && code !== RENEW) return fail();
      socket = undefined;
      if (code === RENEW) return open();
      stop();
      void refresh();
    };
  }

  function close(): void {
    clearTimeout(timer);
    const own = socket;
    socket = undefined;
    if (own?.readyState === own?.OPEN) own?.close();
  }

  function stop(): void {
    isOver = true;
    close();
  }

  /** Whoever is back wants to know at once. */
  const back = () => {
    failures = 0;
    open();
  };
  const options = { signal: life };
  document.addEventListener("visibilitychange", back, options);
  window.addEventListener("online", back, options);
  // A page that is kept to go back to must not hold a socket.
  window.addEventListener("pagehide", close, options);
  window.addEventListener("pageshow", back, options);
  life.addEventListener("abort", close);
  open();
});
