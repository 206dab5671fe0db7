/** Places in bundles told as places in the sources, so that a stack trace of a Worker names a line that one can find. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** `file:///…/predict/index.js:7262:21`, or `index.js:7360:7` where a Worker has not come up. */
const place = /(file:\/\/\S*?\/)?\bindex\.js:(\d+):(\d+)/g;
/** How workerd names the Worker that has not come up. */
const service = /service core:user:almanac-(\w+)/;
/** What a source map tells of a place that it knows; an empty object where it does not. */
const originShape = z.object({ fileName: z.string(), lineNumber: z.number(), columnNumber: z.number() });

/** @param folders the bundles, each named as its Worker */
export function sourcePlaces(folders: readonly string[], base: string): (text: string) => string {
  const maps = new Map<string, SourceMap | null>();
  const mapOf = (folder: string) => {
    const known = maps.get(folder) ?? readMap(folder);
    maps.set(folder, known);
    return known;
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
