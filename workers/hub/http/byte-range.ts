/** Parses the `Range` header of a request for one range of bytes (RFC 9110, section 14). */

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Returns the requested bytes of a file. Null if the whole file is to be sent: without the header, and for other units, invalid
 * ranges and several ranges, which a server may ignore. `"unsatisfiable"` if the range contains no byte of the file.
 */
export function readRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | null {
  const parts = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? "");
  if (parts === null) return null;
  const [, first = "", last = ""] = parts;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== "" && Number(last) < offset) return null;
  if (offset >= size) return "unsatisfiable";
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return { offset, length: end - offset };
}
