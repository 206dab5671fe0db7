import { encodeUtf8 } from "./utf8.ts";

/**
 * Compares the UTF-8 bytes of a text from a caller with a secret. The time taken depends on the length of the caller's text
 * only: it reveals neither the position of a difference nor the length of the secret. O(length of `found`).
 */
export function constantTimeEqual(found: string, secret: string): boolean {
  const [x, y] = [encodeUtf8(found), encodeUtf8(secret)];
  let difference = x.length ^ y.length;
  for (let at = 0; at < x.length; at++) difference |= (x[at] ?? 0) ^ (y[at % y.length] ?? 0);
  return difference === 0;
}
