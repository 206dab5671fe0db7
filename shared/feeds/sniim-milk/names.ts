/** Names of states and cities: checks them and chooses one spelling for each. */

import { foldText } from "../../lib/fold-text.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { shown } from "../workbook/cell.ts";
import { type SheetRow, valuesPerRow } from "./cells.ts";

/** Letters with the punctuation of names: Cd.Juárez, Edo. México. */
const nameShape = /^\p{L}[\p{L}\p{M} .'’()/-]{0,79}$/u;
/** A word in capitals up to this length may be an acronym: CDMX. */
const acronymLettersMax = 4;
const smallWords = new Set(["de", "del", "el", "la", "las", "los", "y"]);

/** Returns why the names of a row are invalid, or null. The row provides the found text. */
export function badNames(state: string, city: string, row: NonNullable<SheetRow>): Problem | null {
  const refuse = (reason: string, column: string, found: string, expected: string) =>
    problem(reason, { column, found: found || "an empty cell", expected, values: valuesPerRow });
  if (city === "") return refuse("missing-city", "B", shown(row[1]), "the name of a city");
  if (state === "")
    return refuse("missing-state", "A", shown(row[0]), `the state of ${city}, here or in a merged cell above`);
  if (!nameShape.test(state)) return refuse("implausible-name", "A", state, "a name made of letters");
  if (!nameShape.test(city)) return refuse("implausible-name", "B", city, "a name made of letters");
  return null;
}

/** Returns a key that is equal for all spellings of a state. Names that differ only in case or accents are the same name. */
export function stateKey(state: string): string {
  return foldText(state);
}

/** Returns a key that is equal for all spellings of a state and a city. */
export function cityKey(state: string, city: string): string {
  return foldText(`${state} | ${city}`);
}

/** Largest number of spellings of states and cities in one file. Real files have about 100. */
export const spellingsMax = 5_000;

/** Collects the spellings of names. */
export class Spellings {
  #size = 0;
  readonly #names = new Map<string, Map<string, { count: number; readonly row: number; readonly column: string }>>();

  /** True if no new spelling may be added. */
  get isFull(): boolean {
    return this.#size >= spellingsMax;
  }

  has(key: string, name: string): boolean {
    return this.#names.get(key)?.has(name) ?? false;
  }

  /** Adds a name with its location; `key` is equal for all spellings of the name. */
  add(key: string, name: string, at: { readonly row: number; readonly column: string }): void {
    const spellings = this.#names.get(key) ?? new Map();
    this.#names.set(key, spellings);
    if (!spellings.has(name)) this.#size++;
    const met = spellings.get(name) ?? { count: 0, ...at };
    met.count++;
    spellings.set(name, met);
  }

  /**
   * Chooses one spelling per name, independent of the order of the rows: first a spelling in mixed case, then the most
   * frequent one, then the alphabetically first. A name that is only written in capitals is capitalized: NOGALES → Nogales.
   */
  settle(): { readonly canonical: ReadonlyMap<string, string>; readonly remarks: readonly Problem[] } {
    const canonical = new Map<string, string>();
    const remarks: Problem[] = [];
    for (const [key, spellings] of this.#names) {
      const [best = ["", { count: 0 }]] = [...spellings].sort(
        ([a, m], [b, n]) => oddity(a) - oddity(b) || n.count - m.count || (a < b ? -1 : 1),
      );
      const name = isShouted(best[0]) ? capitalize(best[0]) : best[0];
      canonical.set(key, name);
      for (const [spelling, { row, column }] of spellings) {
        if (spelling === name) continue;
        const expected = `${name}, one spelling per name; the prices are stored under it`;
        remarks.push(problem("name-spelled-otherwise", { row, column, found: spelling, expected, values: 0 }));
      }
    }
    return { canonical, remarks };
  }
}

function oddity(name: string): number {
  return isShouted(name) || name === name.toLowerCase() ? 1 : 0;
}

function isShouted(name: string): boolean {
  const isAcronym = name.length <= acronymLettersMax && !name.includes(" ");
  return !isAcronym && name === name.toUpperCase();
}

function capitalize(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/\p{L}[\p{L}\p{M}]*/gu, (word, at: number) =>
      at > 0 && smallWords.has(word) ? word : (word[0] ?? "").toUpperCase() + word.slice(1),
    );
}
