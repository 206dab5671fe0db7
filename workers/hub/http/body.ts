/** Parses the headers that describe a body: its length and its digest. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { refuse } from "./refuse.ts";

/** Parses `Content-Length` into bytes. Returns null without the header. */
export function readLength(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header);
  const expected = "a number of bytes";
  refuse({ kind: "bad-request", detail: "Content-Length is not a number.", found: header, expected });
}

/** Parses RFC 9530 `Content-Digest: sha-256=:<base64>:` into hexadecimal. Returns null without the header. */
export function readDigest(header: string | undefined): string | null {
  if (header === undefined) return null;
  const base64 = /sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)?.[1];
  if (base64) return bytesToHex(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  const expected = "sha-256=:<base64 of 32 bytes>:";
  refuse({ kind: "bad-request", detail: "Content-Digest is malformed.", found: header, expected });
}
