/** What a start was asked to do, and what it has done. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { Failure } from "../failure.ts";
import type { FetchedPublication } from "../local/fetch-day.ts";
import type { Platform } from "../local/platform.ts";
import type { ReadTrainingOptions } from "../training/options.ts";
import type { Trained } from "../training/train.ts";
import type { Scope } from "./start-scope.ts";

/** What a start has done so far. */
export interface Progress {
  platform?: Platform;
  /** Forecasts that could not be trained, whose declaration does not fit the data, or whose report was not published, with the reason. */
  readonly failed: { readonly forecast: string; readonly reason: string }[];
  /** Forecasts that predict cannot answer, with the reason. */
  readonly unanswered: { readonly forecast: string; readonly reason: string }[];
  readonly trained: { readonly forecast: Forecast; readonly trained: Trained }[];
  readonly publications: FetchedPublication[];
}

/** Returns whether every forecast was started. */
export const isComplete = ({ failed, unanswered }: Progress) => failed.length + unanswered.length === 0;

/** Returns the platform of a start. @throws Failure before it runs. */
export function running({ platform }: Progress): Platform {
  if (!platform) throw new Failure("The platform did not start.");
  return platform;
}

export interface BringUp {
  readonly state: string;
  readonly port: number;
  readonly inspectorPort: number | null;
  readonly date: string;
  readonly scope: Scope;
  /** Options of the first training. */
  readonly first: ReadTrainingOptions;
  readonly json: boolean;
}
