/** Imports a model file of another tool: verifies it, scores it on all periods after its training data and writes its card. */
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import { calibrationOf, evenThreshold } from "../../shared/judging/classification.ts";
import { errorBy, missesOf, widthsOf } from "../../shared/judging/score.ts";
import { type Scored, scoredByOtherPeriods } from "../../shared/judging/scoring.ts";
import { foldsAfter, rowsOf, spanOf, type Windows, windowsOf } from "../../shared/judging/windows.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import type { Card } from "../../shared/registry/card.ts";
import { evidenceAfter } from "../../shared/registry/evidence.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { cardBreaks, describeFile, identityOf, lineageOf } from "../../shared/training/card-parts.ts";
import { refitAt } from "../../shared/training/contest.ts";
import { decisionOf } from "../../shared/training/decision.ts";
import { evidenceOfWindow, intervalOptions, lineOf, narrowed, rowsAfter } from "../../shared/training/evidence.ts";
import { goldenOf } from "../../shared/training/golden-rows.ts";
import type { Pool, RecipeChoice } from "../../shared/training/job.ts";
import { externalLine } from "../../shared/training/judge-window.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { naiveOnTest } from "../../shared/training/naive.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { publishedForm } from "../../shared/training/published-card.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { Failure } from "../failure.ts";
import { codeVersion } from "./code-version.ts";
import { checkedGraph } from "./imported-graph.ts";
import { runInProcess } from "./reference-process.ts";
import type { Prepared } from "./run-contest.ts";
import { runImported, type ServingEngine, tolerance } from "./run-imported.ts";

export interface ImportTask {
  readonly prepared: Prepared;
  readonly bytes: Uint8Array;
  /** The tool that made the file. */
  readonly producer: string;
  /** Last period of its training data. All later periods are scored, and no others. */
  readonly trainedTo: string;
  readonly seed: number;
  readonly incumbent: ServingModel | null;
}

export interface Imported {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  readonly engine: ServingEngine;
}

/**
 * Verifies and scores the file and makes its card. @throws Failure with what is wrong and what to change.
 * @param run runs the file once; by default in a child process with limits, because nothing is known about the file
 */
