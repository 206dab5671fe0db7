/** The messages between `workers.ts` and its child process `runtime.ts`. */
import { z } from "zod";

export interface RuntimeSettings {
  /** Folder of the simulators' state. */
  readonly state: string;
  readonly port: number;
  /** Variables of the hub; they override those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Port of the debugger; 0: the system chooses. */
  readonly inspectorPort: number;
}

/** Name of the environment variable that contains the settings as JSON. */
export const runtimeVariable = "ALMANAC_RUNTIME";

/** Sent by the child: the port of workerd, or the reason why the Workers cannot run. */
export const runtimeEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready"), port: z.number() }),
  z.object({ event: z.literal("failed"), reason: z.string() }),
]);

export type RuntimeEvent = z.infer<typeof runtimeEvent>;
