import { afterEach, expect, test } from "vitest";
import { flowEnded } from "../../trainer/flows.ts";
import type { Hub } from "../../trainer/hub.ts";
import { historyWithoutNumber } from "../support/history-without-number.ts";
import { allObservations, lakeDigests, recoverAll, TestPlatform, upload } from "../support/platform.ts";
import { type PublicationFile, realPublications, simulatedPublications } from "../support/publications.ts";

const platforms: TestPlatform[] = [];
afterEach(async () => {
  for (const platform of platforms.splice(0)) await platform.dispose();
});

function newPlatform(): TestPlatform {
  const platform = new TestPlatform();
  platforms.push(platform);
  return platform;
}

interface Everything {
  readonly observations: string;
  readonly lake: Record<string, string>;
  readonly history: string | null;
}

async function everything(platform: TestPlatform, hub: Hub): Promise<Everything> {
  const [observations, lake] = [await allObservations(hub), await lakeDigests(hub)];
  await platform.stop();
  return { observations, lake, history: historyWithoutNumber(platform.snapshot("history:milk-mx")) };
}

async function ingestInOrder(files: readonly PublicationFile[]): Promise<Everything> {
  const platform = newPlatform();
  const hub = await platform.start();
  for (const { name, bytes } of files) {
    const { flow } = await upload(hub, name, bytes);
    expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  }
  return everything(platform, hub);
}

/**
 * Uploads each file twice, kills the platform once R2 has `files` files of the first flow, starts it again and
 * recovers. Watches the disk, because the hub does not answer while it ingests.
 */
async function ingestThroughACrash(files: readonly PublicationFile[], crashAtFiles: number): Promise<Everything> {
  const platform = newPlatform();
  let hub = await platform.start();
  const [first, ...rest] = files;
  if (!first) throw new Error("no files");
  const sent = upload(hub, first.name, first.bytes).catch(() => null);
  while (platform.storedFiles() < crashAtFiles) await new Promise((resolve) => setTimeout(resolve, 1));
  await platform.kill();
  await sent;
  const filesAtCrash = platform.storedFiles();

  hub = await platform.start();
  const unfinished = await recoverAll(platform, hub);
  for (const { name, bytes } of [first, ...rest, first, ...rest]) {
    const { flow } = await upload(hub, name, bytes);
    expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  }
  console.log(`crashed with ${filesAtCrash} files stored and ${unfinished.length} unfinished flows`);
  expect(filesAtCrash).toBeLessThan(150);
  return everything(platform, hub);
}

const simulated = simulatedPublications();
const shuffled = (files: readonly PublicationFile[]) => [2, 0, 3, 1].flatMap((index) => files[index] ?? []);

test("publications in any order, each uploaded twice, with a power cut during one, end in the same facts and bytes", async () => {
  const inOrder = await ingestInOrder(simulated);
  expect(inOrder.observations.length).toBeGreaterThan(1_000_000);
  // Kills the platform while the publication is read, and during the lake step.
  for (const crashAtFiles of [1, 60]) {
    expect(await ingestThroughACrash(shuffled(simulated), crashAtFiles)).toEqual(inOrder);
  }
}, 300_000);

const real = realPublications()?.slice(-3);
test.skipIf(!real)(
  "real publications in any order, each uploaded twice, with a power cut, end in the same facts and bytes",
  async () => {
    const inOrder = await ingestInOrder(real ?? []);
    expect(await ingestThroughACrash(shuffled(real ?? []), 60)).toEqual(inOrder);
  },
  240_000,
);
