import { expect, onTestFinished, test, vi } from "vitest";
import { printHelp } from "../../trainer/commands/help.ts";
import { almanacProgram } from "../../trainer/program.ts";

function printed(topic: string | undefined): string {
  let text = "";
  const log = vi.spyOn(console, "log").mockImplementation((line) => {
    text += line;
  });
  onTestFinished(() => log.mockRestore());
  const program = almanacProgram();
  const output = {
    writeOut(part: string) {
      text += part;
    },
  };
  program.configureOutput(output);
  for (const command of program.commands) command.configureOutput(output);
  printHelp(program, topic);
  return text;
}

test("help lists every command with one line in a group", () => {
  for (const command of almanacProgram().commands) {
    expect(command.helpGroup(), command.name()).toMatch(/^[A-Z]\w+:$/);
    expect(command.description(), command.name()).toMatch(/^[a-z].{10,}$/);
    expect(printed(undefined)).toContain(`  ${command.name()} `);
  }
});

test("help of a command shows its options, and help of a term its meaning", () => {
  expect(printed("train")).toContain("--resume <run>");
  expect(printed("promote")).toMatch(/--why <text> +reason, for the audit log \(required\)/);
  expect(printed("train")).not.toContain("(required)");
  expect(printed("Skill")).toMatch(/^skill: .+baseline/);
  expect(printed("p-value")).toMatch(/^significance \(also: p-value/);
});

test("the list of commands wraps between words in a terminal of 80 columns", () => {
  const program = almanacProgram();
  program.configureOutput({ getOutHelpWidth: () => 80 });
  const lines = program.helpInformation().split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("an unknown topic is rejected with a suggestion or with the places to look", () => {
  expect(() => printed("skil")).toThrow("There is no command or term skil. Did you mean skill?");
  expect(() => printed("zzzzzz")).toThrow("See almanac help and docs/GLOSSARY.md.");
});
