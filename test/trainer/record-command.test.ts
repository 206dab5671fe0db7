/** `almanac record` against a hub that answers with fixed records. */
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { lastJson } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";

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
const path = "/forecasts/milk-mx/record/files";

/** Serves the record of step 1, and no record of other steps. */
function serve(isEmpty = false): Promise<string> {
  return answering((url) => {
    const step = Number(new URL(url, "http://localhost").searchParams.get("step"));
    const found = isEmpty || step > 3 ? null : { ...record, step };
    const lists = isEmpty ? { best: [], worst: [] } : { best: [series], worst: [{ ...series, skill: -0.1 }] };
    return url.includes("/record/series")
      ? { forecast: "milk-mx", step, set: "series", periods: 90, ...lists }
      : { forecast: "milk-mx", record: found, open: isEmpty ? open : null, periods: [], next: null };
  });
}

/** Starts a server that answers each path with JSON, and returns its address. */
async function answering(bodyOf: (path: string) => object): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(bodyOf(url)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

test("prints the windows, the claim, the best and the worst series, and the other headline steps", async () => {
  const url = await serve();
  const { code, out } = await almanacHere(["record", "milk-mx", "--url", url]);
  expect(code).toBe(0);
  expect(out).toContain("Milk prices in Mexico: track record of the next period, by series");
  expect(out).toMatch(/last 30 .*\nlast 90 .*\nall 120 +2026-05-02 +2027-02-04 +10\.9 %/);
  expect(out).toContain("Better than the baseline: skill 10.9 % (95 % confidence sequence 8.3 to 13.7 %).");
  expect(out).toMatch(/best +40\.0 % .*Jalisco, Guadalajara\nworst +-10\.0 %/);
  expect(out).toMatch(/Other headline steps, all periods\n\n.*\nseries +3 +120 /);
  const json = lastJson(await almanacHere(["record", "milk-mx", "--url", url, "--json"]));
  expect(json).toMatchObject({ forecast: "milk-mx", record: { claim: "better" }, best: [series] });
});

test("--files lists the Parquet files of all pages with their full addresses", async () => {
  const file = (origin: string) => ({
    ...{ kind: "predictions", origin, target: null, role: "champion", revision: 1, counts: "headline", version: "v1" },
    ...{ at: `${origin}T18:00:00.000Z`, isNewest: true, bytes: 12_345, sha256: "a".repeat(64) },
    address: `/forecasts/milk-mx/record/files/predictions/origin=${origin}/role=champion/revision=1/part.parquet`,
  });
  const requested: string[] = [];
  const url = await answering((path) => {
    requested.push(path);
    const isFirst = !path.includes("cursor=");
    return { forecast: "milk-mx", files: [file(isFirst ? "2026-11-18" : "2026-11-20")], next: isFirst ? "c1" : null };
  });
  const { code, out } = await almanacHere(["record", "milk-mx", "--files", "--from", "2026-11", "--url", url]);
  expect(code).toBe(0);
  expect(requested).toEqual(["?from=2026-11", "?from=2026-11&cursor=c1"].map((query) => `${path}${query}`));
  expect(out).toMatch(/predictions +2026-11-18 .* headline +12,345 +http/);
  expect(out).toContain(`read_parquet('${url}${file("2026-11-20").address}')`);
  const wrong = await almanacHere(["record", "milk-mx", "--from", "2026-11", "--url", url]);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("Add --files") });
});

test("states when there is no record yet, and refuses a step that is not a number", async () => {
  const { code, out } = await almanacHere(["record", "milk-mx", "--url", await serve(true)]);
  expect([code, out]).toEqual([0, expect.stringContaining("there is no track record yet")]);
  const waiting =
    "1,988 predictions wait for the next event of their series as of 2026-11-30, the oldest since 2026-05-31.";
  expect(out.replaceAll(/\s+/g, " ")).toContain(waiting);
  const wrong = await almanacHere(["record", "milk-mx", "--step", "next", "--url", "http://127.0.0.1:1"]);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("Expected a whole number") });
});
