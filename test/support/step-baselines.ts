/** Baselines of the steps, as a card of milk-mx has them. */
import type { StepBaselines } from "../../shared/registry/step-baselines.ts";
import { forecast } from "./served.ts";

const spread = { kind: "changes", weights: { chances: 4, sizes: 4, group: 5 } } as const;
const drift = { kind: "drift", window: 24, scope: "group" } as const;

/** A drift at every step but 2, where the last value serves. */
export const milkBaselines: StepBaselines = [
  { of: "series", first: 2 },
  ...(forecast.groups ?? []).map(({ name }) => ({ of: name, first: 1 })),
].map(({ of, first }) => ({
  of,
  steps: forecast.steps
    .filter((step) => step >= first)
    .map((step) => ({ step, point: step === 2 ? ({ kind: "persistence" } as const) : drift, spread })),
}));
