/** Converts between text and UTF-8 bytes. All runtimes have these classes; `shared` declares them because it uses no runtime types. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: "utf-8",
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
// Without `ignoreBOM` a leading U+FEFF would be removed, and two different categories could become equal.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Characters that are encoded together: many small calls are slow, and a long text needs twice its size. */
const pieceLength = 65_536;

/** Encodes a long text that is made piece by piece, so that the whole text is never in memory. O(text). */
export function encodePieces(pieces: Iterable<string>): Uint8Array<ArrayBuffer> {
  const encoded: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < pieceLength) continue;
    encoded.push(encodeUtf8(text));
    text = "";
  }
  encoded.push(encodeUtf8(text));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of encoded) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Returns null if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
