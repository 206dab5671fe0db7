/** The fields of an instance: what each name means, whichever of its names is used. */
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
  /** What they are called, aliases among them. */
  readonly names: readonly string[];
  /** The field of a name, of one of its aliases, or of either with other accents or capitals. */
  find(name: string): Field | undefined;
}

/** Names the whole period as text, under this name in every forecast. */
export const periodField = "target_period";

/** What a forecast's instances may hold: its dimensions, what names the target, and every input of the model. O(fields). */
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
  const spelled = new Map(byName);
  for (const [alias, name] of Object.entries(forecast.aliases)) {
    const field = byName.get(name);
    if (field) spelled.set(alias, field);
  }
  // Made for the first name that is written otherwise: most never are.
  let loose: ReadonlyMap<string, Field | null> | null = null;
  return {
    all: [...byName.values()],
    names: [...spelled.keys()],
    find(name) {
      const field = spelled.get(name);
      if (field) return field;
      loose ??= looselyNamed(spelled);
      return loose.get(foldText(name)) ?? undefined;
    },
  };
}

/** Fields by name without accents and capitals; null for two that nothing else tells apart: they have to be written exactly. */
function looselyNamed(spelled: ReadonlyMap<string, Field>): ReadonlyMap<string, Field | null> {
  const loose = new Map<string, Field | null>();
  for (const [name, field] of spelled) {
    const key = foldText(name);
    const other = loose.get(key);
    loose.set(key, other === undefined || other === field ? field : null);
  }
  return loose;
}

function isDatePart(part: string): part is DatePart {
  return dateParts.some((one) => one === part);
}
