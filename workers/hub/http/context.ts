import type { Hub } from "../hub.ts";

/** What routes read from Hono's context. */
export interface HubVariables {
  Variables: { hub: Hub };
}
