/** The `almanac` command. */
import { handleInterrupts } from "./interruption.ts";
import { runCommand } from "./run-command.ts";

handleInterrupts();
await runCommand(process.argv.slice(2));
