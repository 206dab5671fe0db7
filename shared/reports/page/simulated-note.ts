/** The note that data is simulated, in reports and editions. */
import { html } from "hono/html";
import type { ReportFeed } from "../../api/report-model.ts";
import { feedTitle } from "../feed-title.ts";
import { joinedParts, partsAround, plainPart } from "../text-part.ts";
import type { Words } from "../words/words.ts";
import { type Html, htmlOfParts, nothing } from "./parts.ts";

/** States that feeds contain simulated data, so that its values are not read as real ones. */
export function simulatedNote(
  feeds: readonly Pick<ReportFeed, "title" | "translations" | "simulated">[],
  { head, language }: Pick<Words, "head" | "language">,
): Html {
  const simulated = feeds.filter((feed) => feed.simulated);
  if (simulated.length === 0) return nothing;
  const isAll = simulated.length === feeds.length;
  const titles = simulated.map((feed) => feedTitle(feed, language));
  const parts = isAll ? [plainPart(head.simulated)] : partsAround(head.partlySimulated, joinedParts(titles, ", "));
  return html`<p class="stale"><strong>${htmlOfParts(parts)}</strong> ${head.simulatedMeaning}</p>
`;
}
