/** The fields of an instance, found by their name or by one of their aliases. */
import { type DatePart, dateParts } from "../forecasts/date-part.ts";
import { foldText } from "../lib/fold-text.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import type { ModelInput } from "./read-served.ts";

export type Field =
  /** Position among the dimensions. */
  | { readonly kind: "dimension"; readonly name: string; readonly at: number }
  | { readonly kind: "date"; readonly name: string; readonly part: DatePart | "period" }
  /** A supplied observation's day or value. */
  | { readonly kind: "observation"; readonly name: string; readonly what: "date" | "value" }
  | { readonly kind: "feature"; readonly name: string; readonly input: ModelInput }
  /** A declared feature that the serving model does not read, such as most features of a baseline. Its value is ignored. */
  | { readonly kind: "unused"; readonly name: string };

export interface Fields {
  readonly all: readonly Field[];
  /** All names of the fields, with aliases. */
  readonly names: readonly string[];
  /** Finds a field by name or alias. Accents and capitals may differ if only one field then matches. */
  find(name: string): Field | undefined;
}

/** The field that names the whole period as text. Every forecast has it. */
export const periodField = "target_period";

/** Returns the fields of a forecast's instances: its dimensions, the parts of the target period, and every feature. O(fields). */
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
  for (const { name } of forecast.features) if (!byName.has(name)) byName.set(name, { kind: "unused", name });
  const byNameOrAlias = new Map(byName);
  for (const [alias, name] of Object.entries(forecast.aliases)) {
    const field = byName.get(name);
    if (field) byNameOrAlias.set(alias, field);
  }
  // Built for the first name with other accents or capitals: most requests have none.
  let byFoldedName: ReadonlyMap<string, Field | null> | null = null;
  return {
    all: [...byName.values()],
    names: [...byNameOrAlias.keys()],
    find(name) {
      const field = byNameOrAlias.get(name);
      if (field) return field;
      byFoldedName ??= foldNames(byNameOrAlias);
      return byFoldedName.get(foldText(name)) ?? undefined;
    },
  };
}

/** Returns fields by name without accents and capitals; null for a name that two fields share, which must be written exactly. */
function foldNames(byName: ReadonlyMap<string, Field>): ReadonlyMap<string, Field | null> {
  const folded = new Map<string, Field | null>();
  for (const [name, field] of byName) {
    const key = foldText(name);
    const other = folded.get(key);
    folded.set(key, other === undefined || other === field ? field : null);
  }
  return folded;
}

function isDatePart(part: string): part is DatePart {
  return dateParts.some((known) => known === part);
}
