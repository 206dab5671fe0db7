/** The `almanac` command. */
import { Command, Option } from "commander";
import { feeds } from "../shared/feeds/index.ts";
import { checkDeclarations } from "../shared/forecasts/check.ts";
import { forecasts } from "../shared/forecasts/index.ts";
import { backtest } from "./commands/backtest.ts";
import { exportModel } from "./commands/export.ts";
import { listFeeds } from "./commands/feeds.ts";
import { importModel } from "./commands/import.ts";
import { ingest } from "./commands/ingest.ts";
import { copyLake } from "./commands/lake.ts";
import { listModels, promoteModel, rollBack } from "./commands/models.ts";
import { parse } from "./commands/parse.ts";
import { predict } from "./commands/predict.ts";
import { start } from "./commands/start.ts";
import { trainForecast } from "./commands/train.ts";
import { describe, Failure } from "./failure.ts";
import { prose } from "./terminal.ts";

const program = new Command("almanac").description("A self-maintaining forecasting service.").showHelpAfterError();
const url = () => new Option("--url <url>", "address of the hub; default: the one that `npm start` runs here");
const state = () => new Option("--state <dir>", "state folder of the local platform to talk to").default(".almanac");
const json = () => new Option("--json", "print one JSON object as the last line");

program
  .command("start")
  .description("run the whole platform on this machine, without internet")
  .option("--once", "exit when everything is in")
  .addOption(json())
  .option("--port <n>", "port of the hub; 0 lets the system choose", "8787")
  .option("--state <dir>", "folder that keeps everything", ".almanac")
  .option("--date <day>", "the day to simulate, YYYY-MM-DD; default: today")
  .option("--only <forecasts>", "these forecasts and their feeds alone, separated by commas")
  .action(start);

program
  .command("feeds")
  .description("list what is watched and how far it has come")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(listFeeds);

program
  .command("ingest <feed> <files...>")
  .description("upload publications and wait until they are in")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(ingest);

program
  .command("parse <feed> <files...>")
  .description("read publications without a hub")
  .addOption(json())
  .option("--as-of <day>", "when the files are taken to have arrived; default: now")
  .action(parse);

program
  .command("lake <feed>")
  .description("copy a feed's lake to a folder of parquet files")
  .requiredOption("--out <dir>", "the folder")
  .addOption(url())
  .addOption(state())
  .action(copyLake);

const trials = () =>
  new Option("--trials <n>", "at most so many trials a candidate; default: what the forecast declares");
const seed = () => new Option("--seed <n>", "the same seed and data give the same result").default("1");
const threads = () => new Option("--threads <n>", "threads to use; the result does not depend on it");
const only = () =>
  new Option("--only <candidates>", "these candidates alone, separated by commas; naive is always there");
const budget = () =>
  new Option(
    "--budget <time>",
    "begin no further trial after this time, e.g. 60s; first trials, the test window and publishing come on top",
  );

program
  .command("backtest <forecast>")
  .description("judge every candidate on publications of this disk, without a hub")
  .requiredOption("--files <files...>", "publications of the forecast's feed; of several feeds each as FEED=FILE")
  .option("--until <date>", "use nothing after this day")
  .option("--as-of <day>", "when the files are taken to have arrived; default: now")
  .addOption(trials())
  .addOption(seed())
  .addOption(budget())
  .addOption(threads())
  .addOption(only())
  .addOption(json())
  .action(backtest);

program
  .command("export <forecast>")
  .description("train on publications of this disk and write model.onnx, card.json and rows to check it by")
  .requiredOption("--files <files...>", "publications of the forecast's feed; of several feeds each as FEED=FILE")
  .requiredOption("--out <dir>", "the folder")
  .option("--until <date>", "use nothing after this day")
  .option("--as-of <day>", "when the files are taken to have arrived; default: now")
  .addOption(trials())
  .addOption(seed())
  .addOption(budget())
  .addOption(threads())
  .addOption(only())
  .addOption(json())
  .action(exportModel);

program
  .command("train <forecast>")
  .description("train on the hub's lake, register the model and ask for its promotion")
  .addOption(trials())
  .addOption(seed())
  .addOption(budget())
  .addOption(threads())
  .addOption(only())
  .option("--resume <run>", "go on with an interrupted training: same forecast, seed and data")
  .option("--why <text>", "for the audit")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(trainForecast);

program
  .command("models [forecast]")
  .description("list what is registered and who serves")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(listModels);

program
  .command("promote <forecast> <version>")
  .description("ask the gate to let a registered version serve")
  .requiredOption("--why <text>", "for the audit")
  .option("--force", "decide instead of the gate; the file is verified all the same")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(promoteModel);

program
  .command("rollback <forecast>")
  .description("let the version serve again that served before")
  .requiredOption("--why <text>", "for the audit")
  .option("--to <version>", "a version that has served before")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(rollBack);

program
  .command("predict <forecast> [fields...]")
  .description("ask the running service what comes next; fields as name=value")
  .option("--all", "every series of the forecast")
  .option("--csv", "print CSV in the forecast's own columns")
  .option("--explain", "what each feature contributes")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(predict);

program
  .command("import <forecast> <model>")
  .description("register an ONNX file that was made elsewhere, scored on the same window, through the same gate")
  .requiredOption("--trained-to <date>", "the last period the file was trained on; only later ones are counted")
  .option("--producer <name>", "the tool that made it", "imported")
  .addOption(seed())
  .option("--why <text>", "for the audit")
  .addOption(url())
  .addOption(state())
  .addOption(json())
  .action(importModel);

try {
  checkDeclarations(forecasts, feeds);
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Failure ? prose(error.message) : describe(error));
  process.exitCode = 1;
}
