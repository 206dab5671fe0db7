/** docs/CLI.md, made from the declared commands. */
import type { Command, Help } from "commander";
import { examplesOf } from "./examples.ts";

/** Returns the reference of all commands as a Markdown document. */
export function cliMarkdown(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const groups = [...new Set(commands.map((command) => command.helpGroup()))];
  const sections = groups.map((group) => {
    const members = commands.filter((command) => command.helpGroup() === group);
    return [`## ${group.replace(/:$/, "")}`, ...members.map((command) => commandMarkdown(command, help))].join("\n\n");
  });
  const head = [
    "# Commands",
    "Generated from `trainer/program.ts` by `npm run docs`. Change the commands there.",
    "Run a command as `npm run almanac -- COMMAND`. `npm run almanac -- help COMMAND` prints the same text.",
  ];
  return `${[...head, ...sections].join("\n\n")}\n`;
}

function commandMarkdown(command: Command, help: Help): string {
  const title = `### \`almanac ${help.subcommandTerm(command)}\``;
  const options = command.options.map((option) => {
    const required = option.mandatory ? " (required)" : "";
    const initial = option.defaultValue === undefined ? "" : ` (default: \`${option.defaultValue}\`)`;
    return `| \`${cell(option.flags)}\` | ${cell(option.description)}${required}${initial} |`;
  });
  const table = options.length === 0 ? [] : [["| option | meaning |", "| --- | --- |", ...options].join("\n")];
  const calls = examplesOf(command.name()).map(({ call, does }) => `# ${does}\nalmanac ${call}`);
  const examples = calls.length === 0 ? [] : [`\`\`\`sh\n${calls.join("\n")}\n\`\`\``];
  return [title, `${sentence(command.description())}`, ...table, ...examples].join("\n\n");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
