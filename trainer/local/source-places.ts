/** Translates places in bundles to places in the sources, so that stack traces of Workers name source lines. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** `file:///…/predict/index.js:7262:21`, or `index.js:7360:7` if a Worker has not started. */
const place = /(file:\/\/\S*?\/)?\bindex\.js:(\d+):(\d+)/g;
/** Matches the name of a Worker that has not started, in workerd's output. */
const service = /service core:user:almanac-(\w+)/;
/** `findOrigin` returns an empty object for a place that the source map does not contain. */
const originShape = z.object({ fileName: z.string(), lineNumber: z.number(), columnNumber: z.number() });

/**
 * Returns a function that replaces all places in a text.
 * @param folders the bundles' folders, each named like its Worker
 * @param base folder that the returned paths are relative to
 */
export function sourcePlaces(folders: readonly string[], base: string): (text: string) => string {
  const maps = new Map<string, SourceMap | null>();
  const mapOf = (folder: string) => {
    const map = maps.get(folder) ?? readMap(folder);
    maps.set(folder, map);
    return map;
  };
  return (text) => {
    const named = service.exec(text)?.[1];
    return text.replaceAll(place, (found: string, url: string | undefined, line: string, column: string) => {
      const folder = folders.find((one) =>
        url === undefined ? basename(one) === named : resolve(fileURLToPath(url)) === resolve(one),
      );
      const entry = folder === undefined ? undefined : mapOf(folder)?.findOrigin(Number(line), Number(column));
      const { data: origin } = originShape.safeParse(entry);
      if (folder === undefined || origin === undefined) return found;
      return `${relative(base, resolve(folder, origin.fileName))}:${origin.lineNumber}:${origin.columnNumber}`;
    });
  };
}

function readMap(folder: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(join(folder, "index.js.map"), "utf8")));
  } catch {
    return null;
  }
}
