import type { ModelComparison } from "../../../shared/api/models.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import { compareCards } from "../../../shared/registry/compare.ts";
import type { Hub } from "../hub.ts";
import { requireCard } from "./read-model.ts";
import { requireModel } from "./require.ts";

/** Compares two versions of a forecast: metrics, parameters and features. */
export async function compareModels(
  fx: Pick<Hub, "db" | "lake">,
  forecast: string,
  { a, b }: { readonly a: string; readonly b: string },
): Promise<Result<ModelComparison, Refusal>> {
  const first = await requireModel(fx, forecast, a);
  if (!first.ok) return first;
  const second = await requireModel(fx, forecast, b);
  if (!second.ok) return second;
  const cardA = await requireCard(fx, first.value);
  if (!cardA.ok) return cardA;
  const cardB = await requireCard(fx, second.value);
  if (!cardB.ok) return cardB;
  return success({ a: first.value, b: second.value, ...compareCards(cardA.value, cardB.value) });
}
