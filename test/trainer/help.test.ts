import { describe, expect, onTestFinished, test, vi } from "vitest";
import { findFeed } from "../../shared/feeds/index.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import { printHelp } from "../../trainer/commands/help.ts";
import { examplesOf } from "../../trainer/examples.ts";
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

describe.each(almanacProgram().commands.map((command) => [command.name(), command] as const))("%s", (name, command) => {
  test("has examples, in its help too, and they are calls that the command accepts", () => {
    const examples = examplesOf(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const { call, does } of examples) {
      expect(printed(name)).toContain(`  almanac ${call}\n      ${does}`);
      const [called, ...words] = wordsOf(call);
      expect(called).toBe(name);
      const { operands, unknown } = command.parseOptions(words);
      expect(unknown, call).toEqual([]);
      const required = command.registeredArguments.filter(({ required }) => required);
      expect(operands.length, call).toBeGreaterThanOrEqual(required.length);
      const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
      if (!isVariadic) expect(operands.length, call).toBeLessThanOrEqual(command.registeredArguments.length);
      for (const option of command.options.filter(({ mandatory }) => mandatory))
        expect(words, call).toContain(option.long);
      const [first] = operands;
      const [of] = command.registeredArguments;
      if (first !== undefined && of?.name() === "forecast") expect(findForecast(first), call).toBeDefined();
      if (of?.name() === "feed") expect(findFeed(first ?? ""), call).toBeDefined();
    }
  });
});

/** Splits a call into words as a shell does; quotes join words. */
function wordsOf(call: string): string[] {
  return Array.from(call.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
}

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
