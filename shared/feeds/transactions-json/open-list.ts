import { exceededJsonLimit } from "../../lib/json-limits.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { FeedLimits, Problem } from "../feed.ts";
import { describeHidden } from "../personal/describe-hidden.ts";
import { problem } from "../problem.ts";
import { decodeText } from "../text.ts";

/** Fields of one transaction. */
const fieldsOfRow = 7;
/** A list of objects has two levels. */
const depthMax = 4;

/** Parses the bytes of a file as a list, within the limits of the feed. Its rows are not validated. */
export function openList(
  bytes: Uint8Array,
  { bytesMax, cellsMax }: Pick<FeedLimits, "bytesMax" | "cellsMax">,
): Result<readonly unknown[], Problem> {
  if (bytes.length > bytesMax) return refused("too-large", `${bytes.length} bytes`, `at most ${bytesMax} bytes`);
  const text = decodeText(bytes);
  if (text === null) return refused("not-text", "bytes that are not UTF-8 text", "JSON in UTF-8");
  const containersMax = Math.ceil(cellsMax / fieldsOfRow) + 1;
  const exceeded = exceededJsonLimit(text, { depthMax, valuesMax: 2 * cellsMax, containersMax });
  if (exceeded !== null) return refused("too-complex", exceeded, "a list of transactions");
  const parsed = parseJson(text);
  if (!parsed.ok)
    return refused("not-json", text === "" ? "an empty file" : "text that is not JSON", "a complete JSON list");
  if (!Array.isArray(parsed.value))
    return refused("unexpected-shape", describeHidden(parsed.value), "a list of transactions");
  const cells = parsed.value.length * fieldsOfRow;
  if (cells > cellsMax) return refused("too-many-cells", `${cells} values`, `at most ${cellsMax} values`);
  return success(parsed.value);
}

function refused(reason: string, found: string, expected: string) {
  return failure(problem(reason, { found, expected }));
}
