/** Tests breaks: in the data of a training, in cards, in `GET /feeds`, and in what the commands print. */
import { createServer } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ChampionAnswer } from "../../shared/api/champions.ts";
import type { Model } from "../../shared/api/models.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { declarationMistakes, mistakesIn } from "../../shared/forecasts/check.ts";
import { wrongBreaks } from "../../shared/forecasts/check-breaks.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addPeriods } from "../../shared/period.ts";
import { breaksWithin, factsSince, type SourceBreak, sourceBreaks } from "../../shared/sources/breaks.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";
import { cardBreaks } from "../../shared/training/card-parts.ts";
import { listFeeds } from "../../trainer/commands/feeds.ts";
import { listModels } from "../../trainer/commands/models.ts";
import { prepare, prepareTraining } from "../../trainer/training/run-contest.ts";
import { tinyModel } from "../support/card.ts";
import { hubInNode } from "../support/hub-in-node.ts";
import type { Answer } from "../support/predict-in-node.ts";

const feed = "open-meteo-air-quality";
/** The day of the break that the feed declares. */
const breakDay = "2026-08-13";
const careful: Forecast = { ...sickness, trainAfterBreaks: true };
const pollutants = sickness.sources.flatMap(({ variables }) => variables);

/** Makes all hours of some days. The index goes up and down between 20 and 40. */
function air(first: string, days: number): FactsByFeed {
  const hours = Array.from({ length: days * 24 }, (_, hour) => addPeriods(`${first}T00`, hour));
  const value = (hour: number) => 30 + 10 * Math.sin(hour / 37);
  const facts = hours.flatMap((period, hour) =>
    pollutants.map((variable): Fact => ({ period, series: "[]", variable, value: value(hour) })),
  );
  return new Map([[feed, facts]]);
}

const targets = ({ data }: ReturnType<typeof prepare>) => [...data.period].map((at) => data.periods[at] ?? "");

describe("the data of a training", () => {
  test("contains no period and no value from before a break, if the forecast trains only after breaks", () => {
    const all = prepareTraining(sickness, air("2026-06-01", 200));
    const after = prepareTraining(careful, air("2026-06-01", 200));
    expect(targets(all)[0]).toBe("2026-06-02");
    expect(targets(after)[0]).toBe("2026-08-14");
    expect(after.data.periods[0]).toBe(breakDay);
    expect(targets(after).at(-1)).toBe(targets(all).at(-1));
    expect(after.dataHash).not.toBe(all.dataHash);
    // As if the feed had begun on that day.
    const fresh = prepareTraining(sickness, air(breakDay, 200 - 73));
    expect(targets(after)).toEqual(targets(fresh));
    expect(after).toMatchObject({ breaks: [], after: { feed, from: breakDay }, observations: fresh.observations });
    expect(all).toMatchObject({ breaks: [{ feed, from: breakDay, variables: ["european_aqi"] }], after: null });
  });

  test("is refused with the break, the number of periods and the way out, if too few are left", () => {
    const short = air("2026-06-01", 73 + 89);
    expect(() => prepareTraining(careful, short)).toThrow(
      `sickness trains only on data after the break of ${feed} from ${breakDay}. Found 89 periods after it, but training needs at least 90. Train again when there are as many, or remove trainAfterBreaks from the declaration.`,
    );
    expect(prepareTraining(careful, air("2026-06-01", 73 + 90)).data.periods.length).toBe(90);
    expect(() => prepareTraining(sickness, short)).not.toThrow();
  });

  test("must be longer than the reach of the features, so that no later prediction reads a value from before the break", () => {
    const far: Forecast = {
      ...careful,
      features: [...careful.features, { name: "year", kind: "rolling-mean", periods: 120 }],
    };
    expect(() => prepareTraining(far, air("2026-06-01", 73 + 100))).toThrow(
      "Found 100 periods after it, but training needs at least 121.",
    );
  });

  test("is the same with and without the rule, if the data ends before the break or begins at it", () => {
    for (const facts of [air("2026-04-01", 120), air(breakDay, 120)]) {
      const [plain, ruled] = [prepareTraining(sickness, facts), prepareTraining(careful, facts)];
      expect(ruled).toMatchObject({ dataHash: plain.dataHash, breaks: [], after: null });
      expect(plain.breaks).toEqual([]);
    }
  });

  test("that ends before the break with --until is not cut", () => {
    expect(prepare(careful, air("2026-04-01", 200), "2026-08-01")).toMatchObject({ breaks: [], after: null });
  });
});

