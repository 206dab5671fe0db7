/** Imports point one way: no cycle, no import of a higher layer. */
import { expect, test } from "vitest";
import { cyclesToRemove, layers, upwardImportsToRemove } from "./layers.ts";
import { imports, isOurs, reachable, sources } from "./source-files.ts";

/** Returns the layer of a file and its folder (or, in the root of an area, the file): `shared/lib/hash.ts` → 0, `lib`. */
function placeOf(path: string): { readonly area: string; readonly folder: string; readonly layer: number } {
  const [area = "", folder = ""] = path.split("/");
  const layer = layers[area]?.findIndex((folders) => folders.includes(folder)) ?? -1;
  return { area, folder, layer };
}

function isUpward(path: string, target: string): boolean {
  const [from, to] = [placeOf(path), placeOf(target)];
  return from.area === to.area && from.folder !== to.folder && to.layer >= from.layer;
}

test("every folder of shared and trainer has its layer", () => {
  const layered = sources.filter((path) => (path.split("/")[0] ?? "") in layers);
  expect(layered.filter((path) => placeOf(path).layer === -1)).toEqual([]);
});

test("no file imports a higher layer, or another folder of its own", () => {
  const layered = sources.filter((path) => (path.split("/")[0] ?? "") in layers);
  const upward = layered.flatMap((path) =>
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
