import { resolve } from "node:path";
import { HubClient } from "./hub-client.ts";
import { defaultState, findHub, readHub } from "./local/state.ts";

/** The hub that a command talks to: `--url`, else the one that `npm start` runs on the state folder, else the usual port. */
export function connect(options: {
  readonly url?: string | undefined;
  readonly state?: string | undefined;
}): HubClient {
  const local = readHub(resolve(options.state ?? defaultState));
  const url = (options.url ?? local?.url ?? "http://127.0.0.1:8787")
    .replace(/\/$/, "")
    .replace("//localhost", "//127.0.0.1");
  const ours = local?.url === url ? local : findHub(url);
  return new HubClient({ url, token: process.env.ALMANAC_TOKEN ?? ours?.token });
}
