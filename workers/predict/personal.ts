/** Checks the token of forecasts about persons. */
import { refuseBearerToken } from "../../shared/api/bearer-token.ts";
import { closedPersonal } from "../../shared/api/personal-token.ts";
import type { Refusal } from "../../shared/api/problem.ts";

/** Returns why a request may not read personal data, or null. Without a configured token none may. */
export function refusePersonal(request: Request, personalToken: string | undefined): Refusal | null {
  if (personalToken === undefined) return closedPersonal;
  return refuseBearerToken(request.headers.get("Authorization"), personalToken, "PERSONAL_TOKEN");
}
