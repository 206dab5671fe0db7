import type { Refusal } from "../../../shared/api/problem.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";

/**
 * Runs an R2 write of a body whose digest was stated. R2 compares the digest while it streams; its complaint becomes a
 * refusal, and any other error is thrown on.
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

/** Refuses a body whose bytes are not those of `Content-Digest`. */
export function otherDigest(about: { readonly found: string; readonly expected?: string }): Refusal {
  const detail = "The body does not have the digest that Content-Digest states; send it again.";
  return { kind: "unprocessable", detail, ...about };
}
