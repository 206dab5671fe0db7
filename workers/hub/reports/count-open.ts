/** Counts the published predictions of the next event that still wait for it. */
import type { OpenPredictions } from "../../../shared/api/report-model.ts";
import { listPublications, saveOpenPredictions } from "../../../shared/db/scores.ts";
import type { Panel } from "../../../shared/features/panel.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { eventsRuleOf } from "../../../shared/forecasts/source.ts";
import { addDays } from "../../../shared/lib/calendar.ts";
import { waitingPredictions } from "../../../shared/track-record/match-events.ts";
import { originsOf } from "../../../shared/track-record/plan-event-scores.ts";
import type { Hub } from "../hub.ts";

interface Counted {
  /** The history up to the origin. */
  readonly panel: Panel;
  readonly origin: string;
  /** Whether a revision with predictions of this origin is about to be published. */
  readonly isPredicted: boolean;
  readonly now: Date;
}

/** Counts them, with those of the origin, and stores the number for the track record. Null for a forecast of periods. */
export async function countOpen(
  { db }: Pick<Hub, "db">,
  forecast: Forecast,
  { panel, origin, isPredicted, now }: Counted,
): Promise<OpenPredictions | null> {
  const rule = eventsRuleOf(forecast);
  if (rule === null) return null;
  const { activeDays } = rule;
  const range = { from: addDays(origin, -activeDays - 1), to: origin };
  const published = (await listPublications(db, forecast.id, range)).flatMap(({ counts, ...row }) =>
    counts === null ? [] : [{ ...row, counts }],
  );
  const own = isPredicted ? [{ origin, counts: "headline" as const }] : [];
  const open = waitingPredictions(panel, { origins: originsOf([...published, ...own]), activeDays });
  const since = open.reduce<string | null>(
    (first, one) => (first === null || one.origin < first ? one.origin : first),
    null,
  );
  const counted = { predictions: open.length, since };
  await saveOpenPredictions(db, { forecast: forecast.id, origin, ...counted, madeAt: now.toISOString() });
  return counted;
}
