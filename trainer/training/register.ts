/** Stores a version at the hub: uploads its files, registers it and requests its promotion. */
import type { FlowDetail } from "../../shared/api/flows.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { parseJsonBytes } from "../../shared/lib/parse-json.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { type Card, cardShape } from "../../shared/registry/card.ts";
import { flowEnded } from "../flows.ts";
import { type Hub, orNull } from "../hub.ts";

export interface Registered {
  readonly card: Card;
  readonly model: Uint8Array<ArrayBuffer>;
  /** The bytes of `steps.onnx`; null, the default, if the baselines serve all further steps. */
  readonly steps?: Uint8Array<ArrayBuffer> | null;
  readonly run: string | null;
}

/** Uploads the artefacts and then registers the version, so that a killed training registers nothing incomplete. */
export async function register(hub: Hub, { card, model, steps = null, run }: Registered): Promise<void> {
  const address = { forecast: card.forecast, version: card.version };
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  if (steps !== null) await hub.api.uploadArtefact({ ...address, artefact: "steps.onnx", body: steps });
  const cardBytes = (await storedCard(hub, card)) ?? encodeUtf8(JSON.stringify(card));
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: cardBytes });
  const digests = { model: { sha256: card.model.sha256 }, card: { sha256: sha256Hex(cardBytes) } };
  await hub.api.registerModel({ ...address, body: { ...digests, ...(run !== null && { run }) } });
}

/**
 * Returns the card that an earlier training uploaded for the same model, perhaps without registering it. The two cards
 * differ only in the times of the contenders, and stored files are never replaced. Null if there is none for this model.
 */
async function storedCard({ api }: Hub, card: Card): Promise<Uint8Array<ArrayBuffer> | null> {
  const { forecast, version, model } = card;
  const file = await orNull(api.downloadArtefact({ forecast, version, artefact: "card.json" }));
  if (file === null) return null;
  const json = parseJsonBytes(file.bytes);
  const stored = cardShape.safeParse(json.ok ? json.value : null);
  return stored.success && stored.data.model.sha256 === model.sha256 ? file.bytes : null;
}

/** Requests promotion and waits until the flow has ended, with any result. */
export async function promote(
  hub: Hub,
  { forecast, version }: Pick<Card, "forecast" | "version">,
  why: string,
): Promise<FlowDetail> {
  const { flow } = await hub.api.promoteModel({ forecast, version, body: { why } });
  return flowEnded(hub, flow);
}
