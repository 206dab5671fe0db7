/**
 * `almanac import FORECAST model.onnx`: verifies a model of another tool, scores it on all periods after its training
 * data, registers it and requests its promotion.
 */
import { isNaive } from "../../shared/registry/gate.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { feedsOf, knownForecast } from "../known.ts";
import { readPublication } from "../read-publication.ts";
import { print, printJson, prose } from "../terminal.ts";
import { factsOfLakes } from "../training/facts.ts";
import { judgeImported } from "../training/import-model.ts";
import { checkedGraph } from "../training/imported-graph.ts";
import { leaderboard } from "../training/leaderboard.ts";
import { readTrainingOptions } from "../training/options.ts";
import { promote, register } from "../training/register.ts";
import { prepareTraining, withPool } from "../training/run-contest.ts";
import { servingModel } from "../training/serving-model.ts";
import { readTrainedTo } from "../training/trained-to.ts";

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
  const { producer, why = `imported from ${producer}` } = options;
  const trainedTo = readTrainedTo(options.trainedTo, forecast);
  if (producer === "almanac")
    throw new Failure("--producer almanac is reserved for Almanac's own models. Name the tool that made the file.");
  const bytes = await readPublication(file);
  // Check the file before the lake is read, which takes longer.
  checkedGraph(bytes, forecast);
  const hub = connect({ ...options, actor: "import" });
  const prepared = prepareTraining(forecast, await factsOfLakes(hub, feedsOf(forecast)));
  const { seed } = readTrainingOptions(options);
  const serving = await servingModel(hub, prepared, { seed, threads: null });
  const imported = await withPool(prepared, (pool) =>
    judgeImported({ prepared, bytes, producer, trainedTo, seed, incumbent: serving.model }, pool),
  );
  await register(hub, { card: imported.card, model: imported.model, run: null });
  const flow = await promote(hub, imported.card, why);
  const { version, judged } = imported.card;
  const { engine } = imported;
  if (options.json) {
    printJson({
      forecast: forecast.id,
      version,
      engine: engine.name,
      contenders: judged.contenders,
      flow: flow.id,
      state: flow.state,
      reason: flow.reason,
    });
  } else {
    print(leaderboard(forecast, judged.contenders, championRow(flow.state === "done" ? version : null, serving.model)));
    if (serving.note !== null) print(`\n${prose(serving.note)}`);
    const result = flow.state === "done" ? "is the champion" : "is registered but was not promoted";
    print(`\n${prose(`${version} ${result}. ${flow.reason ?? ""}`.trim())}`);
    if (engine.why !== null) print(`\n${prose(`${engine.name} runs this model, without explanations: ${engine.why}`)}`);
  }
  if (flow.state !== "done") process.exitCode = 1;
}

/** Returns the leaderboard name of the champion: the imported version if promoted, else the model that served before; empty without one. */
function championRow(imported: string | null, serving: ServingModel | null): string {
  if (imported !== null) return imported;
  if (serving === null) return "";
  return isNaive(serving.recipe.candidate) ? serving.recipe.candidate : `incumbent ${serving.version}`;
}
