import type { Card, Contender } from "./card.ts";

/** The leaderboard's line of the model itself; null where the card has none. */
export function ownLine(card: Pick<Card, "recipe" | "judged">): Contender | null {
  const { contenders } = card.judged;
  return (
    contenders.find(({ recipe }) => recipe === card.recipe.id) ??
    contenders.find(({ candidate }) => candidate === card.recipe.candidate) ??
    null
  );
}
