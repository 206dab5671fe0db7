import { expect, test, vi } from "vitest";
import { predictInNode } from "../support/predict-in-node.ts";

const folder: string = "../../workers/predict";
type Budget = typeof import("../../workers/predict/cost-budget.ts");
const { CostBudget, readCostLimits }: Budget = await import(`${folder}/cost-budget.ts`);

const limits = { perSecond: 1_000_000, burst: 20_000_000 };

test("a caller may use the burst at once, then waits until the operations are back, alone", () => {
  const budget = new CostBudget(limits);
  budget.charge("a", 25_000_000, 0);
  expect(budget.secondsToWait("a", 0)).toBe(6);
  expect(budget.secondsToWait("a", 5_900)).toBe(0);
  expect(budget.secondsToWait("b", 0)).toBe(0);
  budget.charge("a", 1_000_000_000, 5_900);
  expect(budget.secondsToWait("a", 5_900)).toBeGreaterThan(900);
});

test("an idle caller gets no more than the burst", () => {
  const budget = new CostBudget(limits);
  budget.charge("a", 20_000_000, 0);
  budget.charge("a", 20_500_000, 3_600_000);
  expect(budget.secondsToWait("a", 3_600_000)).toBe(1);
});

test("cheap requests are not charged, and very many addresses need bounded memory", () => {
  const budget = new CostBudget(limits);
  for (let request = 0; request < 100_000; request++) budget.charge("a", 720, 0);
  expect(budget.secondsToWait("a", 0)).toBe(0);
  for (let at = 0; at < 30_000; at++) budget.charge(`address-${at}`, 30_000_000, 0);
  expect(budget.secondsToWait("address-0", 0)).toBe(0);
  expect(budget.secondsToWait("address-29999", 0)).toBe(11);
});

test("COST_PER_SECOND is a number, 0 turns the limit off, and another text is logged and ignored", () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(readCostLimits("1000000")).toEqual(limits);
  expect(readCostLimits("0")).toBeNull();
  const usual = readCostLimits(undefined);
  expect(usual).toEqual({ perSecond: 2_500_000, burst: 50_000_000 });
  expect([readCostLimits(""), logged.mock.calls.length]).toEqual([usual, 0]);
  expect([readCostLimits("many"), logged.mock.calls.length]).toEqual([usual, 1]);
  logged.mockRestore();
});

test.each([
  ["/predict/milk-mx", "application/json"],
  ["/invocations/milk-mx", "application/json"],
  ["/invocations/milk-mx", "text/csv"],
  ["/v2/models/milk-mx/infer", "application/json"],
  ["/v2/models/milk-mx/infer", "application/octet-stream"],
])("a refused body of %s, %s, is charged by its length", async (path, type) => {
  const answer = await predictInNode({}, { costLimits: { perSecond: 10_000, burst: 150_000 } });
  const isBinary = type === "application/octet-stream";
  const headers = { "Content-Type": type, ...(isBinary && { "Inference-Header-Content-Length": "2" }) };
  const statusOf = async (body: string) => (await answer(path, { method: "POST", headers, body })).status;
  expect(await statusOf(`{}${" ".repeat(1_000)}x`)).toBe(400);
  expect(await statusOf(`{}${" ".repeat(160_000)}x`)).toBe(400);
  expect(await statusOf("{}")).toBe(429);
});
