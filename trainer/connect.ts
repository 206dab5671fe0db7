import { resolve } from "node:path";
import { Failure } from "./failure.ts";
import { type Hub, openHub } from "./hub.ts";
import { defaultState, findHub, readHub } from "./local/state.ts";

/**
 * Opens the hub that a command talks to: `--url`, else the one that `npm start` runs on the state folder, else the usual port.
 * @throws Failure where a state folder is named and no hub runs on it: the hub on the usual port is another one.
 */
export function connect(options: {
  readonly url?: string | undefined;
  readonly state?: string | undefined;
  /** Who the audit names. */
  readonly actor?: string | undefined;
}): Hub {
  const state = resolve(options.state ?? defaultState);
  const local = readHub(state);
  if (!local && options.url === undefined && state !== resolve(defaultState))
    throw new Failure(
      `Nothing runs on ${state}. Start it with \`npm start -- --state DIR\`, or name a hub with --url URL.`,
    );
  const url = (options.url ?? local?.url ?? "http://127.0.0.1:8787")
    .replace(/\/$/, "")
    .replace("//localhost", "//127.0.0.1");
  const ours = local?.url === url ? local : findHub(url);
  return openHub({ url, token: process.env.ALMANAC_TOKEN ?? ours?.token, actor: options.actor });
}
