/** The commands of `almanac` with their options. */
import { Command, Help, Option } from "commander";
import { printHelp } from "./commands/help.ts";
import { examplesHelp } from "./examples.ts";
import { Failure } from "./failure.ts";
import { codeVersion } from "./training/code-version.ts";

/**
 * Returns a command that imports its file when it runs. All commands together take a second of processor time to import,
 * and most need a fraction of it.
 */
function lazy<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<void>>): (...args: A) => Promise<void> {
  return async (...args) => (await load())(...args);
}

/** Returns the parser of a folder. An empty text, as of an unset variable of a shell, would be the current folder. */
function folderOf(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() === "") throw new Failure(`${option} is empty. Expected a folder.`);
    return text;
  };
}

const url = () => new Option("--url <url>", "address of the hub; default: the hub that `npm start` runs here");
const state = (text = "state folder of the local platform") =>
  new Option("--state <dir>", text).default(".almanac").argParser(folderOf("--state"));
const json = () => new Option("--json", "print one JSON object as the last line");
const trials = () => new Option("--trials <n>", "maximum number of trials for each candidate");
const seed = () => new Option("--seed <n>", "random seed; the same seed and data give the same result").default("1");
const threads = () => new Option("--threads <n>", "number of threads; the result does not depend on it");
const only = () => new Option("--only <candidates>", "train only these candidates (comma-separated) and the baselines");
const budget = () =>
  new Option(
    "--budget <time>",
    "start no trial after this time, e.g. 60s; the first trials, the test window and publishing take extra time",
  );
const why = (text = "reason, for the audit log") => new Option("--why <text>", text);
const files = () =>
  new Option(
    "--files <files...>",
    "publications; their feeds are recognised, or named as FEED=FILE",
  ).makeOptionMandatory();
const out = (text = "output folder") => new Option("--out <dir>", text).argParser(folderOf("--out"));
const asOf = () => new Option("--as-of <day>", "day on which the files arrived; default: now");
const noWait = () =>
  new Option("--no-wait", "do not wait until predictions use the change; by default wait at most 90 s");
const until = () => new Option("--until <date>", "ignore data after this day");

