import { bytesToHex } from "@noble/hashes/utils.js";

/** Returns the SHA-256 of an object's bytes as lower-case hexadecimal. Reads the bytes as a stream. */
export async function digestOf({ body }: R2ObjectBody): Promise<string> {
  const stream = new crypto.DigestStream("SHA-256");
  const [digest] = await Promise.all([stream.digest, body.pipeTo(stream)]);
  return bytesToHex(new Uint8Array(digest));
}
