import { text } from "../../lib/validate-json.ts";
import { dimensionKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

/** A dimension of the series, as text. */
export const category = dimensionKind({
  name: "category",
  version: 1,
  options: optionsOf<{ readonly dimension: string }>({ dimension: text }),
});
