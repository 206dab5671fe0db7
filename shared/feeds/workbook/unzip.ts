/** The XML of a zip that a stranger sent: every checksum verified, every byte counted as it comes out. */
import { configure, type Entry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { Refusal } from "./refusal.ts";

configure({ useWebWorkers: false });

/** The parts of a workbook that say something in XML. Macros, media and printer settings are never unzipped. */
const partsRead = /\.(xml|rels)$/i;
/** A workbook of one sheet has about twelve. */
const partsMax = 200;

/** Parts by name, in lower case because the names of a package's parts are compared that way. */
export async function unzip(bytes: Uint8Array, unzippedBytesMax: number): Promise<Map<string, Uint8Array>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true, useWebWorkers: false });
  const parts = new Map<string, Uint8Array>();
  let left = unzippedBytesMax;
  for (const entry of await listEntries(reader)) {
    if (!isFile(entry) || !partsRead.test(entry.filename)) continue;
    const name = entry.filename.replaceAll("\\", "/").toLowerCase();
    if (parts.has(name)) throw new Refusal("duplicate-part", entry.filename, "every part of the zip once");
    const writer = new BoundedWriter(left);
    await entry.getData(writer).catch((error: unknown) => {
      if (!writer.isFull) throw error;
      const limit = `${unzippedBytesMax} bytes`;
      throw new Refusal("too-large-unzipped", `more than ${limit} unzipped`, `at most ${limit}`);
    });
    const part: Uint8Array = await writer.getData();
    parts.set(name, part);
    left -= part.length;
  }
  await reader.close();
  return parts;
}

/** Stops listing at the limit: ten megabytes of zip can name 200,000 parts. */
async function listEntries(reader: ZipReader<Uint8Array>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    entries.push(entry);
    if (entries.length > partsMax)
      throw new Refusal("too-many-parts", `more than ${partsMax} parts`, `at most ${partsMax}`);
  }
  return entries;
}

function isFile(entry: Entry): entry is Extract<Entry, { directory: false }> {
  return !entry.directory;
}

/** Collects what is unzipped and stops at the bound, whatever size the file declared. */
class BoundedWriter extends Uint8ArrayWriter {
  readonly #allowed: number;
  #length = 0;

  constructor(allowed: number) {
    super();
    this.#allowed = allowed;
  }

  /** True once more came than was allowed. (The unzipper hides what a writer throws behind an error of its own.) */
  get isFull(): boolean {
    return this.#length > this.#allowed;
  }

  override writeUint8Array(chunk: Uint8Array): Promise<void> {
    this.#length += chunk.length;
    if (this.isFull) throw new Error("more bytes than allowed");
    return super.writeUint8Array(chunk);
  }
}
