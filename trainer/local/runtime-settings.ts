/** What `workers.ts` and `runtime.ts`, which runs in a process of its own, tell each other. */
import { z } from "zod";

export interface RuntimeSettings {
  /** The folder of the simulators' state. */
  readonly state: string;
  readonly port: number;
  /** Variables of the hub, over those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where a debugger may look into the Workers; 0: the system chooses. */
  readonly inspectorPort: number;
}

/** The environment's variable that holds them as JSON. */
export const runtimeVariable = "ALMANAC_RUNTIME";

/** Answers: the port that workerd listens at, or one sentence on why the Workers cannot run. */
export const runtimeEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready"), port: z.number() }),
  z.object({ event: z.literal("failed"), reason: z.string() }),
]);

export type RuntimeEvent = z.infer<typeof runtimeEvent>;
