/** The role, reason and state of a revision of a report. */

/** `champion`: published. `shadow`: recorded beside it, to compare another version. */
export const reportRoles = ["champion", "shadow"] as const;
export type ReportRole = (typeof reportRoles)[number];

/**
 * Why a revision was made: a complete new period, corrected data of the same period, another champion, a request by a person, the
 * hour of the daily edition, or a period that was published together with a later one.
 */
export const reportReasons = ["publication", "correction", "champion", "request", "edition", "catch-up"] as const;
export type ReportReason = (typeof reportReasons)[number];

/**
 * `requested`: its flow runs. `predicted`: its predictions are stored. `published`: its report can be read. `recorded`: predictions
 * without a report. `overtaken`: newer data or another champion came before it predicted.
 */
export const reportStates = ["requested", "predicted", "published", "recorded", "overtaken"] as const;

/**
 * How a prediction counts. Only `headline` is part of the record. `revision`: a later champion revision of the same origin.
 * `backfill`: published after the publication of the period that it predicts. `shadow`: of a version that did not serve.
 */
export const countings = ["headline", "revision", "backfill", "shadow"] as const;
export type Counting = (typeof countings)[number];

/**
 * The result of the comparison with the baseline. Only the record of all periods has one: over a window that moves, chance shows a
 * difference sooner or later.
 */
export const claims = ["better", "worse", "no difference shown yet"] as const;
export type Claim = (typeof claims)[number];