test("a break counts only for a forecast that reads one of its variables", () => {
  const own: SourceBreak = { feed, from: "2026-01-01", variables: ["ozone", "dust"], note: "another unit" };
  const reads = (...variables: readonly string[]) => ({ sources: [{ feed, variables, lag: 0 }] });
  expect(sourceBreaks(reads("dust"), () => [own])).toEqual([{ ...own, variables: ["dust"] }]);
  expect(sourceBreaks(reads("european_aqi"), () => [own])).toEqual([]);
});

test("a month or a quarter is after a break only if it begins after it", () => {
  const of = (...periods: readonly string[]): FactsByFeed =>
    new Map([["f", periods.map((period) => ({ period, series: "[]", variable: "x", value: 1 }))]]);
  const periodsOf = (byFeed: FactsByFeed) => byFeed.get("f")?.map(({ period }) => period);
  expect(periodsOf(factsSince("2026-08-13", of("2026-07", "2026-08", "2026-09")))).toEqual(["2026-09"]);
  expect(periodsOf(factsSince("2026-08-13", of("2026-Q2", "2026-Q3", "2026-Q4")))).toEqual(["2026-Q4"]);
  expect(periodsOf(factsSince("2026-08", of("2026-07-31T23", "2026-08-01T00")))).toEqual(["2026-08-01T00"]);
  const inside: SourceBreak = { feed: "f", from: "2026-08", variables: ["x"], note: "" };
  expect(breaksWithin([inside], of("2026-08", "2026-09"))).toEqual([]);
  expect(breaksWithin([inside], of("2026-06", "2026-07"))).toEqual([]);
  expect(breaksWithin([inside], of("2026-07", "2026-08"))).toEqual([inside]);
});

test("a card lists the breaks up to the last period of its training data", () => {
  const first: SourceBreak = { feed, from: "2026-01-01", variables: ["ozone"], note: "one" };
  const second: SourceBreak = { feed, from: "2026-08-13", variables: ["dust"], note: "two" };
  expect(cardBreaks([first, second], "2026-08-13")).toEqual([first, second]);
  expect(cardBreaks([first, second], "2026-08-12")).toEqual([first]);
});

test("breaks of a feed are periods, oldest first, of variables that the feed has", () => {
  const variables = { index: { title: "", unit: "" } };
  const mistakes = (...breaks: readonly { from: string; variables: readonly string[] }[]) =>
    wrongBreaks({ variables, breaks: breaks.map((one) => ({ ...one, note: "" })) });
  const index = ["index"];
  expect(mistakes({ from: "2026-08", variables: index }, { from: "2026-08-13", variables: index })).toEqual([]);
  expect(
    mistakes(
      { from: "2026-08-13", variables: ["indx"] },
      { from: "2026-08-12", variables: [] },
      { from: "August", variables: index },
    ),
  ).toEqual([
    "The break from 2026-08-13 is of indx, which the feed does not have; did you mean index?",
    "The break from 2026-08-12 follows the one from 2026-08-13; expected the oldest first.",
    "The break from 2026-08-12 has no variable; expected those that change.",
    "A break is from August; expected a period such as 2026-11-20.",
  ]);
});

