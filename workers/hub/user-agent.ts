/** How the hub names itself in requests to other services. */
import manifest from "../../package.json" with { type: "json" };

/** Returns the header `User-Agent`, with the version and the purpose of the requests. */
export function userAgentFor(purpose: string): string {
  return `Almanac/${manifest.version} (${purpose})`;
}
