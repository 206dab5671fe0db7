import { ofPeers, type PeerGroup } from "../peers.ts";
import { panelKind } from "./kind.ts";
import { type Peers, peersOptions } from "./options.ts";

const statistic = ({ moved, count }: PeerGroup) => moved / count;

/**
 * Share of the peers that changed at the last period, 0 to 1; NaN where no peer was observed there with an
 * earlier value to compare. Version 1 ignores `periods` and compares with the last value within the reach of all features.
 * O(series).
 */
export const peersChangedShare1 = panelKind({
  name: "peers-changed-share",
  version: 1,
  options: peersOptions,
  reach: ({ periods }: Peers) => periods + 1,
  compute: (past, { dimensions }) => ofPeers(past, { dimensions, periods: Number.POSITIVE_INFINITY }, statistic),
});

/** The same, but each change is against a value that was observed at most `periods` periods before the last one. */
export const peersChangedShare2 = panelKind({
  name: "peers-changed-share",
  version: 2,
  options: peersOptions,
  reach: ({ periods }: Peers) => periods + 1,
  compute: (past, peers) => ofPeers(past, peers, statistic),
});
