import type { Refusal } from "../../../shared/api/problem.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";

/**
 * Runs an R2 write with a stated digest. R2 compares the digest while it streams. Returns a refusal if the digest
 * differs, and throws any other error.
 */
export async function putWithDigest<T>(put: () => Promise<T>): Promise<Result<T, Refusal>> {
  try {
    return success(await put());
  } catch (error) {
    const found = reasonOf(error);
    if (!/checksum|digest/i.test(found)) throw error;
    return failure(otherDigest({ found }));
  }
}

/** Returns the refusal of a body whose digest differs from `Content-Digest`. */
export function otherDigest(about: { readonly found: string; readonly expected?: string }): Refusal {
  const detail = "The digest of the body differs from Content-Digest. Send the body again.";
  return { kind: "unprocessable", detail, ...about };
}
