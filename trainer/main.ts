/** The `almanac` command. */
import { feeds } from "../shared/feeds/index.ts";
import { checkDeclarations } from "../shared/forecasts/check.ts";
import { forecasts } from "../shared/forecasts/index.ts";
import { describe, Failure } from "./failure.ts";
import { almanacProgram } from "./program.ts";
import { printError, prose } from "./terminal.ts";

try {
  checkDeclarations(forecasts, feeds);
  await almanacProgram().parseAsync();
} catch (error) {
  printError(error instanceof Failure ? prose(error.message) : describe(error));
  process.exitCode = 1;
}
