import type { Refusal } from "../../../shared/api/problem.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";

/** A file in R2 whose headers and bytes are read separately. */
export interface StoredFile {
  head(): Promise<Result<R2Object, Refusal>>;
  /** Reads the bytes. Returns the object without a body if `onlyIf` does not hold. */
  get(options?: R2GetOptions): Promise<Result<R2ObjectBody | R2Object, Refusal>>;
}

/** Returns the file with a key. Its reads fail with `missing` if there is none. */
export function storedFile({ lake }: Pick<Hub, "lake">, key: string, missing: Refusal): StoredFile {
  return {
    async head() {
      const object = await lake.head(key);
      return object ? success(object) : failure(missing);
    },
    async get(options = {}) {
      const object = await lake.get(key, options);
      return object ? success(object) : failure(missing);
    },
  };
}
