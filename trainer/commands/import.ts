/** `almanac import FORECAST model.onnx`: a model made elsewhere, checked, scored on the same window, through the same gate. */
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import type { ServingModel } from "../../shared/training/judge.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { feedsOf, knownForecast } from "../known.ts";
import { readPublication } from "../read-publication.ts";
import { prose } from "../terminal.ts";
import { factsOfLakes } from "../training/facts.ts";
import { checkedGraph, judgeImported } from "../training/import-model.ts";
import { leaderboard } from "../training/leaderboard.ts";
import { readTrainingOptions } from "../training/options.ts";
import { prepare, withPool } from "../training/run-contest.ts";
import { servingModel } from "../training/serving-model.ts";
import { promote, register } from "../training/train.ts";

export async function importModel(
  forecastId: string,
  file: string,
  options: {
    readonly trainedTo: string;
    readonly producer: string;
    readonly seed?: string;
    readonly why?: string;
    readonly url?: string;
    readonly state?: string;
    readonly json?: boolean;
  },
): Promise<void> {
  const forecast = knownForecast(forecastId);
  const { trainedTo, producer, why = `imported from ${producer}` } = options;
  if (!isIsoDay(trainedTo)) throw new Failure(`--trained-to ${trainedTo} is not a day; write it as YYYY-MM-DD.`);
  if (producer === "almanac")
    throw new Failure("--producer almanac is what our own models say; name the tool that made the file.");
  const bytes = await readPublication(file);
  // Before the lake is read: what is wrong with the file itself is known at once.
  checkedGraph(bytes, forecast);
  const hub = connect({ ...options, actor: "import" });
  const prepared = prepare(forecast, await factsOfLakes(hub, feedsOf(forecast)));
  const serving = await servingModel(hub, prepared);
  const { seed } = readTrainingOptions(options);
  const imported = await withPool(prepared, (pool) =>
    judgeImported({ prepared, bytes, producer, trainedTo, seed, incumbent: serving.model }, pool),
  );
  await register(hub, { card: imported.card, model: imported.model, run: null });
  const flow = await promote(hub, imported.card, why);
  const { version, judged } = imported.card;
  const { engine } = imported;
  if (options.json) {
    console.log(
      JSON.stringify({
        forecast: forecast.id,
        version,
        engine: engine.name,
        contenders: judged.contenders,
        flow: flow.id,
        state: flow.state,
        reason: flow.reason,
      }),
    );
  } else {
    console.log(
      leaderboard(forecast, judged.contenders, markOf(flow.state === "done" ? version : null, serving.model)),
    );
    const became = flow.state === "done" ? "serves" : "is registered and does not serve";
    console.log(`\n${prose(`${version} ${became}. ${flow.reason ?? ""}`.trim())}`);
    if (engine.why !== null)
      console.log(`\n${prose(`${engine.name} answers for it, without explanations: ${engine.why}`)}`);
  }
  if (flow.state !== "done") process.exitCode = 1;
}

/** The line of who serves now: the file where it was let in, else who served before; nobody's where nobody does. */
function markOf(imported: string | null, serving: ServingModel | null): string {
  if (imported !== null) return imported;
  if (serving === null) return "";
  return isNaive(serving.recipe.candidate) ? serving.recipe.candidate : `incumbent ${serving.version}`;
}
