/** The version that made a report, and its errors on past data, from its card. */
import type { Head } from "../api/predict.ts";
import type { Missing, ReportBacktest, ReportModelVersion, ReportServing } from "../api/report-model.ts";
import type { Card } from "../registry/card.ts";
import { ownLine } from "../registry/summary.ts";

/**
 * Returns the version of an answer.
 * @param card null if it could not be read
 * @param serving the decision by which it serves, if it is known
 */
export function reportVersion(
  { version, name, stage, since, decision }: Head["model"],
  card: Card | null,
  serving?: ReportServing,
): ReportModelVersion {
  return {
    version,
    name,
    isFallback: stage === "fallback",
    isBaseline: name === "naive" || card?.recipe.candidate === card?.judged.naive,
    decision: decision ?? null,
    ...(serving && { serving }),
    since: since ?? null,
    trained: card && { from: card.published.from, to: card.published.to, rows: card.published.rows },
    lineage: card && {
      modelSha256: card.model.sha256,
      dataHash: card.lineage.dataHash,
      codeVersion: card.lineage.codeVersion,
      seed: card.lineage.seed,
      producer: card.producer,
    },
  };
}

/** Returns skill and coverage of the version in its test window. */
export function reportBacktest(card: Card | null): ReportBacktest | Missing {
  const line = card && ownLine(card);
  if (!card || !line || card.judged.test.periods === 0) return { missing: "no-backtest" };
  const { from, to, periods } = card.judged.test;
  const coverage = [
    { level: 0.8, share: line.coverage80 },
    { level: 0.95, share: line.coverage95 },
  ].flatMap(({ level, share }) => (share === null ? [] : [{ level, share }]));
  return { from, to, periods, skill: line.skill, isBaseline: line.candidate === card.judged.naive, coverage };
}