export async function judgeImported(task: ImportTask, pool: Pool, run: RunModel = runInProcess): Promise<Imported> {
  const { prepared, producer, trainedTo, incumbent } = task;
  const { forecast, data } = prepared;
  const isClasses = forecast.task === "classification";
  const graph = checkedGraph(task.bytes, forecast);
  // The folds of the test window, and those before it that contain periods after the file's training data.
  const folds = foldsAfter(data, trainedTo, forecast.validation);
  const windows = { ...windowsOf(data, forecast.validation), test: folds };
  const rows = rowsOf(folds);
  const unseen = rowsAfter(data, rows, trainedTo);
  if (unseen.from === unseen.to) throw new Failure(noUnseenPeriod(trainedTo, spanOf(data, rows).to));
  const recipe: RecipeChoice = { candidate: "imported", parameters: { producer, sha256: sha256Hex(task.bytes) } };
  const version = versionOf(task, recipeOf(forecast, recipe).id);
  const metadata = { forecast: forecast.id, version, fingerprint: fingerprintOf(forecast), producer };
  const { model, size, wanted, outputs, results, engine } = await runImported(
    { graph: { ...graph, metadata: { ...graph.metadata, ...metadata } }, forecast, data, rows },
    run,
  );
  const naive = await naiveOnTest({ forecast, data, windows, seed: task.seed }, pool);
  const scoring = { forecast, data };
  const served = await incumbentScored(task, windows, pool);
  const fullWindow = {
    data,
    forecast,
    rows,
    naive: naive.test,
    naiveCandidate: naive.recipe.candidate,
    incumbent: served,
  };
  // All contenders are scored on the same rows: those after the file's training data.
  const window = narrowed(fullWindow, unseen);
  const predictions = Float64Array.from(results).subarray(unseen.from - rows.from);
  const own = scoredByOtherPeriods(scoring, { rows: unseen, predictions, changes: null });
  const contenders = [
    {
      ...lineOf(window, { name: version, recipe, test: own, seconds: 0, validation: null }),
      note: `made by ${producer}, trained to ${trainedTo}${engine.name === "tabular" ? "" : `, served by ${engine.name}`}`,
    },
    lineOf(window, {
      name: naive.recipe.candidate,
      recipe: naive.recipe,
      test: window.naive,
      seconds: 0,
      validation: null,
    }),
  ];
  if (incumbent?.isExternal) contenders.push(...externalLine(window, incumbent));
  else if (window.incumbent !== null && incumbent !== null && !isNaive(incumbent.recipe.candidate)) {
    contenders.push(
      lineOf(window, {
        name: `incumbent ${incumbent.version}`,
        recipe: incumbent.recipe,
        test: window.incumbent,
        seconds: 0,
        validation: null,
      }),
    );
  }
  const evidence = evidenceAfter(
    evidenceOfWindow(window, own),
    incumbent?.isExternal ? incumbent.file.trainedTo : null,
  );
  const { holdLast } = forecast.intervals;
  const misses = missesOf(data, unseen, { predictions, holdLast });
  const used = new Set(graph.inputs.map(({ name }) => name));
  const origin = { ...prepared, codeVersion: codeVersion(), seed: task.seed, trials: 0 };
  const published = spanOf(data, { from: 0, to: unseen.from });
  const card: Card = {
    ...identityOf(prepared, { version, producer, recipe }),
    ...describeFile(forecast, data, { model, size, inputs: used }),
    ...stepsOf(prepared),
    backfill: [],
    lineage: lineageOf(origin),
    judged: {
      validation: spanOf(data, rowsOf(windows.validation)),
      test: spanOf(data, unseen),
      contenders: contenders.sort((a, b) => errorBy(forecast.metric, a) - errorBy(forecast.metric, b)),
      evidence,
      field: [],
      look: null,
      metric: forecast.metric,
      naive: naive.recipe.candidate,
      change: null,
      calibration: isClasses ? calibrationOf(data, own) : null,
      groups: [],
      incumbent: incumbent?.version ?? null,
      reason: `Imported from ${producer}, trained to ${trainedTo}: scored on the ${evidence.periods.length} periods after that.`,
    },
    published: { ...published, to: trainedTo },
    breaks: cardBreaks(prepared.breaks, trainedTo),
    decision: isClasses
      ? await decisionOf(
          { forecast, threshold: evenThreshold, naive: naive.recipe, rows: data.rows, seed: task.seed },
          pool,
        )
      : null,
    intervals: widthsOf(unseen, misses, intervalOptions(forecast, data)),
    intervalsHoldLast: holdLast,
    distribution: publishedForm(own.form),
    unchangedShare: null,
    golden: goldenOf(wanted, outputs, { parts: [rows.to - rows.from], tolerance }),
  };
  return { model, card, engine };
}

function noUnseenPeriod(trainedTo: string, last: string): string {
  return `The file was trained to ${trainedTo} and the data ends at ${last}, so there is no period to score. Import it again after later periods were ingested.`;
}

/** Returns the steps and their baselines, which do not depend on the file. */
function stepsOf({ forecast, panel }: Prepared): Pick<Card, "steps" | "baselines" | "further"> {
  const baselines = stepBaselinesOf(forecast, panel);
  return { steps: baselines.length === 0 ? [1] : [...forecast.steps], baselines, further: null };
}

/** Returns a version that depends on everything in the card: the file, the data, the seed, the code and the champion. */
function versionOf({ prepared, trainedTo, seed, incumbent }: ImportTask, recipe: string): string {
  const identity = JSON.stringify([
    recipe,
    prepared.dataHash,
    trainedTo,
    seed,
    codeVersion(),
    incumbent?.version ?? null,
  ]);
  return `${trainedTo.replaceAll(/[^0-9]/g, "")}-${sha256Hex(identity).slice(0, 8)}`;
}

async function incumbentScored(
  { prepared, incumbent, seed }: ImportTask,
  { test }: Windows,
  pool: Pool,
): Promise<Scored | null> {
  if (incumbent === null) return null;
  const { forecast, data } = prepared;
  const rows = rowsOf(test);
  if (incumbent.isExternal)
    return scoredByOtherPeriods({ forecast, data }, { ...(await incumbent.file.predict(rows)), rows });
  const refit = await refitAt(test, incumbent.recipe, { pool, seed });
  return refit.ok ? scoredByOtherPeriods({ forecast, data }, { ...refit.value, rows }) : null;
}
