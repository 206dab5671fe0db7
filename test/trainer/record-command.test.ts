/** `almanac record` against a hub that answers with fixed records. */
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { almanac, lastJson } from "../support/command.ts";

const levels = [0.5, 0.8, 0.9, 0.95];
const window = {
  ...{ from: "2026-05-02", to: "2027-02-04", periods: 120, isAll: true, loss: 0.0573, baselineLoss: 0.0643 },
  ...{ skill: 0.109, meanAbsoluteError: 0.081, exact: 0.861 },
  coverage: levels.map((level) => ({ level, share: level + 0.04 })),
};
const record = {
  ...{ step: 1, set: "series", sequence: { low: 0.083, high: 0.137 }, claim: "better", differing: 120 },
  windows: [30, 90].map((periods) => ({ ...window, periods, isAll: false })).concat([window]),
};
const series = {
  series: { Estado: "Jalisco", Ciudad: "Guadalajara" },
  periods: 90,
  skill: 0.4,
  meanAbsoluteError: 0.1,
};

const open = { predictions: 1_988, since: "2026-05-31", origin: "2026-11-30" };

/** Serves the record of step 1, and no record of other steps. */
async function serve(isEmpty = false): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    const step = Number(new URL(url, "http://localhost").searchParams.get("step"));
    const found = isEmpty || step > 3 ? null : { ...record, step };
    const lists = isEmpty ? { best: [], worst: [] } : { best: [series], worst: [{ ...series, skill: -0.1 }] };
    const body = url.includes("/record/series")
      ? { forecast: "milk-mx", step, set: "series", periods: 90, ...lists }
      : { forecast: "milk-mx", record: found, open: isEmpty ? open : null, periods: [], next: null };
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

test("prints the windows, the claim, the best and the worst series, and the other headline steps", async () => {
  const url = await serve();
  const { code, out } = await almanac(["record", "milk-mx", "--url", url]);
  expect(code).toBe(0);
  expect(out).toContain("Milk prices in Mexico: track record of the next period, by series");
  expect(out).toMatch(/last 30 .*\nlast 90 .*\nall 120 +2026-05-02 +2027-02-04 +10\.9 %/);
  expect(out).toContain("Better than the baseline: skill 10.9 % (95 % confidence sequence 8.3 to 13.7 %).");
  expect(out).toMatch(/best +40\.0 % .*Jalisco, Guadalajara\nworst +-10\.0 %/);
  expect(out).toMatch(/Other headline steps, all periods\n\n.*\nseries +3 +120 /);
  const json = lastJson(await almanac(["record", "milk-mx", "--url", url, "--json"]));
  expect(json).toMatchObject({ forecast: "milk-mx", record: { claim: "better" }, best: [series] });
});

test("states when there is no record yet, and refuses a step that is not a number", async () => {
  const { code, out } = await almanac(["record", "milk-mx", "--url", await serve(true)]);
  expect([code, out]).toEqual([0, expect.stringContaining("there is no track record yet")]);
  const waiting =
    "1,988 predictions wait for the next event of their series as of 2026-11-30, the oldest since 2026-05-31.";
  expect(out.replaceAll(/\s+/g, " ")).toContain(waiting);
  const wrong = await almanac(["record", "milk-mx", "--step", "next", "--url", "http://127.0.0.1:1"]);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("Expected a whole number") });
});
