/** Signs messages as Standard Webhooks 1.0 defines it: HMAC-SHA256 of id, timestamp and body. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64OfHex } from "../lib/content-digest.ts";

declare function atob(base64: string): string;

const prefix = "whsec_";

/** The length of a secret. The standard allows 24 to 64 bytes. */
export const secretBytes = 32;

/** Writes random bytes as a secret, in the form that the libraries of the standard read. */
export function webhookSecret(bytes: Uint8Array): string {
  return prefix + base64OfHex(bytesToHex(bytes));
}

export interface SignedMessage {
  /** Without a full stop, which separates the signed parts. */
  readonly id: string;
  readonly body: string;
}

export interface Signing {
  readonly secret: string;
  /** The time of this try. Receivers reject old ones. */
  readonly at: Date;
}

/** Returns the headers of one try. */
export function signedHeaders({ id, body }: SignedMessage, { secret, at }: Signing): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Uint8Array.from(atob(secret.slice(prefix.length)), (character) => character.charCodeAt(0));
  const mac = hmac(sha256, key, utf8ToBytes(`${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${base64OfHex(bytesToHex(mac))}`,
  };
}
