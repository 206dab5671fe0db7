/** What a fuzz target consists of. */
import type { Chance } from "./inputs.ts";

export interface FuzzTarget {
  /** Loads what the checks need, once. */
  prepare?(): Promise<void>;
  /** Makes a random input and returns the function that checks it. The function throws if the code under test fails a check. */
  make(chance: Chance): () => Promise<void> | void;
}
