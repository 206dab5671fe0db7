import type { Card, Contender } from "./card.ts";

interface Leaderboard<Line> {
  readonly recipe: Pick<Card["recipe"], "id" | "candidate">;
  readonly judged: { readonly contenders: readonly Line[] };
}

/** Returns the model's own row of the leaderboard, or null. */
export function ownLine<Line extends Pick<Contender, "recipe" | "candidate">>(card: Leaderboard<Line>): Line | null {
  const { contenders } = card.judged;
  return (
    contenders.find(({ recipe }) => recipe === card.recipe.id) ??
    contenders.find(({ candidate }) => candidate === card.recipe.candidate) ??
    null
  );
}
