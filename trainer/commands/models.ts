/** `almanac models`, `promote`, `rollback`: what is registered, and who serves. */
import { findForecast } from "../../shared/forecasts/index.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import { knownForecast } from "../known.ts";
import { prose, table } from "../terminal.ts";

interface HubOptions {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export async function listModels(forecastId: string | undefined, options: HubOptions): Promise<void> {
  const query = forecastId === undefined ? {} : { forecast: knownForecast(forecastId).id };
  const { models } = await connect(options).api.listModels({ query });
  if (options.json) return console.log(JSON.stringify({ models }));
  if (models.length === 0)
    return console.log("No model is registered yet; train one with npm run almanac -- train FORECAST.");
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
  // Among those of one forecast its name says nothing; among those of all it is needed, and ▸ tells who serves.
  const optional = [9, 7, 8, forecastId === undefined ? 3 : 1];
  console.log(table(header, rows, { right: [5, 6, 7], optional }));
}

/** In the forecast's own measure; the registry keeps the root of a Brier score, as of every squared error. */
export function errorOf({ forecast, rmse }: { readonly forecast: string; readonly rmse: number | null }): string {
  if (rmse === null) return "–";
  const isBrier = findForecast(forecast)?.metric === "brier";
  return isBrier ? `Brier ${(rmse ** 2).toFixed(4)}` : `RMSE ${rmse.toFixed(4)}`;
}

export async function promoteModel(
  forecastId: string,
  version: string,
  options: HubOptions & { readonly why: string; readonly force?: boolean },
): Promise<void> {
  const forecast = knownForecast(forecastId);
  const hub = connect({ ...options, actor: actor() });
  const body = { why: options.why, force: options.force === true };
  const { flow: id } = await hub.api.promoteModel({ forecast: forecast.id, version, body });
  const flow = await flowEnded(hub, id);
  if (options.json)
    console.log(JSON.stringify({ forecast: forecast.id, version, flow: id, state: flow.state, reason: flow.reason }));
  if (flow.state === "done") {
    if (!options.json) console.log(prose(`${version} serves ${forecast.id}. ${flow.reason ?? ""}`.trim()));
    return;
  }
  throw new Failure(`${version} does not serve: ${flow.reason ?? flow.state}`);
}

export async function rollBack(
  forecastId: string,
  options: HubOptions & { readonly why: string; readonly to?: string },
): Promise<void> {
  const forecast = knownForecast(forecastId);
  const body = { why: options.why, ...(options.to !== undefined && { to: options.to }) };
  const answer = await connect({ ...options, actor: actor() }).api.rollBack({ forecast: forecast.id, body });
  if (options.json) return console.log(JSON.stringify(answer));
  console.log(`${answer.champion?.version} serves ${forecast.id} again, as change number ${answer.champion?.number}.`);
}

/** Who the audit names: the person at this machine. */
function actor(): string {
  return process.env.ALMANAC_ACTOR ?? process.env.USER ?? "command line";
}
