/** Writes the documents that are generated from code: `npm run docs`. A test checks that they are up to date. */
import { writeFileSync } from "node:fs";
import { glossaryMarkdown } from "../shared/glossary.ts";
import { cliMarkdown } from "./cli-markdown.ts";
import { almanacProgram } from "./program.ts";

export interface GeneratedDocument {
  /** Relative to the project's root. */
  readonly path: string;
  text(): string | Promise<string>;
}

export const generatedDocuments: readonly GeneratedDocument[] = [
  { path: "docs/CLI.md", text: () => cliMarkdown(almanacProgram()) },
  { path: "docs/GLOSSARY.md", text: glossaryMarkdown },
];

if (import.meta.main) {
  for (const { path, text } of generatedDocuments) writeFileSync(path, await text());
}
