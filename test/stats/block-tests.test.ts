import { expect, test } from "vitest";
import { randomBitsOf } from "../../shared/models/random.ts";
import { testBlocks } from "../../shared/stats/block-tests.ts";
import { dieboldMariano } from "../../shared/stats/diebold-mariano.ts";
import { holm } from "../../shared/stats/holm.ts";
import { jointSignFlips } from "../../shared/stats/joint-sign-flips.ts";

test("Holm's correction equals R's p.adjust", () => {
  // R 4.4: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") and of c(0.5, 0.6, 0.001)
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.5, 0.6, 0.001])).toEqual([1, 1, 0.003]);
  expect(holm([])).toEqual([]);
});

const advantages = (blocks: number) => [
  Array.from({ length: blocks }, (_, block) => 1 + Math.sin(block)),
  Array.from({ length: blocks }, (_, block) => 0.2 + Math.cos(3 * block)),
];
const options = () => ({ randomBits: randomBitsOf(1) });

test("contenders are tested by sign flips from ten blocks, by t-tests with Holm from six, and not below", () => {
  expect(testBlocks(advantages(10), options())).toEqual(jointSignFlips(advantages(10), options()));
  for (const blocks of [6, 9])
    expect(testBlocks(advantages(blocks), options())).toEqual(
      holm(advantages(blocks).map((means) => dieboldMariano(means).pValue)),
    );
  expect(testBlocks(advantages(5), options())).toEqual([1, 1]);
  expect(testBlocks([], options())).toEqual([]);
});
