import type { Hub } from "../hub.ts";

/** The variables of Hono's context. */
export interface HubVariables {
  Variables: { hub: Hub };
}
