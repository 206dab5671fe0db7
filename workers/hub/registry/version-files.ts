/** Reads the files of a version in R2, each at most once. */
import { z } from "zod";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type Card, cardShape } from "../../../shared/registry/card.ts";
import type { Mismatch } from "../../../shared/registry/check-card.ts";
import { type ArtefactName, artefactBytesMax, artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { digestOf } from "../object-digest.ts";

export interface FileAddress {
  readonly forecast: Forecast;
  readonly version: string;
}

export type Verified = Result<Card, Mismatch>;

interface CardFile {
  /** `nothing` without a file. */
  readonly sha256: string;
  readonly read: Verified;
}

interface ModelFile {
  /** `nothing` without a file. */
  readonly sha256: string;
  readonly size: number;
  /** Null if only the digest was needed. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

export class VersionFiles {
  readonly #lake: Hub["lake"];
  readonly #address: FileAddress;
  readonly #holdsModel: boolean;
  #model: ModelFile | null = null;
  #card: CardFile | null = null;

  /** `holdsModel`: the bytes of the model will be needed too. Otherwise its digest is computed from a stream. */
  constructor({ lake }: Pick<Hub, "lake">, address: FileAddress, { holdsModel }: { readonly holdsModel: boolean }) {
    this.#lake = lake;
    this.#address = address;
    this.#holdsModel = holdsModel;
  }

  async card(): Promise<CardFile> {
    this.#card ??= await readCardFile(this.#lake, this.#address);
    return this.#card;
  }

  async model(): Promise<ModelFile> {
    this.#model ??= await readModelFile(this.#lake, this.#address, this.#holdsModel);
    return this.#model;
  }

  /** Frees the memory of the model. */
  releaseModel(): void {
    this.#model = null;
  }

  /** Returns the digest of a file, from a stream. */
  async digest(name: ArtefactName): Promise<string> {
    const object = await this.#lake.get(keyOf(this.#address, name));
    return object ? digestOf(object) : "nothing";
  }

  /** Returns the bytes of a file; null if it is not in R2. */
  async bytes(name: ArtefactName): Promise<Uint8Array<ArrayBuffer> | null> {
    const object = await this.#lake.get(keyOf(this.#address, name));
    return object && new Uint8Array(await object.arrayBuffer());
  }
}

const keyOf = ({ forecast, version }: FileAddress, name: ArtefactName) => artefactKey(forecast.id, version, name);

async function readModelFile(lake: Hub["lake"], address: FileAddress, withBytes: boolean): Promise<ModelFile> {
  const object = await lake.get(keyOf(address, "model.onnx"));
  if (!object) return { sha256: "nothing", size: 0, bytes: null };
  if (!withBytes) return { sha256: await digestOf(object), size: object.size, bytes: null };
  const bytes = new Uint8Array(await object.arrayBuffer());
  return { sha256: sha256Hex(bytes), size: bytes.length, bytes };
}

async function readCardFile(lake: Hub["lake"], address: FileAddress): Promise<CardFile> {
  const object = await lake.get(keyOf(address, "card.json"));
  if (!object || object.size > artefactBytesMax["card.json"]) {
    const expected = `card.json of at most ${artefactBytesMax["card.json"]} bytes`;
    const found = object ? `${object.size} bytes` : "nothing";
    const read: Verified = failure({ detail: "card.json is not in R2.", found, expected });
    return { sha256: object ? await digestOf(object) : "nothing", read };
  }
  const bytes = new Uint8Array(await object.arrayBuffer());
  return { sha256: sha256Hex(bytes), read: parseCard(new TextDecoder().decode(bytes)) };
}

function parseCard(text: string): Verified {
  const json = parseJson(text);
  const parsed = cardShape.safeParse(json.ok ? json.value : null);
  if (parsed.success) return success(parsed.data);
  const found = z
    .prettifyError(parsed.error)
    .replaceAll(/\s*\n\s*/g, " ")
    .slice(0, 300);
  return failure({ detail: "card.json is invalid.", found, expected: "a card of format 1" });
}
