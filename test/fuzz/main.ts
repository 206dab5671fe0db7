/** `npm run fuzz -- NAME --count N --seed S`: runs random inputs of one kind and prints the failures. */
import { parseArgs } from "node:util";
import { fuzz, isClean } from "./run.ts";
import { fuzzTargets } from "./targets.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const [name = ""] = positionals;
if (!(name in fuzzTargets) || !(count >= 1) || !Number.isInteger(seed)) {
  console.error(
    `Usage: npm run fuzz -- NAME --count N --seed S. NAME is one of ${Object.keys(fuzzTargets).join(", ")}.`,
  );
  process.exit(2);
}
const report = await fuzz(name, count, seed);
console.log(JSON.stringify(report, null, 1));
if (!isClean(report)) process.exitCode = 1;
