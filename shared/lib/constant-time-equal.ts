import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Compares the digests of two texts, so that the time taken does not reveal the position of a difference. */
export function constantTimeEqual(a: string, b: string): boolean {
  const [x, y] = [sha256(utf8ToBytes(a)), sha256(utf8ToBytes(b))];
  return x.reduce((difference, byte, index) => difference | (byte ^ (y[index] ?? 0)), 0) === 0;
}
