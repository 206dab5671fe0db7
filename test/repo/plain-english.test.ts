/** Comments, messages, documents and test names are plain English: they contain no phrase of plain-english.ts. */
import { expect, test } from "vitest";
import { replacements, unclearNames } from "./plain-english.ts";
import { files, read } from "./source-files.ts";

/** Files with text that people write. Fixtures hold data, migrations are never edited, and the list itself is exempt. */
const texts = files.filter(
  (path) =>
    /\.(ts|md|py|toml|ya?ml|html)$/.test(path) &&
    !/^(test\/fixtures|migrations)\/|\.d\.ts$/.test(path) &&
    !/^test\/repo\/plain-english/.test(path),
);

/** A comment, a string or a template of TypeScript. Regular expressions are matched first, because they contain quotes. */
const typescriptText =
  /(?<regex>(?<=[=(,:!&|?;[{}]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)|\/\*[\s\S]*?\*\/|\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*|`(?:\\[\s\S]|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

interface Span {
  readonly text: string;
  /** Position in the file. */
  readonly start: number;
}

/**
 * Returns the parts of a file that a person reads: of TypeScript the comments and the strings of more than one word, of
 * another file everything. A string of one word is a value, such as a kind that is stored.
 */
function spansOf(path: string, content: string): Span[] {
  if (!path.endsWith(".ts")) return [{ text: content, start: 0 }];
  return Array.from(content.matchAll(typescriptText)).flatMap(({ 0: text, index, groups }) =>
    groups?.["regex"] === undefined && !/^["'][\w-]*["']$/.test(text) ? [{ text, start: index }] : [],
  );
}

/** Hides code in backticks in comments and documents: it may contain any name. The length stays the same. */
function withoutCode(text: string): string {
  if (text.startsWith("`")) return text;
  return text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, (code) => "·".repeat(code.length));
}

/** Matches whole words. Between two words of a phrase there may be a line break with the marks of a comment. */
const patternOf = (phrases: readonly string[]) => {
  const alternatives = phrases.map((phrase) => phrase.replaceAll(" ", "(?:\\s|[*/#>])+"));
  return new RegExp(`(?<![\\w-])(?:${alternatives.join("|")})(?![\\w-])`, "gi");
};

const patterns = replacements.map((line) => ({ ...line, pattern: patternOf([line.phrase]) }));
/** Skips a text without any phrase in one pass, which is almost every text. */
const anyPhrase = patternOf(replacements.map(({ phrase }) => phrase));

/** Returns the sentence around a match, on one line. */
function sentenceAround(text: string, start: number, end: number): string {
  const before =
    text
      .slice(0, start)
      .split(/[.;!?]\s|\n\s*\n|\n- |\n\| /)
      .at(-1) ?? "";
  const after = text.slice(end).split(/(?<=[.;!?])\s|\n\s*\n|\n- |\n\| /)[0] ?? "";
  const line = `${before}${text.slice(start, end)}${after}`.replaceAll(/\s*\n\s*(?:\*|\/\/|#)?\s*/g, " ");
  return line.replaceAll(/^[\s/*"'`#]+|[\s/*"'`]+$/g, "").slice(0, 300);
}

/** Returns one message for each phrase of the list that a file contains. */
function findingsIn(path: string, content: string): string[] {
  return spansOf(path, content).flatMap(({ text, start }) => {
    const visible = withoutCode(text);
    if (visible.search(anyPhrase) < 0) return [];
    return patterns.flatMap(({ phrase, instead, pattern }) =>
      Array.from(visible.matchAll(pattern), ({ 0: found, index }) => {
        const line = content.slice(0, start + index).split("\n").length;
        const sentence = sentenceAround(text, index, index + found.length);
        return `${path}:${line} "${sentence}": replace "${phrase}", for example by ${instead}`;
      }),
    );
  });
}

test("comments, messages, documents and test names contain no phrase of the list", () => {
  expect(texts.length).toBeGreaterThan(500);
  expect(texts.flatMap((path) => findingsIn(path, read(path)))).toEqual([]);
});

/** Returns one message for each unclear name in the code of a file, outside of comments and strings. */
function unclearNamesIn(path: string, content: string): string[] {
  const code = content.replaceAll(typescriptText, (text) =>
    text.startsWith("`") ? text : text.replaceAll(/[^\n]/g, " "),
  );
  const names = new RegExp(`(?<![\\w$.])(?:${unclearNames.join("|")})(?![\\w$-])`, "g");
  return Array.from(code.matchAll(names), ({ 0: name, index }) => {
    const line = code.slice(0, index).split("\n").length;
    return `${path}:${line} ${name}: choose a name that describes the value`;
  });
}

test("code contains no unclear name", () => {
  const typescript = texts.filter((path) => path.endsWith(".ts"));
  expect(typescript.flatMap((path) => unclearNamesIn(path, read(path)))).toEqual([]);
  expect(unclearNamesIn("a.ts", 'const told = "asked"; // said\nreturn told.heard;')).toEqual([
    "a.ts:1 told: choose a name that describes the value",
    "a.ts:2 told: choose a name that describes the value",
  ]);
});

test("a phrase is found in comments, strings and test names, with its line, its sentence and a replacement", () => {
  const [first, second] = ["no", "body"];
  const word = `${first}${second}`;
  const code = [
    "/** Returns the answer.",
    ` * It is stored for ${word}. */`,
    `const ${word} = /"'/;`,
    `test("${word} waits", () => {`,
    `  throw new Error(\`\${name} is for ${word.toUpperCase()}\`); // \`${word}\` is a name`,
    "});",
  ].join("\n");
  expect(findingsIn("a.ts", code).map((message) => message.split(", for example")[0])).toEqual([
    `a.ts:2 "It is stored for ${word}.": replace "${word}"`,
    `a.ts:4 "${word} waits": replace "${word}"`,
    `a.ts:5 "\${name} is for ${word.toUpperCase()}": replace "${word}"`,
  ]);
  expect(findingsIn("a.md", `The mean comes\nto 3. See \`${word}\`.`)).toEqual([
    'a.md:1 "The mean comes to 3.": replace "comes to", for example by equals, results in, reaches',
  ]);
});
