/** Parses one of the worst inputs in its own process, so that its heap can be limited. Prints the result. */
import { readFileSync } from "node:fs";
import { findFeed } from "../../shared/feeds/index.ts";
import { worstInputs } from "./worst-inputs.ts";

const [index, file] = [Number(process.argv[2]), process.argv[3] ?? ""];
const input = worstInputs[index];
const feed = findFeed(input?.feed ?? "");
if (!input || !feed) throw new Error(`No worst input ${index}.`);
const bytes = new Uint8Array(readFileSync(file));
const started = performance.now();
const { observations, problems } = await feed.parse(bytes, { name: "a", arrivedAt: "2035-01-01T00:00:00Z" });
const ms = Math.round(performance.now() - started);
const reasons = [...new Set(problems.map(({ reason }) => reason))];
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  JSON.stringify({
    observations: observations.length,
    problems: problems.length,
    reasons,
    bytes: bytes.length,
    ms,
    peakMb,
  }),
);
