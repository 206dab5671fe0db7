import fc from "fast-check";
import { expect, test } from "vitest";
import { championBefore } from "../../shared/registry/rollback.ts";

const promoted = (...versions: string[]) => versions.map((version) => ({ version, rule: "refresh" }));
const back = (version: string) => ({ version, rule: "rollback" });

test("championBefore returns the predecessor, also after rollbacks", () => {
  expect(championBefore([])).toBeNull();
  expect(championBefore(promoted("v1"))).toBeNull();
  expect(championBefore(promoted("v1", "v2"))).toBe("v1");
  expect(championBefore([...promoted("v1", "v2", "v3"), back("v2")])).toBe("v1");
  expect(championBefore([...promoted("v1", "v2"), back("v1")])).toBeNull();
  expect(championBefore([...promoted("v1", "v2"), back("v1"), ...promoted("v3")])).toBe("v1");
  expect(championBefore([...promoted("v1", "v2", "v3"), back("v1")])).toBeNull();
});

test("repeated rollbacks visit all promotions in reverse order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 }), (versions) => {
      const changes = promoted(...versions);
      const visited: string[] = [];
      for (let before = championBefore(changes); before !== null; before = championBefore(changes)) {
        visited.push(before);
        changes.push(back(before));
      }
      expect(visited).toEqual(versions.slice(0, -1).reverse());
    }),
  );
});
