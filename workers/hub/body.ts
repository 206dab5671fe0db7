/** What an upload's headers say about its body, and the refusal when the body is another. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { reasonOf } from "./flows/reason.ts";
import { refuse } from "./refuse.ts";

/** `Content-Length` in bytes; null where it is not stated. */
export function readLength(header: string | undefined, bytesMax: number): number | null {
  if (header === undefined) return null;
  if (!/^\d+$/.test(header)) {
    refuse({
      kind: "bad-request",
      detail: "Content-Length is no length.",
      found: header,
      expected: "a number of bytes",
    });
  }
  const length = Number(header);
  if (length > bytesMax) {
    refuse({
      kind: "too-large",
      detail: "The file is larger than an upload may be.",
      found: `${length} bytes`,
      expected: `at most ${bytesMax} bytes`,
    });
  }
  return length;
}

/** The SHA-256 of RFC 9530 `Content-Digest: sha-256=:<base64>:`, in hexadecimal. */
export function readDigest(header: string | undefined): string | null {
  if (header === undefined) return null;
  const base64 = /sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)?.[1];
  if (!base64) {
    refuse({
      kind: "bad-request",
      detail: "Content-Digest cannot be read.",
      found: header,
      expected: "sha-256=:<base64 of 32 bytes>:",
    });
  }
  return bytesToHex(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

/** For R2's own check of a streamed body: its complaint becomes a refusal, anything else stays a surprise. */
export function refuseOtherDigest(error: unknown): never {
  if (!/checksum|digest/i.test(reasonOf(error))) throw error;
  refuse({
    kind: "unprocessable",
    detail: "The body does not have the digest that Content-Digest states; send it again.",
    found: reasonOf(error),
  });
}
