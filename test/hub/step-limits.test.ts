import { expect, test } from "vitest";
import { silentMs, stepTimeout } from "../../workers/hub/flows/step-limits.ts";

test("a flow is revived only after the time limit of a running step", () => {
  const minutes = Number(/^(\d+) minutes$/.exec(stepTimeout)?.[1]);
  expect(silentMs).toBeGreaterThanOrEqual(2 * minutes * 60_000);
});
