/** The chart of an event: how likely it is on each of the next periods, beside how often it usually happens. */
import type { Chart, Mark } from "./chart.ts";

export interface EventPeriod {
  readonly label: string;
  readonly probability: number;
}

export interface EventContent {
  readonly periods: readonly EventPeriod[];
  /** How often the event happened in the periods before; null if there are none. */
  readonly usual: number | null;
  readonly words: {
    readonly title: string;
    readonly subtitle: string;
    readonly description: string;
    readonly usual: string;
    chance(probability: number): string;
  };
}

const rowHeight = 46;

/** Builds the chart: one bar from 0 to the probability for each period, on a scale from 0 to 10 in 10. */
export function eventChart({ periods, usual, words }: EventContent, width: number): Chart {
  const rows = periods.length;
  const top = usual === null ? 8 : 28;
  const marks: Mark[] = periods.flatMap(({ label, probability }, row): Mark[] => [
    { kind: "text", at: [0, row + 0.36], text: label, tone: "ink" },
    { kind: "box", from: [0, row + 0.46], to: [1, row + 0.8], tone: "grid" },
    { kind: "box", from: [0, row + 0.46], to: [probability, row + 0.8], tone: "event" },
    { kind: "text", at: [1, row + 0.36], text: words.chance(probability), tone: "ink", anchor: "end", bold: true },
  ]);
  const [anchor, shift] = (usual ?? 0) > 0.5 ? (["end", -6] as const) : (["start", 6] as const);
  const usualMarks: Mark[] =
    usual === null
      ? []
      : [
          // One line for each bar: a line through all rows would cross their labels.
          ...periods.map(
            (_, row): Mark => ({
              kind: "line",
              points: [
                [usual, row + 0.46],
                [usual, row + 0.8],
              ],
              tone: "ink",
              width: 2,
              dash: "4 3",
            }),
          ),
          { kind: "text", at: [usual, 0], text: words.usual, tone: "muted", anchor, shift: [shift, -12] },
        ];
  return {
    title: words.title,
    subtitle: words.subtitle,
    description: words.description,
    width,
    height: top + rows * rowHeight + 26,
    margin: { top, right: 26, bottom: 26, left: 26 },
    x: { domain: [0, 1], ticks: [0, 0.5, 1].map((at) => ({ at, label: `${at * 10}/10` })), grid: false },
    y: { domain: [rows, 0], ticks: [], grid: false },
    marks: [...marks, ...usualMarks],
  };
}
