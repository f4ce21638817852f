// The Worker's entry: it hands what the platform calls to WebAssembly. The entry that worker-build makes does the same through a
// proxy for each call, which costs more than most of our handlers (docs/decisions/0010-own-entry.md).
import { DurableObject } from "cloudflare:workers";
import * as wasm from "../build/glue/index.js";
import { dump, restore } from "./stored.js";

const state = wasm.__worker_init_state();

// A panic leaves WebAssembly's memory as it was in the middle of something. The next call begins with a new instance.
addEventListener("error", ({ error }) => {
  if (error instanceof WebAssembly.RuntimeError) state.criticalError = true;
});

function enter(call) {
  if (state.criticalError) {
    wasm.__wbg_reset_state();
    state.criticalError = false;
    state.instanceId++;
  }
  try {
    return call();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) state.criticalError = true;
    throw error;
  }
}

export default {
  fetch: (request, env) => enter(() => wasm.fetch(request, env)),
  // Nothing happens by itself while the deployment is read-only.
  scheduled: (_, env) => (env.READ_ONLY ? undefined : enter(() => wasm.scheduled(env))),
};

/// Closes a socket; one that is closed already cannot be, and needs not.
function end(socket, code) {
  try {
    socket.close(code);
  } catch {}
}

/// How soon an object whose alarm has to wait looks again whether it has to.
const PAUSE = 60_000;

/// The class of a kind of object; `hasTasks` where a read-only deployment lets it complete what it has begun. What Rust keeps of an
/// object is lost with the instance that it is in.
const object = (name, hasTasks = false) =>
  class extends DurableObject {
    #made;
    #instance;

    #entered(call) {
      return enter(() => {
        if (this.#instance !== state.instanceId) {
          this.#made = new wasm.HostedObject(name, this.ctx, this.env);
          this.#instance = state.instanceId;
        }
        return call(this.#made);
      });
    }

    answer(message) {
      return this.#entered((made) => made.answer(message));
    }

    // A response with a socket cannot be the answer of a method. The message stands in a header, for a request for a socket has no body.
    async fetch(request) {
      const opened = await this.#entered((made) => made.open(decodeURIComponent(request.headers.get("Message"))));
      return typeof opened === "string" ? new Response(opened) : opened;
    }

    // Clients have nothing to say but `ping`, which the platform answers without us.
    webSocketMessage(socket) {
      end(socket, 1008);
    }

    webSocketClose(socket) {
      end(socket, 1000);
    }

    webSocketError(socket) {
      end(socket, 1011);
    }

    alarm() {
      const { READ_ONLY } = this.env;
      if (!READ_ONLY || (hasTasks && READ_ONLY !== "import")) return this.#entered((made) => made.alarm());
      return this.ctx.storage.setAlarm(Date.now() + PAUSE);
    }

    /// All that it stores, for another deployment.
    dump() {
      return dump(this.ctx.storage.sql);
    }

    /// Makes it what an object of another deployment was. What Rust knew of it before is not so any more.
    restore(text) {
      this.#instance = undefined;
      return restore(this.ctx.storage, text);
    }
  };

export class ProposalObject extends object("ProposalObject", true) {}
export class CalendarObject extends object("CalendarObject", true) {}
export class MailClock extends object("MailClock") {}
export class SubscriptionClock extends object("SubscriptionClock") {}
export class AccountDeleter extends object("AccountDeleter") {}
