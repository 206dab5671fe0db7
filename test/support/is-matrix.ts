/** Whether this run has the long form of the failure matrices: `npm run test:matrix`. */
import { inject } from "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Set by vitest.matrix.config.ts. */
    readonly isMatrix?: true;
  }
}

export const isMatrix = inject("isMatrix") === true;
