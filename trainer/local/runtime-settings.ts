/** What `workers.ts` tells `runtime.ts`, which runs in a process of its own. */
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
