import { expect, test } from "vitest";
import { usualLimits } from "../../workers/hub/fetch/fetch-publication.ts";
import { silentMs, stepTimeout } from "../../workers/hub/flows/step-limits.ts";

const stepMinutes = Number(/^(\d+) minutes$/.exec(stepTimeout)?.[1]);

test("a flow is revived only after the time limit of a running step", () => {
  expect(silentMs).toBeGreaterThanOrEqual(2 * stepMinutes * 60_000);
});

test("a fetch ends with its reason before its step is stopped", () => {
  expect(usualLimits.totalMs).toBeLessThanOrEqual(0.75 * stepMinutes * 60_000);
});
