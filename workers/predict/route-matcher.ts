/** Matches paths to routes, and caches the matches. `npm run bench -- caches` measures the saved time. */
import { Router } from "itty-router/Router";

/** The route that matches a path, and the parameters in the path. */
export interface RouteMatch<Route> {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  /** Null if the path names no forecast. */
  readonly forecast: string | null;
}

/** Bounds the cache, because a caller may send any path. Most requests have one of few paths. */
const usualMax = 200;

export class RouteMatcher<Route extends { readonly path: string }> {
  readonly #routes: readonly { readonly route: Route; readonly pattern: RegExp }[];
  readonly #matches = new Map<string, RouteMatch<Route>>();
  readonly #matchesMax: number;

  /** Compiles the patterns of the routes. `matchesMax`: how many matches are cached. */
  constructor(routes: readonly Route[], matchesMax = usualMax) {
    this.#routes = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
    this.#matchesMax = matchesMax;
  }

  /** Returns null if no route matches. */
  match(path: string): RouteMatch<Route> | null {
    const cached = this.#matches.get(path);
    if (cached) return cached;
    for (const { route, pattern } of this.#routes) {
      const found = pattern.exec(path);
      if (found === null) continue;
      const params = decodeParams(found.groups ?? {});
      const match = { route, params, forecast: params.forecast ?? null };
      if (this.#matches.size < this.#matchesMax) this.#matches.set(path, match);
      return match;
    }
    return null;
  }
}

/** Returns the pattern that itty compiles for a path. itty's own dispatcher would parse the address again for every request. */
function patternOf(path: string): RegExp {
  const [entry] = Router().all(path).routes;
  if (entry === undefined) throw new Error(`${path} is not a path`);
  return entry[1];
}

/** Decodes percent-encoded parameters. Leaves a parameter with an invalid encoding unchanged. */
function decodeParams(groups: Readonly<Record<string, string>>): Record<string, string> {
  const params: Record<string, string> = { ...groups };
  for (const [name, value] of Object.entries(groups)) {
    if (!value?.includes("%")) continue;
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      // A single % is part of the name, which is then unknown.
    }
  }
  return params;
}
