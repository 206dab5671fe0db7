/** Checks bearer tokens for all Workers. */
import { constantTimeEqual } from "../lib/constant-time-equal.ts";
import type { Refusal } from "./problem.ts";

/** Header of every 401 (RFC 6750). */
export const bearerChallenge = { "WWW-Authenticate": "Bearer" } as const;

/**
 * Checks an `Authorization` header against the expected token, in constant time. Returns null when it matches. The refusal
 * contains `name`, the setting with the token.
 */
export function refuseBearerToken(
  authorization: string | null | undefined,
  expected: string,
  name = "the token",
): Refusal | null {
  const found = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1];
  if (found !== undefined && constantTimeEqual(found, expected)) return null;
  const detail =
    found === undefined
      ? `This address needs ${name}. Send it as: Authorization: Bearer <token>`
      : `The token does not match ${name} of this service.`;
  return { kind: "unauthorized", detail };
}
