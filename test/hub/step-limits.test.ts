import { expect, test } from "vitest";
import { silentMs, stepTimeout } from "../../workers/hub/flows/step-limits.ts";

test("a flow is taken for dead only after a step that still runs would have been stopped", () => {
  const minutes = Number(/^(\d+) minutes$/.exec(stepTimeout)?.[1]);
  expect(silentMs).toBeGreaterThanOrEqual(2 * minutes * 60_000);
});
