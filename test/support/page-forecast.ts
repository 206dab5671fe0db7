/** The page "Add your own forecast": its files and commands, and copies of the project in which they are followed. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const page = readFileSync("docs/ADD-A-FORECAST.md", "utf8");

/** The code of the page by file. */
export const pageFiles: ReadonlyMap<string, string> = new Map(
  [...page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, file = "", code = ""]) => [file, code]),
);

/** The commands of the page in order. */
export const pageCommands: readonly string[] = [...page.matchAll(/^\$ (.+)$/gm)].map(([, command = ""]) => command);

/** Copies the files of the project that `isWanted` accepts, tracked or new, and links its packages. */
export function copyProject(folder: string, isWanted: (file: string) => boolean): void {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const files = execFileSync("git", list, { encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && isWanted(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
}

/** Writes the files of the page into a copy, and adds the page's lines to the catalogues. */
export function writePageFiles(folder: string): void {
  for (const [file, code] of pageFiles) {
    if (!file.endsWith("/index.ts")) writeFileSync(join(folder, file), code);
    else addToCatalogue(join(folder, file), code);
  }
}

/** Adds an import, and the imported name at the end of the list, to a catalogue. */
export function addToCatalogue(path: string, line: string): void {
  const name = /import \{ (\w+) \}/.exec(line)?.[1] ?? "";
  const list = readFileSync(path, "utf8").replace(/(: readonly \w+\[\] = \[[^\]]*?),?\s*\]/, `$1, ${name}]`);
  writeFileSync(path, line + list);
}
