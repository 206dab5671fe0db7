/** `almanac models`, `promote`, `rollback`: lists registered models and changes the champion. */
import type { FeedAnswer } from "../../shared/api/feeds.ts";
import type { Model } from "../../shared/api/models.ts";
import type { Serving } from "../../shared/api/serving.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import type { Result } from "../../shared/lib/result.ts";
import { actor } from "../actor.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { printUnlessServed, servingLine, servingOf } from "../serving.ts";
import { print, printJson, prose, table } from "../terminal.ts";
import { trainedAcross } from "../training/break-text.ts";
import { leaderboard } from "../training/leaderboard.ts";

interface HubOptions {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}

interface WaitOptions extends HubOptions {
  /** False with `--no-wait`. */
  readonly wait: boolean;
}

export async function listModels(forecastId: string | undefined, options: HubOptions): Promise<void> {
  const forecast = forecastId === undefined ? null : knownForecast(forecastId);
  const hub = connect(options);
  const { models } = await hub.api.listModels({ query: forecast === null ? {} : { forecast: forecast.id } });
  const serving = await servingNow(hub, forecast);
  const overdue = forecast === null ? [] : await overdueNow(hub, forecast);
  if (options.json)
    return printJson({ models, serving: serving.map(servingJson), ...(forecast !== null && jsonOf(overdue)) });
  if (models.length === 0)
    return print("No model is registered yet. Train one with npm run almanac -- train FORECAST.");
  print(modelsTable(models, forecast));
  print(`\n${serving.map(({ id, answer }) => prose(servingLine(id, answer), "  ")).join("\n")}`);
  for (const { meaning } of overdue) print(`\n${prose(meaning, "  ")}`);
  if (forecast !== null) await printLeaderboard(hub, forecast);
}

type Overdue = FeedAnswer["overdue"][number] & { readonly feed: string };

/** Returns the sources of a forecast whose newest values are missing. */
async function overdueNow({ api }: Hub, { id: forecast }: Forecast): Promise<Overdue[]> {
  const { feeds } = await api.listFeeds();
  return feeds.flatMap(({ id: feed, overdue }) =>
    overdue.filter((one) => one.forecast === forecast).map((one) => ({ ...one, feed })),
  );
}

/** `silent` has the sources without a value for a long time; `late` those that the next report waits for. */
function jsonOf(overdue: readonly Overdue[]) {
  const of = (wanted: Overdue["state"]) =>
    overdue.filter(({ state }) => state === wanted).map(({ feed, last, since }) => ({ feed, last, since }));
  return { silent: of("silent"), late: of("late") };
}

interface ServingNow {
  readonly id: string;
  readonly answer: Result<Serving>;
}

/** Asks predict which version answers for each forecast that has a champion. */
async function servingNow(hub: Hub, forecast: Forecast | null): Promise<ServingNow[]> {
  const query = { stage: "champion", ...(forecast && { forecast: forecast.id }), limit: 500 } as const;
  const { models: champions } = await hub.api.listModels({ query });
  return Promise.all(champions.map(async ({ forecast: id }) => ({ id, answer: await servingOf(hub, id) })));
}

function servingJson({ id, answer }: ServingNow): object {
  return answer.ok ? answer.value : { forecast: id, reason: answer.error };
}

/** Prints the leaderboard on which the champion was chosen; nothing without a champion. */
async function printLeaderboard({ api }: Hub, forecast: Forecast): Promise<void> {
  const { champion } = await api.getChampion({ forecast: forecast.id });
  if (champion === null) return;
  const { card } = await api.getModel({ forecast: forecast.id, version: champion.version });
  const { contenders, test, reason } = card.judged;
  const window = `test window ${test.from} to ${test.to}, ${test.periods} periods`;
  print(`\n${prose(`Leaderboard of the champion ${champion.version}: ${window}`)}\n`);
  print(leaderboard(forecast, contenders, card.recipe.candidate));
  print(`\n${prose(reason)}`);
  for (const text of trainedAcross(card.breaks)) print(`\n${prose(text)}`);
}

function modelsTable(models: readonly Model[], forecast: Forecast | null): string {
  const rows = models.map((model) => [
    model.stage === "champion" ? "▸" : "",
    model.forecast,
    model.version,
    model.stage,
    model.candidate,
    errorOf(model),
    model.skill === null ? "–" : `${(model.skill * 100).toFixed(1)} %`,
    model.pValue?.toPrecision(2) ?? "–",
    `${model.publishedFrom} to ${model.publishedTo}`,
    model.registeredAt.slice(0, 16).replace("T", " "),
  ]);
  const header = [
    "",
    "forecast",
    "version",
    "stage",
    "candidate",
    "test error",
    "skill",
    "p",
    "trained on",
    "registered",
  ];
  // The forecast's name is redundant in the list of one forecast; the stage is, because ▸ marks the champion.
  const optional = [9, 7, 8, forecast === null ? 3 : 1];
  return table(header, rows, { right: [5, 6, 7], optional });
}

/** Formats the test error in the forecast's metric. The registry stores the root of a Brier score, as of every squared error. */
export function errorOf({ forecast, rmse }: { readonly forecast: string; readonly rmse: number | null }): string {
  if (rmse === null) return "–";
  const isBrier = findForecast(forecast)?.metric === "brier";
  return isBrier ? `Brier ${(rmse ** 2).toFixed(4)}` : `RMSE ${rmse.toFixed(4)}`;
}

export async function promoteModel(
  forecastId: string,
  version: string,
  options: WaitOptions & { readonly why: string; readonly force?: boolean },
): Promise<void> {
  const forecast = knownForecast(forecastId);
  const hub = connect({ ...options, actor: actor() });
  const body = { why: options.why, force: options.force === true };
  const { flow: id } = await hub.api.promoteModel({ forecast: forecast.id, version, body });
  const flow = await flowEnded(hub, id);
  const change = Number(flow.stats?.number);
  if (options.wait && flow.state === "done") await printUnlessServed(hub, [{ forecast: forecast.id, change }]);
  if (options.json) printJson({ forecast: forecast.id, version, flow: id, state: flow.state, reason: flow.reason });
  if (flow.state === "done") {
    if (!options.json) print(prose(`${version} is the champion of ${forecast.id}. ${flow.reason ?? ""}`.trim()));
    return;
  }
  throw new Failure(`${version} was not promoted: ${flow.reason ?? flow.state}`);
}

export async function rollBack(
  forecastId: string,
  options: WaitOptions & { readonly why: string; readonly to?: string },
): Promise<void> {
  const forecast = knownForecast(forecastId);
  const body = { why: options.why, ...(options.to !== undefined && { to: options.to }) };
  const hub = connect({ ...options, actor: actor() });
  const answer = await hub.api.rollBack({ forecast: forecast.id, body });
  const { version, number: change = 0 } = answer.champion ?? {};
  if (options.wait) await printUnlessServed(hub, [{ forecast: forecast.id, change }]);
  if (options.json) return printJson(answer);
  print(prose(`${version} is the champion of ${forecast.id} again. ${answer.decision ?? ""}`.trim()));
}
