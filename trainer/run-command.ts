/** Runs one `almanac` command in this process. */
import { candidates } from "../shared/candidates/index.ts";
import { feeds } from "../shared/feeds/index.ts";
import { declarationMistakes } from "../shared/forecasts/check.ts";
import { forecasts } from "../shared/forecasts/index.ts";
import { describe, Failure } from "./failure.ts";
import { interrupted } from "./interruption.ts";
import { almanacProgram } from "./program.ts";
import { printError, prose } from "./terminal.ts";

/** Runs the command with these arguments. Prints an error and sets the exit code to 1 if it fails. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    const mistakes = declarationMistakes(forecasts, feeds, candidates);
    if (mistakes.length > 0) throw new Failure(mistakes.join("\n"));
    await almanacProgram().parseAsync(args, { from: "user" });
  } catch (error) {
    // An interruption makes running steps fail. This is not an error: the process ends after everything has stopped.
    if (interrupted.aborted) return;
    const lines = error instanceof Failure ? error.message.split("\n").map((line) => prose(line)) : [describe(error)];
    printError(lines.join("\n"));
    process.exitCode = 1;
  }
}
