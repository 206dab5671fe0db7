/** The messages between `workers.ts` and its child process `runtime.ts`. */
import { z } from "zod";

export interface RuntimeSettings {
  /** Folder of the simulators' state. */
  readonly state: string;
  readonly port: number;
  /** Variables of the hub; they override those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables of predict. */
  readonly predictVariables: Readonly<Record<string, string>>;
  /**
   * Port of the debugger; 0: the system chooses. Null: there is none, because every user of this machine could read the
   * token with it.
   */
  readonly inspectorPort: number | null;
}

/** Name of the environment variable that contains the settings as JSON. */
export const runtimeVariable = "ALMANAC_RUNTIME";

/**
 * Sent by the child: the port and the cron triggers of the hub, the reason why the Workers cannot run or the database cannot be migrated, or how a cron
 * trigger ended.
 */
export const runtimeEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready"), port: z.number(), crons: z.array(z.string()) }),
  z.object({ event: z.literal("failed"), during: z.enum(["start", "migrations"]), reason: z.string() }),
  z.object({ event: z.literal("fired"), id: z.number(), error: z.string().nullable() }),
]);

/** Sent to the child: fires a cron trigger of the hub. Only the parent can do this; there is no address for it. */
export const fireRequest = z.object({ fire: z.number(), cron: z.string(), timeMs: z.number() });
export type FireRequest = z.infer<typeof fireRequest>;

export type RuntimeEvent = z.infer<typeof runtimeEvent>;
export type FailedEvent = Extract<RuntimeEvent, { readonly event: "failed" }>;
export type ReadyEvent = Extract<RuntimeEvent, { readonly event: "ready" }>;
