/** Ingests publications into a new platform, also through a power cut, and returns everything that is stored. */
import { expect } from "vitest";
import { flowEnded } from "../../trainer/flows.ts";
import type { Hub } from "../../trainer/hub.ts";
import { historyWithoutNumber } from "./history-without-number.ts";
import { allObservations, lakeDigests, recoverAll, TestPlatform, upload } from "./platform.ts";
import type { PublicationFile } from "./publications.ts";

const platforms: TestPlatform[] = [];
/** Stops the platforms of a test and deletes their folders. */
export async function disposePlatforms(): Promise<void> {
  for (const platform of platforms.splice(0)) await platform.dispose();
}

function newPlatform(): TestPlatform {
  const platform = new TestPlatform();
  platforms.push(platform);
  return platform;
}

/** Everything that an ingest stores. */
export interface Everything {
  readonly observations: string;
  readonly lake: Record<string, string>;
  readonly history: string | null;
}

async function everything(platform: TestPlatform, hub: Hub): Promise<Everything> {
  const [observations, lake] = [await allObservations(hub), await lakeDigests(hub)];
  await platform.stop();
  return { observations, lake, history: historyWithoutNumber(platform.snapshot("history:milk-mx")) };
}

export async function ingestInOrder(files: readonly PublicationFile[]): Promise<Everything> {
  const platform = newPlatform();
  const hub = await platform.start();
  for (const { name, bytes } of files) {
    const { flow } = await upload(hub, name, bytes);
    expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  }
  return everything(platform, hub);
}

/** When the power is cut: when R2 holds `storedFiles` files of the first flow, but fewer than `storedFilesMax`. */
export interface PowerCut {
  readonly storedFiles: number;
  readonly storedFilesMax: number;
  /** Whether every file is uploaded a second time at the end. */
  readonly twice: boolean;
}

/**
 * Uploads the files; cuts the power during the first flow; starts again, recovers, and uploads all again. It watches the disk, because
 * the hub does not respond while it ingests.
 */
export async function ingestThroughPowerCut(files: readonly PublicationFile[], cut: PowerCut): Promise<Everything> {
  const platform = newPlatform();
  let hub = await platform.start();
  const [first, ...rest] = files;
  if (!first) throw new Error("no files");
  const running = platform.processIds();
  const sent = upload(hub, first.name, first.bytes).catch(() => null);
  while (platform.storedFiles() < cut.storedFiles) await new Promise((resolve) => setTimeout(resolve, 1));
  await platform.kill(running);
  await sent;
  const filesAtCut = platform.storedFiles();

  hub = await platform.start();
  const unfinished = await recoverAll(platform, hub);
  for (const { name, bytes } of [first, ...rest, ...(cut.twice ? files : [])]) {
    const { flow } = await upload(hub, name, bytes);
    expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  }
  console.log(`cut with ${filesAtCut} files stored and ${unfinished.length} unfinished flows`);
  expect(filesAtCut).toBeLessThan(cut.storedFilesMax);
  return everything(platform, hub);
}

/** Changes the order of four files, or of three. */
export const shuffled = (files: readonly PublicationFile[]) => [2, 0, 3, 1].flatMap((index) => files[index] ?? []);
