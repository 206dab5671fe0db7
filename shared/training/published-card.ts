/** Builds the card of a published model. */
import type { ChangeSource } from "../candidates/graph.ts";
import type { DistributionForm } from "../distributions/form.ts";
import { widthsOf } from "../judging/score.ts";
import { spanOf } from "../judging/windows.ts";
import type { Backfill } from "../registry/backfill.ts";
import type { Card, Decision } from "../registry/card.ts";
import { isNaive } from "../registry/gate.ts";
import type { Golden } from "../registry/golden-shape.ts";
import { cardBreaks, describeFile, identityOf, lineageOf, type WrittenModel } from "./card-parts.ts";
import { shareOf } from "./change.ts";
import { intervalOptions } from "./evidence.ts";
import type { RecipeChoice } from "./job.ts";
import type { Judgement } from "./judgement.ts";
import { type PublishTask, producer } from "./publish-task.ts";
import { recipeOf } from "./recipe.ts";

export interface CardParts extends WrittenModel {
  readonly version: string;
  readonly golden: Golden;
  readonly decision: Decision | null;
  readonly backfill: Backfill;
  readonly sourceOfChange: ChangeSource["kind"] | null;
}

/** Returns the card. @throws RangeError if the recipe is not a contender of the judgement. */
export function cardOf(
  task: PublishTask,
  { version, golden, decision, backfill, sourceOfChange, ...file }: CardParts,
): Card {
  const { forecast, bench, judgement, recipe } = task;
  const { data, events } = bench;
  const all = { from: 0, to: data.rows };
  const known = judgement.missesFor(recipe);
  const evidence = judgement.evidenceFor(recipe);
  if (evidence === null || known === null) {
    throw new RangeError(`${recipe.candidate} is not a contender of the judgement`);
  }
  const { validation, test, change, naive, incumbent, field } = judgement;
  const { look = null, contenders = judgement.contenders } = task.outcome ?? {};
  const isTested = look !== null && field.some((entry) => entry.recipe === recipeOf(forecast, recipe).id);
  const own = judgement.changeFor(recipe);
  const metrics = own === null ? changeMetrics(change, sourceOfChange) : metricsOf(own, ownSourceOf(recipe));
  return {
    ...identityOf(task, { version, producer, recipe }),
    ...describeFile(forecast, data, file),
    ...stepsOf(task),
    backfill,
    lineage: lineageOf(task),
    judged: {
      validation,
      test,
      contenders: [...contenders],
      evidence,
      field: isTested ? [...field] : [],
      look: look && { from: look.from, to: look.to, halvings: look.halvings },
      metric: forecast.metric,
      naive: naive.candidate,
      change: metrics,
      calibration: judgement.classesFor(recipe)?.calibration ?? null,
      groups: judgement.groupsFor(recipe),
      incumbent,
      reason: task.reason,
    },
    published: spanOf(data, all),
    breaks: cardBreaks(task.breaks, spanOf(data, all).to),
    decision,
    intervals: widthsOf(known.rows, known.misses, intervalOptions(forecast, data)),
    intervalsHoldLast: forecast.intervals.holdLast,
    distribution: publishedForm(judgement.formFor(recipe)),
    unchangedShare: forecast.change === null ? null : 1 - shareOf(events, known.rows),
    golden,
  };
}

/** Returns the form as a card contains it. */
export function publishedForm(form: DistributionForm | null): Card["distribution"] {
  return form === null || form.kind === "changes" ? form : { ...form, shape: [...form.shape] };
}

function changeMetrics(change: Judgement["change"], source: ChangeSource["kind"] | null) {
  return change === null || source === null ? null : metricsOf(change, source);
}

/** The baseline's distribution has the series' own frequencies of changes. */
function ownSourceOf({ candidate }: RecipeChoice): ChangeSource["kind"] {
  return isNaive(candidate) ? "frequency" : "model";
}

function stepsOf({
  forecast,
  baselines = [],
  further = null,
}: PublishTask): Pick<Card, "steps" | "baselines" | "further"> {
  return { steps: baselines.length === 0 ? [1] : [...forecast.steps], baselines, further };
}

function metricsOf(change: NonNullable<Judgement["change"]>, source: ChangeSource["kind"]): Card["judged"]["change"] {
  const { parameters: _, ...metrics } = change;
  return { ...metrics, source };
}
