import { listOf, text } from "../../lib/validate-json.ts";
import { eventTextKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

interface Options {
  readonly variable: string;
  /** The texts of the values 0, 1, …, as the feed declares them. */
  readonly categories: readonly string[];
}

/** The last value of a variable of categories, as text; `unknown` if there is none. O(1). */
export const eventCategory = eventTextKind({
  name: "event-category",
  version: 1,
  options: optionsOf<Options>({ variable: text, categories: listOf(text) }),
  missing: "unknown",
  compute: ({ values }, { categories }) => categories[values.at(-1) ?? -1] ?? null,
});
