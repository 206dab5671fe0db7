/** Unzips the XML parts of an untrusted zip. Verifies every checksum and counts the unzipped bytes. */
import { configure, type Entry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { WorkbookRefusal } from "./refusal.ts";

configure({ useWebWorkers: false });

/** The XML parts of a workbook. Macros, media and printer settings are never unzipped. */
const partsRead = /\.(xml|rels)$/i;
/** A workbook of one sheet has about twelve parts. */
const partsMax = 200;

/** Returns parts by name, in lower case, because part names of a package are compared without case. */
export async function unzip(bytes: Uint8Array, unzippedBytesMax: number): Promise<Map<string, Uint8Array>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true, useWebWorkers: false });
  const parts = new Map<string, Uint8Array>();
  let left = unzippedBytesMax;
  for (const entry of await listEntries(reader)) {
    if (!isFile(entry) || !partsRead.test(entry.filename)) continue;
    const name = entry.filename.replaceAll("\\", "/").toLowerCase();
    if (parts.has(name)) throw new WorkbookRefusal("duplicate-part", entry.filename, "every part of the zip once");
    const writer = new BoundedWriter(left);
    await entry.getData(writer).catch((error: unknown) => {
      if (!writer.isFull) throw error;
      const limit = `${unzippedBytesMax} bytes`;
      throw new WorkbookRefusal("too-large-unzipped", `more than ${limit} unzipped`, `at most ${limit}`);
    });
    const part: Uint8Array = await writer.getData();
    parts.set(name, part);
    left -= part.length;
  }
  await reader.close();
  return parts;
}

/** Lists the entries up to the limit: a zip of ten megabytes can name 200,000 parts. */
async function listEntries(reader: ZipReader<Uint8Array>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    entries.push(entry);
    if (entries.length > partsMax)
      throw new WorkbookRefusal("too-many-parts", `more than ${partsMax} parts`, `at most ${partsMax}`);
  }
  return entries;
}

function isFile(entry: Entry): entry is Extract<Entry, { directory: false }> {
  return !entry.directory;
}

/** Collects unzipped bytes and stops at the limit, for any declared size. */
class BoundedWriter extends Uint8ArrayWriter {
  readonly #allowed: number;
  #length = 0;

  constructor(allowed: number) {
    super();
    this.#allowed = allowed;
  }

  /** True if the limit was exceeded. (zip.js replaces the writer's error with its own, so callers check this.) */
  get isFull(): boolean {
    return this.#length > this.#allowed;
  }

  override writeUint8Array(chunk: Uint8Array): Promise<void> {
    this.#length += chunk.length;
    if (this.isFull) throw new Error("more bytes than allowed");
    return super.writeUint8Array(chunk);
  }
}
