import type { Feature } from "../features/feature.ts";

/** One use case: what is predicted, from which feed, with which features. */
export interface Forecast {
  readonly id: string;
  readonly title: string;
  /** Feed and variable whose next value is predicted. */
  readonly feed: string;
  readonly variable: string;
  readonly features: readonly Feature[];
}
