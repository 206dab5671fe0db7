/** Imports point one way: no cycle, no import of a higher layer. */
import { expect, test } from "vitest";
import { cyclesToRemove, layers, upwardImportsToRemove } from "./layers.ts";
import { imports, isOurs, reachable, sources, withoutComments } from "./source-files.ts";

interface Place {
  readonly area: string;
  /** The folder in the area; for a file in the area's root, the file. */
  readonly folder: string;
  readonly layer: number;
}

/** Returns where a file is: `shared/lib/hash.ts` → shared, lib, 0. Null for a file of an area without layers. */
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

test("every folder of an area with layers has its layer, and every layer's folder exists", () => {
  const places = sources.map(placeOf).filter((place) => place !== null);
  const found = new Set(places.map(({ area, folder }) => `${area}/${folder}`));
  const listed = Object.entries(layers).flatMap(([area, lines]) => lines.flat().map((folder) => `${area}/${folder}`));
  expect([...found].sort()).toEqual(listed.sort());
});

test("no file imports a higher layer, or another folder of its own", () => {
  const upward = sources.flatMap((path) =>
    imports(path)
      .filter((target) => isOurs(target) && isUpward(path, target))
      .map((target) => `${path} -> ${target}`),
  );
  expect(upward.sort()).toEqual([...upwardImportsToRemove].sort());
});

test("no file imports itself over other files", () => {
  const cyclic = sources.filter((path) => reachable(path).has(path));
  expect(cyclic.sort()).toEqual([...cyclesToRemove].sort());
});

test("use cases and flows of the hub do not know HTTP", () => {
  const below = sources.filter((path) => /^workers\/hub\/(?!http\/|index\.ts)/.test(path));
  const knowing = below.filter(
    (path) =>
      imports(path).some((target) => /^(hono|@hono)(\/|$)/.test(target) || target.startsWith("workers/hub/http/")) ||
      /new Response\(|Response\.json\(|\bnew Refused\(/.test(withoutComments(path)),
  );
  expect(below.length).toBeGreaterThan(30);
  expect(knowing).toEqual([]);
});