test("a forecast that trains only after breaks is a valid declaration, and a feed's breaks are checked at load", () => {
  expect(mistakesIn(careful, feeds)).toEqual([]);
  const wrong = feeds.map((one) => ({ ...one, breaks: [{ from: "x", variables: [], note: "" }] }));
  expect(declarationMistakes([], wrong)).toHaveLength(feeds.length);
});

const closing: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) close();
});

/** Starts a server that answers as a hub and returns its address. */
async function serving(answerOf: Answer): Promise<string> {
  const server = createServer((request, answer) => {
    Promise.resolve(answerOf(request.url ?? "/"))
      .then(async (response) => {
        answer.writeHead(response.status, Object.fromEntries(response.headers));
        answer.end(Buffer.from(await response.arrayBuffer()));
      })
      .catch((error: unknown) => answer.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no address");
  return `http://127.0.0.1:${address.port}`;
}

/** Returns what a command prints, in one line. */
async function printed(command: () => Promise<void>): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await command();
  return log.mock.calls.join(" ").replaceAll(/\s+/g, " ");
}

test("GET /feeds and almanac feeds name every break with its variables and its note", async () => {
  const hub = await hubInNode();
  const answered = (await (await hub("/feeds")).json()) as { feeds: { id: string; breaks: unknown[] }[] };
  expect(answered.feeds.find(({ id }) => id === feed)?.breaks).toEqual([
    {
      from: breakDay,
      variables: ["european_aqi", "european_aqi_forecast"],
      note: expect.stringContaining("New bands of the European air quality index"),
    },
  ]);
  expect(answered.feeds.find(({ id }) => id === "gold-csv")?.breaks).toEqual([]);
  const url = await serving(hub);
  const text = await printed(() => listFeeds({ url }));
  expect(text).toContain(`Break in ${feed} from ${breakDay}, european_aqi, european_aqi_forecast: New bands of the`);
});

test("almanac models FORECAST names a break inside the training data of the champion", async () => {
  const breaks = [{ feed, from: breakDay, variables: ["european_aqi"], note: "New bands." }];
  const { card } = tinyModel({ forecast: sickness, version: "v-1" });
  const { champion, model } = registeredAs("v-1");
  const detail = { ...model, card: { ...card, breaks }, declaration: null, tags: {}, gates: [], audit: [] };
  const answers: Readonly<Record<string, unknown>> = {
    "/forecasts/sickness/champion": champion,
    "/models/sickness/v-1": detail,
    "/feeds": { feeds: [] },
  };
  const url = await serving(async (path) =>
    Response.json(answers[path] ?? { models: [{ ...model, decision: "It is better." }] }),
  );
  const text = await printed(() => listModels("sickness", { url }));
  expect(text).toContain(
    `The training data contains values from before and after a break. Break in ${feed} from ${breakDay}, european_aqi: New bands.`,
  );
});

/** Makes the answers of a hub about a version that serves. */
function registeredAs(version: string): { readonly champion: ChampionAnswer; readonly model: Model } {
  const at = "2026-11-02T00:00:00.000Z";
  const change = { number: 1, version, rule: "replacement", who: "trainer", why: "better", flowId: null } as const;
  const serves = { ...change, since: at, until: null };
  return {
    champion: {
      forecast: "sickness",
      champion: serves,
      decision: null,
      looks: [],
      dataChanged: false,
      changes: [serves],
    },
    model: {
      forecast: "sickness",
      version,
      stage: "champion",
      candidate: "logistic",
      recipe: "0123456789abcdef",
      producer: "almanac",
      run: null,
      rmse: 0.4,
      skill: 0.1,
      pValue: 0.01,
      testFrom: "2026-09-01",
      testTo: "2026-11-01",
      publishedFrom: "2026-06-01",
      publishedTo: "2026-11-01",
      modelSha256: "0".repeat(64),
      modelBytes: 1,
      cardSha256: "0".repeat(64),
      registeredAt: at,
    },
  };
}
