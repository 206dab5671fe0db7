import { sha256Hex } from "../lib/hash.ts";

/** Returns the id of a flow: the first digits of its key's hash, so that one key is one flow. */
export function flowId(key: string): string {
  return sha256Hex(key).slice(0, 20);
}
