import { resolve } from "node:path";
import { Failure } from "./failure.ts";
import { type Hub, openHub } from "./hub.ts";
import { defaultState, findHub, readHub, stateOption } from "./local/state.ts";

/** The options of a command that name its hub. */
export interface HubOptions {
  readonly url?: string | undefined;
  readonly state?: string | undefined;
}

/** Returns the options with which a printed command reaches the same hub; an empty text for the default one. */
export function typedHubOptions({ url, state = defaultState }: HubOptions): string {
  return url === undefined ? stateOption(state) : ` --url ${url}`;
}

/**
 * Opens the hub of a command: `--url`, else the hub that `npm start` runs on the state folder, else the default port.
 * @throws Failure for a named state folder without a running hub: the hub on the default port would be a different one.
 */
export function connect(
  options: HubOptions & {
    /** Name of the actor in the audit log. */
    readonly actor?: string | undefined;
  },
): Hub {
  const state = resolve(options.state ?? defaultState);
  const local = readHub(state);
  if (!local && options.url === undefined && state !== resolve(defaultState))
    throw new Failure(
      `No hub runs on ${state}. Start it with \`npm start -- --state DIR\`, or name a hub with --url URL.`,
    );
  const url = (options.url ?? local?.url ?? "http://127.0.0.1:8787")
    .replace(/\/$/, "")
    .replace("//localhost", "//127.0.0.1");
  const ours = local?.url === url ? local : findHub(url);
  return openHub({
    url,
    token: process.env.ALMANAC_TOKEN ?? ours?.token,
    personalToken: process.env.PERSONAL_TOKEN || ours?.personalToken,
    actor: options.actor,
  });
}
