/** The fields of an instance, by name and alias. */
import { type DatePart, dateParts } from "../forecasts/date-part.ts";
import { foldText } from "../lib/fold-text.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import type { ModelInput } from "./read-served.ts";

export type Field =
  /** Position among the dimensions. */
  | { readonly kind: "dimension"; readonly name: string; readonly at: number }
  | { readonly kind: "date"; readonly name: string; readonly part: DatePart | "period" }
  /** A supplied observation: its day, or its value. */
  | { readonly kind: "observation"; readonly name: string; readonly what: "date" | "value" }
  | { readonly kind: "feature"; readonly name: string; readonly input: ModelInput };

export interface Fields {
  readonly all: readonly Field[];
  /** All names, including aliases. */
  readonly names: readonly string[];
  /** Finds a field by its name or alias, ignoring accents and case if there is no exact match. */
  find(name: string): Field | undefined;
}

/** The field with the whole target period as text, in every forecast. */
export const periodField = "target_period";

/** Returns the fields of a forecast's instances: dimensions, target period and inputs of the model. O(fields). */
export function fieldsOf(forecast: ServingDeclaration, inputs: readonly ModelInput[]): Fields {
  const byName = new Map<string, Field>();
  forecast.dimensions.forEach((name, at) => {
    byName.set(name, { kind: "dimension", name, at });
  });
  const dates: readonly [string, string | undefined][] = Object.entries(forecast.dateFields);
  for (const [part, name] of dates) {
    if (name !== undefined && isDatePart(part)) byName.set(name, { kind: "date", name, part });
  }
  byName.set(periodField, { kind: "date", name: periodField, part: "period" });
  const { given } = forecast;
  if (given) {
    byName.set(given.date, { kind: "observation", name: given.date, what: "date" });
    byName.set(given.value, { kind: "observation", name: given.value, what: "value" });
  }
  for (const input of inputs) {
    if (!byName.has(input.name)) byName.set(input.name, { kind: "feature", name: input.name, input });
  }
  const exact = new Map(byName);
  for (const [alias, name] of Object.entries(forecast.aliases)) {
    const field = byName.get(name);
    if (field) exact.set(alias, field);
  }
  // Built for the first name without an exact match, because most requests have none.
  let loose: ReadonlyMap<string, Field | null> | null = null;
  return {
    all: [...byName.values()],
    names: [...exact.keys()],
    find(name) {
      const field = exact.get(name);
      if (field) return field;
      loose ??= foldNames(exact);
      return loose.get(foldText(name)) ?? undefined;
    },
  };
}

/** Maps fields by their names without accents and case. Null for an ambiguous name, which has to be written exactly. */
function foldNames(exact: ReadonlyMap<string, Field>): ReadonlyMap<string, Field | null> {
  const loose = new Map<string, Field | null>();
  for (const [name, field] of exact) {
    const key = foldText(name);
    const other = loose.get(key);
    loose.set(key, other === undefined || other === field ? field : null);
  }
  return loose;
}

function isDatePart(part: string): part is DatePart {
  return dateParts.some((datePart) => datePart === part);
}
