/** The refusal of personal data while no token opens it. */
import type { Refusal } from "./problem.ts";

export const closedPersonal: Refusal = {
  kind: "private",
  detail:
    "PERSONAL_TOKEN is not set, so data about persons is closed. Set it in the hub and in predict with: wrangler secret put PERSONAL_TOKEN",
};
