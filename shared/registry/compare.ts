import type { Card } from "./card.ts";
import { ownLine } from "./summary.ts";

type Value = string | number | boolean | readonly string[] | null;

/** One property of two models, side by side. */
export interface Pair {
  readonly name: string;
  readonly a: Value;
  readonly b: Value;
}

export interface Comparison {
  /** All metrics, each on its card's own test window. `testFrom` and `testTo` show whether the windows are the same. */
  readonly metrics: readonly Pair[];
  /** Parameters that differ; null if a recipe does not have the parameter. */
  readonly parameters: readonly Pair[];
  /** Names of features that only one model reads. */
  readonly features: { readonly onlyA: readonly string[]; readonly onlyB: readonly string[] };
}

export function compareCards(a: Card, b: Card): Comparison {
  const [ofA, ofB] = [metricsOf(a), metricsOf(b)];
  const names = [...new Set([...Object.keys(a.recipe.parameters), ...Object.keys(b.recipe.parameters)])].sort();
  const parameters = names
    .map((name) => ({ name, a: a.recipe.parameters[name] ?? null, b: b.recipe.parameters[name] ?? null }))
    .filter((pair) => JSON.stringify(pair.a) !== JSON.stringify(pair.b));
  const only = (one: Card, other: Card) =>
    one.features.map(({ name }) => name).filter((name) => !other.features.some((feature) => feature.name === name));
  return {
    metrics: Object.entries(ofA).map(([name, value]) => ({ name, a: value, b: ofB[name] ?? null })),
    parameters,
    features: { onlyA: only(a, b), onlyB: only(b, a) },
  };
}

function metricsOf(card: Card): Record<string, Value> {
  const own = ownLine(card);
  return {
    candidate: card.recipe.candidate,
    recipe: card.recipe.id,
    validationRmse: own?.validationRmse ?? null,
    rmse: own?.rmse ?? null,
    mae: own?.mae ?? null,
    skill: own?.skill ?? null,
    pValue: own?.pValue ?? null,
    brier: own?.classification?.brier ?? null,
    logLoss: own?.classification?.logLoss ?? null,
    auc: own?.classification?.auc ?? null,
    balancedAccuracy: own?.classification?.balancedAccuracy ?? null,
    threshold: own?.classification?.threshold ?? null,
    calibrationError: own?.classification?.calibrationError ?? null,
    coverage80: own?.coverage80 ?? null,
    coverage95: own?.coverage95 ?? null,
    seconds: own?.seconds ?? null,
    testFrom: card.judged.test.from,
    testTo: card.judged.test.to,
    testRows: card.judged.test.rows,
    publishedTo: card.published.to,
    nodes: card.model.nodes,
    bytes: card.model.bytes,
    incumbent: card.judged.incumbent,
  };
}
