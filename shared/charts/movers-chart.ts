/** The chart of the series that are most likely to change: how likely each falls or rises. */
import type { Chart, Mark } from "./chart.ts";
import { fitText, textWidth } from "./text-width.ts";

export interface Mover {
  readonly name: string;
  readonly down: number;
  readonly up: number;
}

export interface MoversContent {
  readonly movers: readonly Mover[];
  readonly words: {
    readonly title: string;
    readonly subtitle: string;
    readonly description: string;
    readonly down: string;
    readonly up: string;
    /** Formats a probability, such as "3 in 10". */
    chance(probability: number): string;
  };
}

const rowHeight = 40;

/**
 * Builds the chart: one row for each series, with its name above two bars. The bars start in the middle; a fall is to the left
 * and a rise to the right, so direction does not depend on colour.
 */
export function moversChart({ movers, words }: MoversContent, width: number): Chart {
  const room =
    Math.max(
      ...movers.flatMap(({ down, up }) => [words.chance(down), words.chance(up)]).map((text) => textWidth(text, 13)),
      20,
    ) + 12;
  const rows = movers.length;
  const top = 26;
  const most = Math.max(0.1, ...movers.flatMap(({ down, up }) => [down, up]));
  return {
    title: words.title,
    subtitle: words.subtitle,
    description: words.description,
    width,
    height: top + rows * rowHeight + 6,
    margin: { top, right: Math.round(room), bottom: 6, left: Math.round(room) },
    x: { domain: [-most, most], ticks: [], grid: false },
    y: { domain: [rows, 0], ticks: [], grid: false },
    marks: [
      { kind: "text", at: [0, 0], text: `◀ ${words.down}`, tone: "down", anchor: "end", shift: [-10, -9], bold: true },
      { kind: "text", at: [0, 0], text: `${words.up} ▶`, tone: "up", shift: [10, -9], bold: true },
      ...movers.flatMap((mover, row) => rowMarks(mover, row, { width, words, most, room })),
    ],
  };
}

interface RowContext {
  readonly width: number;
  readonly words: MoversContent["words"];
  /** The largest probability. */
  readonly most: number;
  /** Pixels left of the bars. */
  readonly room: number;
}

function rowMarks({ name, down, up }: Mover, row: number, { width, words, most, room }: RowContext): Mark[] {
  const [from, to, base] = [row + 0.5, row + 0.86, row + 0.77] as const;
  return [
    { kind: "text", at: [-most, row + 0.36], text: fitText(name, width - 8, 13), tone: "ink", shift: [-room, 0] },
    { kind: "box", from: [-down, from], to: [0, to], tone: "down" },
    { kind: "box", from: [0, from], to: [up, to], tone: "up" },
    {
      kind: "line",
      points: [
        [0, from - 0.06],
        [0, to + 0.06],
      ],
      tone: "ink",
      width: 1,
    },
    { kind: "text", at: [-down, base], text: words.chance(down), tone: "ink", anchor: "end", shift: [-6, 0] },
    { kind: "text", at: [up, base], text: words.chance(up), tone: "ink", shift: [6, 0] },
  ];
}
