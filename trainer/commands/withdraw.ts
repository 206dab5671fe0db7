/** `almanac withdraw FEED INGEST`: removes what an ingest brought in. */

import { actor } from "../actor.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import { knownFeed } from "../known.ts";
import { historiesOf, printUnlessServed } from "../serving.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";

export async function withdrawIngest(
  feedId: string,
  number: string,
  options: {
    readonly url?: string;
    readonly state?: string;
    readonly json?: boolean;
    readonly why: string;
    /** False with `--no-wait`. */
    readonly wait: boolean;
  },
): Promise<void> {
  const feed = knownFeed(feedId);
  const ingest = /^[1-9]\d{0,14}$/.test(number) ? Number(number) : null;
  if (ingest === null) {
    throw new Failure(`${number} is not the number of an ingest. \`almanac ingest\` prints it, as in "ingest 12".`);
  }
  const hub = connect({ ...options, actor: actor() });
  const { flow: id } = await hub.api.withdrawIngest({ feed: feed.id, body: { ingest, why: options.why } });
  const flow = await flowEnded(hub, id);
  if (options.json) printJson({ feed: feed.id, ingest, flow: id, state: flow.state, ...flow.stats });
  if (flow.state !== "done") throw new Failure(`Ingest ${ingest} was not withdrawn: ${flow.reason ?? flow.state}`);
  if (options.wait) await printUnlessServed(hub, await historiesOf(hub, flow.stats));
  if (options.json) return;
  const { removed, reread } = flow.stats ?? {};
  const removedText = `Removed ${removed === 1 ? "1 value" : `${thousands(removed)} values`} that no other publication contains`;
  print(
    prose(
      `Withdrew ingest ${ingest} of ${feed.id}. ${removedText}; read ${reread === 1 ? "1 other publication" : `${thousands(reread)} other publications`} again.`,
    ),
  );
}
