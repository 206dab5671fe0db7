/** `almanac simulate FEED --out DIR`: writes the synthetic files of a feed that is not fetched, to try it without real data. */
import { addDays } from "../../shared/lib/calendar.ts";
import { Failure } from "../failure.ts";
import { knownFeed } from "../known.ts";
import { makeOutFolder } from "../make-folder.ts";
import { readSimulatedDay } from "../read-simulated-day.ts";
import { shopFiles } from "../simulate/shop-files.ts";
import { print, thousands } from "../terminal.ts";
import { readTrainingOptions } from "../training/options.ts";
import { writeAllInside } from "../write-inside.ts";

export interface SimulateOptions {
  readonly out: string;
  readonly seed: string;
  readonly date?: string;
}

/** Two years, with the month in which they begin. */
const historyDays = 731;

export async function simulate(feedId: string, { out, seed, date }: SimulateOptions): Promise<void> {
  const feed = knownFeed(feedId);
  const until = readSimulatedDay(date ?? new Date().toISOString().slice(0, 10));
  readTrainingOptions({ seed });
  const files = shopFiles({ seed, firstDay: addDays(until, -historyDays), until }).filter(
    (one) => one.feed === feed.id,
  );
  if (files.length === 0)
    throw new Failure(`There are no synthetic files of ${feed.id}. A start fetches it from the simulated publisher.`);
  const folder = makeOutFolder(out);
  await writeAllInside(
    folder,
    files.map(({ name, bytes }) => ({ path: name, bytes })),
  );
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  print(
    `${thousands(files.length)} synthetic files of ${feed.id}, ${files[0]?.name} to ${files.at(-1)?.name}, ${thousands(Math.round(bytes / 1000))} KB: ${folder}`,
  );
}
