// Links' tokens, made without the Worker's help.
import { createHmac, hkdfSync } from "node:crypto";
import { KEY_1 } from "./harness.mjs";

const in30days = () => Math.floor(Date.now() / 1000) + 30 * 86_400;

/// Signs a token, as domain/src/link.rs writes the format down; independent of that code.
export function sign({ key = KEY_1, keyId = key.split(":")[0], purpose = "proposal", code = 1, id, party, generation = 0, expires = in30days() }) {
  const secret = Buffer.from(key.split(":")[1], "base64");
  const mac = Buffer.from(hkdfSync("sha256", secret, "whittle", `whittle/link/1/${purpose}`, 64));
  const head = Buffer.from([1, code, keyId.length, ...Buffer.from(keyId)]);
  const tail = Buffer.alloc(22);
  tail.writeBigUInt64BE(BigInt(id), 0);
  tail.writeUInt16BE(party, 8);
  tail.writeUInt32BE(generation, 10);
  tail.writeBigInt64BE(BigInt(expires), 14);
  const signed = Buffer.concat([head, tail]);
  return Buffer.concat([signed, createHmac("sha256", mac).update(signed).digest()]).toString("base64url");
}
