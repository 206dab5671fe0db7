/** What is published, and with what. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { FurtherSteps } from "../registry/further-steps.ts";
import type { StepBaselines } from "../registry/step-baselines.ts";
import type { SourceBreak } from "../sources/breaks.ts";
import type { Inputs } from "./inputs.ts";
import type { RecipeChoice, Workbench } from "./job.ts";
import type { Judgement } from "./judgement.ts";
import type { TrainingOutcome } from "./verdict.ts";

/** The reference runtime: maps a file and its inputs to one list of numbers per output. */
export type RunModel = (model: Uint8Array, inputs: Inputs) => Promise<Readonly<Record<string, Float32Array>>>;

export interface PublishTask {
  readonly forecast: Forecast;
  readonly bench: Workbench;
  readonly judgement: Judgement;
  /** The recipe to publish. It has to be a contender of the judgement. */
  readonly recipe: RecipeChoice;
  readonly reason: string;
  /** The look of the training and the leaderboard with its p-values. */
  readonly outcome?: Pick<TrainingOutcome, "look" | "contenders">;
  readonly seed: number;
  readonly codeVersion: string;
  readonly trials: number;
  /** True for a baseline that serves if the champion cannot run: it reads as few features as possible. */
  readonly isFallback?: boolean;
  /** SHA-256 and number of the training observations. */
  readonly dataHash: string;
  readonly observations: number;
  /**
   * A champion whose card was lost, else null. Its version would be computed again from the same recipe and data, but its card
   * cannot be, so the new version has another name.
   */
  readonly unreadable?: string | null;
  /** Changes of meaning inside the training data. */
  readonly breaks: readonly SourceBreak[];
  /** The break after which the training data begins, if the forecast trains only after breaks. */
  readonly after?: SourceBreak | null;
  /** The baselines of the steps. By default the model predicts only the next period. */
  readonly baselines?: StepBaselines;
  /** What serves each step after the first. By default the baselines serve them all. */
  readonly further?: FurtherSteps | null;
}

/** Producer of Almanac's models, as recorded in their cards. */
export const producer = "almanac";
