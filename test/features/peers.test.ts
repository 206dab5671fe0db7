/** Features of other series of the same group. */
import { describe, expect, test } from "vitest";
import type { Past } from "../../shared/features/panel.ts";
import { none, ofPast, pastOfSeries } from "./compute-one.ts";

describe.each([1, 2] as const)("peers, version %d", (version) => {
  const change = (past: Past, dimensions: readonly string[], periods = 1) =>
    ofPast({ kind: `peers-change@${version}`, dimensions, periods }, past);
  const share = (past: Past, dimensions: readonly string[], periods = 1) =>
    ofPast({ kind: `peers-changed-share@${version}`, dimensions, periods }, past);
  const past = pastOfSeries(
    ["state", "city"],
    [
      [
        ["A", "a"],
        [10, 11],
      ],
      [
        ["A", "b"],
        [10, 10],
      ],
      [
        ["A", "c"],
        [10, 10.5],
      ],
      [
        ["A", "d"],
        [10, none],
      ],
      [
        ["B", "e"],
        [10, 12],
      ],
    ],
  );

  test("mean change and share of changes exclude the series itself and series without an observation", () => {
    expect(change(past, ["state"])).toEqual([0.25, 0.75, 0.5, 0.5, none]);
    expect(share(past, ["state"])).toEqual([0.5, 1, 0.5, Math.fround(2 / 3), none]);
    expect(change(past, [])).toEqual([2.5 / 3, 3.5 / 3, 1, 0.875, 0.5].map(Math.fround));
  });

  test("values with a separator do not merge two groups", () => {
    const tricky = pastOfSeries(
      ["state", "city"],
      [
        [
          ["A\nB", "C"],
          [1, 2],
        ],
        [
          ["A", "B\nC"],
          [1, 2],
        ],
      ],
    );
    expect(change(tricky, ["state", "city"])).toEqual([none, none]);
  });

  test("peers whose changes cancel out have a mean change of exactly 0, despite rounding", () => {
    const cancelling = pastOfSeries(
      [],
      [0.1, 0.2, -0.1].map((step) => [[], [0, step]] as const),
    );
    expect(change(cancelling, [])[1]).toBe(0);
  });

  test(`a peer's change is from ${version === 1 ? "its previous value, of any age" : "its previous value, at most `periods` old"}`, () => {
    const gaps = pastOfSeries(
      [],
      [
        [[], [1, 1, 1, 1]],
        [[], [10, none, none, 13]],
        [[], [10, 10, none, 11]],
      ],
    );
    // Of the first series' peers, one changed by 3 from a value 3 periods old, the other by 1 from a value 2 periods old.
    const [far, near, nearest] = [3, 2, 1].map((periods) => [
      change(gaps, [], periods)[0],
      share(gaps, [], periods)[0],
    ]);
    expect(far).toEqual([2, 1]);
    expect(near).toEqual(version === 1 ? [2, 1] : [1, 1]);
    expect(nearest).toEqual(version === 1 ? [2, 1] : [none, none]);
  });
});
