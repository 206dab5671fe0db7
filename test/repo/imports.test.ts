/** Imports have one direction: there are no cycles and no imports of higher layers. */
import { expect, test } from "vitest";
import { cyclesToRemove, layers, upwardImportsToRemove } from "./layers.ts";
import { imports, isOurs, reachable, sources, withoutComments } from "./source-files.ts";

interface Place {
  readonly area: string;
  /** The folder in the area, or the file if it is in the area's root. */
  readonly folder: string;
  readonly layer: number;
}

/** Returns area, folder and layer of a file: `shared/lib/hash.ts` → shared, lib, 0. Null if its area has no layers. */
function placeOf(path: string): Place | null {
  const area = Object.keys(layers).find((name) => path.startsWith(`${name}/`));
  if (area === undefined) return null;
  const folder = path.slice(area.length + 1).split("/")[0] ?? "";
  return { area, folder, layer: layers[area]?.findIndex((folders) => folders.includes(folder)) ?? -1 };
}

function isUpward(path: string, target: string): boolean {
  const [from, to] = [placeOf(path), placeOf(target)];
  if (from === null || to === null || from.area !== to.area || from.folder === to.folder) return false;
  return to.layer >= from.layer;
}

test("every folder of an area with layers is in a layer, and every folder of a layer exists", () => {
  const places = sources.map(placeOf).filter((place) => place !== null);
  const found = new Set(places.map(({ area, folder }) => `${area}/${folder}`));
  const listed = Object.entries(layers).flatMap(([area, lines]) => lines.flat().map((folder) => `${area}/${folder}`));
  expect([...found].sort()).toEqual(listed.sort());
});

test("no file imports a higher layer, or another folder of its own layer", () => {
  const upward = sources.flatMap((path) =>
    imports(path)
      .filter((target) => isOurs(target) && isUpward(path, target))
      .map((target) => `${path} -> ${target}`),
  );
  expect(upward.sort()).toEqual([...upwardImportsToRemove].sort());
});

test("there is no import cycle", () => {
  const cyclic = sources.filter((path) => reachable(path).has(path));
  expect(cyclic.sort()).toEqual([...cyclesToRemove].sort());
});

test("use cases and flows of the hub do not use HTTP", () => {
  const below = sources.filter((path) => /^workers\/hub\/(?!http\/|index\.ts)/.test(path));
  const usingHttp = below.filter(
    (path) =>
      imports(path).some((target) => /^(hono|@hono)(\/|$)/.test(target) || target.startsWith("workers/hub/http/")) ||
      /new Re(?:sponse|quest)\(|Response\.json\(|\bnew Refused\(/.test(withoutComments(path)),
  );
  expect(below.length).toBeGreaterThan(30);
  expect(usingHttp).toEqual([]);
});
