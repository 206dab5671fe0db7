import type { Card, Contender } from "./card.ts";

interface Leaderboard<Line> {
  readonly recipe: Pick<Card["recipe"], "id" | "candidate">;
  readonly judged: { readonly contenders: readonly Line[] };
}

/** The leaderboard's line of the model itself; null where the card has none. */
export function ownLine<Line extends Pick<Contender, "recipe" | "candidate">>(card: Leaderboard<Line>): Line | null {
  const { contenders } = card.judged;
  return (
    contenders.find(({ recipe }) => recipe === card.recipe.id) ??
    contenders.find(({ candidate }) => candidate === card.recipe.candidate) ??
    null
  );
}
