const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Returns the `Content-Digest` header (RFC 9530) of a SHA-256 in hexadecimal. */
export function contentDigest(sha256: string): string {
  return `sha-256=:${base64OfHex(sha256)}:`;
}

/** Converts three bytes at a time: six hexadecimal digits become four base64 digits. */
export function base64OfHex(hex: string): string {
  let text = "";
  for (let at = 0; at < hex.length; at += 6) {
    const bytes = Math.min(3, (hex.length - at) / 2);
    const bits = Number.parseInt(hex.slice(at, at + 6).padEnd(6, "0"), 16);
    const four = [18, 12, 6, 0].map((shift) => digits[(bits >> shift) & 63]).join("");
    text += four.slice(0, bytes + 1).padEnd(4, "=");
  }
  return text;
}
