/**
 * The summary that `almanac start` prints: one row per forecast, the forecasts that cannot be answered, the addresses of the reports
 * and of the API reference, and one request to try.
 */
import type { Model } from "../../shared/api/models.ts";
import type { Prediction } from "../../shared/api/predict.ts";
import type { Serving } from "../../shared/api/serving.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { listText } from "../../shared/lib/list-text.ts";
import type { Result } from "../../shared/lib/result.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import type { Hub } from "../hub.ts";
import { predictionText } from "../predictions-table.ts";
import { servingLine, servingOf } from "../serving.ts";
import { prose, table } from "../terminal.ts";
import { curlOf, examplePath } from "./examples.ts";
import { stateOption } from "./state.ts";

/** The serving state of one forecast. */
export interface ServedForecast {
  readonly forecast: Forecast;
  /** Null without a champion. */
  readonly champion: Pick<Model, "candidate" | "skill"> | null;
  /** The next value of one series; null if it cannot be predicted. */
  readonly next: { readonly period: string; readonly prediction: Prediction } | null;
  /** What predict answers with, or why it cannot; null without a champion. */
  readonly serving: Result<Serving> | null;
  /** Whether it has a published report. */
  readonly hasReport: boolean;
  /** Whether a feed of it contains simulated data. */
  readonly isSimulated: boolean;
}

export async function servedForecast({ api }: Hub, forecast: Forecast): Promise<ServedForecast> {
  const { models } = await api.listModels({ query: { forecast: forecast.id, stage: "champion" } });
  const [champion = null] = models;
  const { reports } = await api.listReports({ query: { forecast: forecast.id, limit: 1 } });
  const { feeds } = await api.listFeeds();
  const isSimulated = feeds.some(({ id, simulated }) => simulated === true && feedIdsOf(forecast).includes(id));
  const known = { forecast, hasReport: reports.length > 0, isSimulated };
  if (champion === null) return { ...known, champion, next: null, serving: null };
  const serving = await servingOf({ api }, forecast.id);
  return { ...known, champion, next: serving.ok ? await nextOf(api, forecast) : null, serving };
}

/** Predicts the example series, or the first series of a forecast without an example. */
async function nextOf(api: Hub["api"], forecast: Forecast): Promise<ServedForecast["next"]> {
  const path = examplePath(forecast.id);
  try {
    if (path !== null) {
      const query = Object.fromEntries(new URL(path, "http://hub").searchParams);
      const answer = await api.askPrediction({ forecast: forecast.id, query });
      return { period: answer.target_period, prediction: answer };
    }
    const answer = await api.predict({ forecast: forecast.id, query: {}, body: { all: true } });
    const [first] = "predictions" in answer && Array.isArray(answer.predictions) ? answer.predictions : [];
    return first && "series" in first ? { period: String(answer.target_period), prediction: first } : null;
  } catch {
    // A new champion may not be readable yet. The summary is no reason to stop the platform.
    return null;
  }
}

/** The running platform. */
interface Place {
  /** Address of the hub. */
  readonly url: string;
  /** Folder of the platform's data. */
  readonly state: string;
  /** True if the platform stops now, so that its addresses do not work. */
  readonly isStopping?: boolean;
}

/** Formats the summary. */
export function summaryText(served: readonly ServedForecast[], { url, state, isStopping = false }: Place): string {
  const rows = served.map(({ forecast, champion, next }) => [
    forecast.id,
    champion?.candidate ?? "none",
    champion === null ? "–" : skillText(champion),
    next?.period ?? "–",
    next === null ? "not available" : predictionText(forecast, next.prediction),
  ]);
  const unanswered = served.flatMap(({ forecast, serving }) =>
    serving === null || serving.ok ? [] : [prose(servingLine(forecast.id, serving), "  ")],
  );
  const simulated = served.filter(({ isSimulated }) => isSimulated).map(({ forecast }) => forecast.id);
  const header = ["forecast", "champion", "skill", "period", "next value of one series"];
  const paths = served.flatMap((one) =>
    one.next === null || isPersonal(one) ? [] : [examplePath(one.forecast.id) ?? []].flat(),
  );
  const [shortest] = paths.sort((a, b) => a.length - b.length);
  return [
    table(header, rows, { right: [2], optional: [3] }),
    "",
    ...(unanswered.length === 0 ? [] : [...unanswered, ""]),
    ...(simulated.length === 0 ? [] : [prose(`Simulated data: ${listText(simulated)}.`), ""]),
    ...(isStopping
      ? [prose(`The platform stops. Run it with: npm start${stateOption(state, " --")}`)]
      : [
          ...served.map((one) => reportLine(one, { url, state })).filter((line) => line !== null),
          `${url}/docs`,
          ...(shortest === undefined ? [] : [`$ ${curlOf(url + shortest)}`]),
        ]),
  ].join("\n");
}

/** Returns the address of the latest report, or the command that writes a personal one: a browser does not send the token. */
function reportLine({ forecast, hasReport }: ServedForecast, { url, state }: Place): string | null {
  // The command finds the hub and the token in the state folder.
  if (isPersonal({ forecast })) return `npm run almanac -- report ${forecast.id} --out DIR${stateOption(state)}`;
  return hasReport ? `${url}/reports/${forecast.id}/latest.html` : null;
}

function isPersonal({ forecast }: Pick<ServedForecast, "forecast">): boolean {
  return personalNames.has(forecast.id);
}

/** Formats the skill against the baseline; a baseline has none. */
function skillText({ candidate, skill }: Pick<Model, "candidate" | "skill">): string {
  if (isNaive(candidate)) return "baseline";
  return skill === null ? "–" : `${(skill * 100).toFixed(1)} %`;
}
