/** Names of states and cities: what is one. */
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { shown } from "../workbook/sheet-cells.ts";
import { type Row, valuesPerRow } from "./cells.ts";

/** Letters, with the signs that names carry: Cd.Juárez, Edo. México. */
const nameShape = /^\p{L}[\p{L}\p{M} .'’()/-]{0,79}$/u;
/** Why the names of a row are none; the row itself tells what stands in their place. */
export function badNames(state: string, city: string, row: NonNullable<Row>): Problem | null {
  const refuse = (reason: string, column: string, found: string, expected: string) =>
    problem(reason, { column, found: found || "an empty cell", expected, values: valuesPerRow });
  if (city === "") return refuse("missing-city", "B", shown(row[1]), "the name of a city");
  if (state === "")
    return refuse("missing-state", "A", shown(row[0]), `the state of ${city}, here or in a merged cell above`);
  if (!nameShape.test(state)) return refuse("implausible-name", "A", state, "a name made of letters");
  if (!nameShape.test(city)) return refuse("implausible-name", "B", city, "a name made of letters");
  return null;
}
