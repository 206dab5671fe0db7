/** `almanac help [TOPIC]`: all commands, one command, or the meaning of a glossary term. */
import type { Command } from "commander";
import { glossary, type Term } from "../../shared/glossary.ts";
import { quoteEmpty } from "../../shared/lib/quote-empty.ts";
import { nearest } from "../../shared/lib/text-distance.ts";
import { Failure } from "../failure.ts";
import { print, prose } from "../terminal.ts";

export function printHelp(program: Command, topic: string | undefined): void {
  const command = topic === undefined ? program : program.commands.find((one) => one.name() === topic);
  if (command) command.outputHelp();
  else print(prose(meaningOf(topic ?? "", program)));
}

/** @throws Failure for a topic that is neither a command nor a term. */
function meaningOf(topic: string, program: Command): string {
  const terms = glossary.flatMap((group) => group.terms);
  const wanted = topic.toLowerCase();
  const found = terms.find((term) => namesOf(term).some((name) => name.toLowerCase() === wanted));
  if (found) {
    const { term, also = [], meaning } = found;
    return `${term}${also.length === 0 ? "" : ` (also: ${also.join(", ")})`}: ${meaning}`;
  }
  const names = [...program.commands.map((command) => command.name()), ...terms.flatMap(namesOf)];
  const similar = nearest(topic, names);
  const advice = similar === undefined ? "See almanac help and docs/GLOSSARY.md." : `Did you mean ${similar}?`;
  throw new Failure(`There is no command or term ${quoteEmpty(topic)}. ${advice}`);
}

function namesOf({ term, also = [] }: Term): string[] {
  return [term, ...also];
}