/** Returns the program without running it. */
export function almanacProgram(): Command {
  const program = new Command("almanac")
    .description("A self-maintaining forecasting service.")
    .version(codeVersion(), "-V, --version", "show the version")
    .configureHelp({ subcommandTerm: nameAndArguments, optionDescription: meaningOf })
    .helpCommand(false)
    .showHelpAfterError();

  program.commandsGroup("Run:");
  program
    .command("start")
    .description("run the whole platform on this machine, without internet")
    .option("--once", "exit when all data is ingested and all models are trained")
    .option("--verbose", "also print the ingested publications, the leaderboards and example requests with answers")
    .addOption(json())
    .option("--port <n>", "port of the hub; 0 lets the system choose", "8787")
    .addOption(state("folder for all data of the platform"))
    .option("--date <day>", "the day to simulate, YYYY-MM-DD; default: today")
    .option(
      "--inspect [port]",
      "start a debugger of the Workers; every user of this machine can read the token with it",
    )
    .option("--only <forecasts>", "start only these forecasts (comma-separated) and their feeds")
    .option("--trials <n>", "maximum number of trials for each candidate of the first training", "2")
    .action(lazy(async () => (await import("./commands/start.ts")).start));

  program.commandsGroup("Data:");
  program
    .command("feeds")
    .description("list the feeds and the periods that are stored")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/feeds.ts")).listFeeds));
  program
    .command("ingest <feed> <files...>")
    .description("upload publications and wait until predictions use them")
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/ingest.ts")).ingest));
  program
    .command("simulate <feed>")
    .description("write synthetic files of a feed that is not fetched, for two years up to a day")
    .addOption(out().makeOptionMandatory())
    .addOption(seed())
    .option("--date <day>", "the last day, YYYY-MM-DD; default: today")
    .action(lazy(async () => (await import("./commands/simulate.ts")).simulate));
  program
    .command("flows")
    .description("list the newest flows, and how to continue the held and failed ones")
    .option("--only <states>", "only flows in these states (comma-separated), e.g. held,failed")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/flows.ts")).listFlows));
  program
    .command("release <flow>")
    .description("ingest a held publication that you have checked")
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/restart-flow.ts")).releaseFlow));
  program
    .command("retry <flow>")
    .description("run a failed flow again, or send a dead letter again")
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/restart-flow.ts")).retryFlow));
  program
    .command("withdraw <feed> <ingest>")
    .description("remove the values of an ingest; its facts get the values of the other publications")
    .addOption(why("reason, for the list of flows").makeOptionMandatory())
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/withdraw.ts")).withdrawIngest));
  program
    .command("parse <feed> <files...>")
    .description("parse publications without a hub")
    .addOption(asOf())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/parse.ts")).parse));
  program
    .command("lake <feed>")
    .description("copy a feed's lake to a folder of Parquet files")
    .addOption(out().makeOptionMandatory())
    .addOption(url())
    .addOption(state())
    .action(lazy(async () => (await import("./commands/lake.ts")).copyLake));

  program.commandsGroup("Models:");
  program
    .command("models [forecast]")
    .description("list the registered models; with a forecast also print the champion's leaderboard")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/models.ts")).listModels));
  program
    .command("train <forecast>")
    .description("train on the hub's lake, register the model and request its promotion")
    .addOption(trials())
    .addOption(seed())
    .addOption(budget())
    .addOption(threads())
    .addOption(only())
    .option("--resume <run>", "continue an interrupted run; forecast, seed and data must be the same")
    .addOption(why())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/train.ts")).trainForecast));
  program
    .command("backtest <forecast>")
    .description("judge every candidate on local publications, without a hub")
    .addOption(files())
    .addOption(until())
    .addOption(asOf())
    .option("--steps <n>", "judge only the steps up to this one; 1 leaves out the learners of further steps")
    .addOption(trials())
    .addOption(seed())
    .addOption(budget())
    .addOption(threads())
    .addOption(only())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/backtest.ts")).backtest));
  program
    .command("replay <forecast>")
    .description("run a forecast over its history as if it had been live, and print the track record it would have had")
    .addOption(files())
    .requiredOption("--from <period>", "first period after which it predicts")
    .option("--to <period>", "last period; default: the end of the data")
    .option("--retrain <when>", "every:N trains after every N publications, never trains once", "every:30")
    .option("--trials <n>", "maximum number of trials for each candidate of a training", "2")
    .addOption(seed())
    .addOption(threads())
    .addOption(only())
    .addOption(out("also write the predictions and scores as Parquet files"))
    .addOption(json())
    .action(lazy(async () => (await import("./commands/replay.ts")).replayForecast));
  program
    .command("export <forecast>")
    .description("train on local publications; write model.onnx, card.json and rows to verify them")
    .addOption(files())
    .addOption(out().makeOptionMandatory())
    .addOption(until())
    .addOption(asOf())
    .addOption(trials())
    .addOption(seed())
    .addOption(budget())
    .addOption(threads())
    .addOption(only())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/export.ts")).exportModel));
  program
    .command("import <forecast> <model>")
    .description(
      "register an ONNX file of another tool; it is judged on every period after its training data, by the same gate",
    )
    .requiredOption(
      "--trained-to <date>",
      "last period of the file's training data; all later periods are scored, no others",
    )
    .option("--producer <name>", "the tool that made the file", "imported")
    .addOption(seed())
    .addOption(why())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/import.ts")).importModel));
  program
    .command("promote <forecast> <version>")
    .description("request that a registered version becomes the champion; the gate decides")
    .addOption(why().makeOptionMandatory())
    .option("--force", "promote without the gate; the file is still verified")
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/models.ts")).promoteModel));
  program
    .command("rollback <forecast>")
    .description("make the previous champion serve again")
    .addOption(why().makeOptionMandatory())
    .option("--to <version>", "an earlier champion; default: the previous one")
    .addOption(noWait())
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/models.ts")).rollBack));

  program.commandsGroup("Predictions:");
  program
    .command("predict <forecast> [fields...]")
    .description("request a prediction from the running service; fields as name=value")
    .option("--all", "predict every series of the forecast")
    .option("--csv", "print CSV in the forecast's own columns")
    .option("--explain", "show what each feature contributes")
    .option("--quantiles", "add the mean, the probabilities and the quantiles to the columns of --csv")
    .option("--features", "show the values of the features")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/predict.ts")).predict));

  program
    .command("report <forecast>")
    .description("write the report of a forecast: page, CSV, JSON and chart")
    .addOption(out().makeOptionMandatory())
    .option("--lang <language>", "one language, en or es; default: the forecast's own, and English beside it")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/report.ts")).writeReport));

  program
    .command("record <forecast>")
    .description("show the track record: published forecasts against what happened and against the baseline")
    .option("--step <n>", "number of periods ahead", "1")
    .option("--group <rule>", "the groups by this rule; default: single series")
    .option("--files", "list the Parquet files with all predictions and scores instead")
    .option("--from <period>", "with --files: the first period")
    .option("--to <period>", "with --files: the last period")
    .addOption(url())
    .addOption(state())
    .addOption(json())
    .action(lazy(async () => (await import("./commands/record.ts")).showRecord));

  program.commandsGroup("Help:");
  program
    .command("help [topic]")
    .description("show all commands, one command, or the meaning of a term, e.g. `almanac help skill`")
    .action((topic: string | undefined) => printHelp(program, topic));
  for (const command of program.commands) command.addHelpText("after", examplesHelp(command.name()));
  // A mistake in a command shows the help of that command. The list of all commands would push the message off the screen.
  return program.showHelpAfterError("`almanac help` lists the commands.");
}

/** Returns a command with its arguments, without "[options]": with it, the list of commands does not fit into 80 columns. */
function nameAndArguments(command: Command): string {
  return new Help().subcommandTerm(command).replace(" [options]", "");
}

/** Returns the description of an option as commander writes it, and whether a command needs the option. */
function meaningOf(option: Option): string {
  return `${new Help().optionDescription(option)}${option.mandatory ? " (required)" : ""}`;
}
