import { ofPeers, type PeerGroup } from "../peers.ts";
import { panelKind } from "./kind.ts";
import { type Peers, peersOptions } from "./options.ts";

const statistic = ({ moved, count }: PeerGroup) => moved / count;

/**
 * Share of the peers that changed at the last period, 0 to 1. NaN if no peer has a value there and an earlier value.
 * Version 1 ignores `periods` and compares with the previous value within the reach of all features. O(series).
 */
export const peersChangedShare1 = panelKind({
  name: "peers-changed-share",
  version: 1,
  options: peersOptions,
  reach: ({ periods }: Peers) => periods + 1,
  compute: (past, { dimensions }) => ofPeers(past, { dimensions, periods: Number.POSITIVE_INFINITY }, statistic),
});

/** Version 2 compares with the previous value only if it is at most `periods` periods before the last one. */
export const peersChangedShare2 = panelKind({
  name: "peers-changed-share",
  version: 2,
  options: peersOptions,
  reach: ({ periods }: Peers) => periods + 1,
  compute: (past, peers) => ofPeers(past, peers, statistic),
});
