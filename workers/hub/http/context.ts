import type { Hub } from "../hub.ts";

/** The variables of Hono's context. */
export interface HubVariables {
  Variables: {
    hub: Hub;
    /** True if the address names personal data and the caller has its token. */
    mayReadPersonal?: true;
  };
}
