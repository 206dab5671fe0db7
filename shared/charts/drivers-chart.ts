/** The chart of what moves a prediction: the contribution of each input, to the left or to the right of zero. */
import type { Chart, Mark } from "./chart.ts";
import { fitText, textWidth } from "./text-width.ts";

export interface Driver {
  readonly name: string;
  readonly contribution: number;
}

export interface DriversContent {
  readonly drivers: readonly Driver[];
  readonly words: {
    readonly title: string;
    readonly subtitle: string;
    readonly description: string;
    contribution(value: number): string;
  };
}

const rowHeight = 40;

/** Builds the chart: one row for each input, its name above its bar. */
export function driversChart({ drivers, words }: DriversContent, width: number): Chart {
  const most = Math.max(...drivers.map(({ contribution }) => Math.abs(contribution)), Number.MIN_VALUE);
  const room = Math.max(...drivers.map(({ contribution }) => textWidth(words.contribution(contribution), 13)), 20) + 12;
  const marks = drivers.flatMap(({ name, contribution }, row): Mark[] => {
    const isUp = contribution > 0;
    const [from, to, base] = [row + 0.5, row + 0.86, row + 0.77] as const;
    return [
      { kind: "text", at: [-most, row + 0.36], text: fitText(name, width - 8, 13), tone: "ink", shift: [-room, 0] },
      { kind: "box", from: [0, from], to: [contribution, to], tone: isUp ? "up" : "down" },
      {
        kind: "line",
        points: [
          [0, from - 0.06],
          [0, to + 0.06],
        ],
        tone: "ink",
        width: 1,
      },
      {
        kind: "text",
        at: [contribution, base],
        text: words.contribution(contribution),
        tone: "ink",
        anchor: isUp ? "start" : "end",
        shift: [isUp ? 6 : -6, 0],
      },
    ];
  });
  return {
    title: words.title,
    subtitle: words.subtitle,
    description: words.description,
    width,
    height: drivers.length * rowHeight + 12,
    margin: { top: 4, right: Math.round(room), bottom: 8, left: Math.round(room) },
    x: { domain: [-most, most], ticks: [], grid: false },
    y: { domain: [drivers.length, 0], ticks: [], grid: false },
    marks,
  };
}
