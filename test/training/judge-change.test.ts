/** The change model serves only if it is better than the frequency of changes of each series. */
import { expect, test } from "vitest";
import { createRandom } from "../../shared/models/random.ts";
import { forecast, judged } from "./small-judgement.ts";
import { instantPool, simulatedPanel, smallDataset, sticky } from "./support.ts";

const restless = (changesAt: (period: number, series: number) => boolean) => {
  const panel = simulatedPanel(4, sticky, { periods: 120, series: 8 });
  return smallDataset({
    ...panel,
    series: panel.series.map(({ is }, series) => {
      let value = 100;
      const values = Float64Array.from(panel.periods, (_, period) => {
        value += Number(changesAt(period, series));
        return value;
      });
      return { is, values };
    }),
  });
};

test("a change model is used if it is better than each series' own frequency on validation", async () => {
  // A change follows two periods of rest: the last change predicts it, the frequency does not.
  const due = restless((period) => period % 3 === 0);
  const { judgement } = await judged(instantPool(forecast, due), { data: due });
  expect(judgement.change?.source).toBe("model");
  expect(judgement.change?.brier).toBeLessThan(0.1);
  expect(judgement.change?.auc).toBeGreaterThan(0.95);
});

test("a change model is replaced by each series' own frequency if changes are random", async () => {
  const random = createRandom(9);
  const chance = restless((_, series) => random.uniform() < (series + 1) / 10);
  const { judgement } = await judged(instantPool(forecast, chance), { data: chance });
  const { change } = judgement;
  if (change === null) throw new Error("the forecast declares a change model");
  expect(change.source).toBe(change.validationBrier < change.validationBrierFrequency ? "model" : "frequency");
  expect(change.brier).toBeLessThan(change.brierBase);
  if (change.source === "frequency") expect(change.brier).toBe(change.brierFrequency);
});
