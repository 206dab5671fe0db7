/** A chart as data. Positions are in units of the data; sizes are in pixels. The same chart gives the same SVG. */
import type { Tone } from "./palette.ts";

export interface Chart {
  /** States the finding. */
  readonly title: string;
  /** Measure, place and time range. */
  readonly subtitle: string;
  /** The text for readers who do not see the chart. It states the finding and the most important numbers. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly margin: Margin;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in order: later marks cover earlier ones. */
  readonly marks: readonly Mark[];
}

export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface Axis {
  /** The values at the two ends. For the vertical axis the first one is at the bottom. */
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** Whether each tick has a line across the chart. */
  readonly grid: boolean;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** A value at a position. */
export type Point = readonly [x: number, y: number];

export type Mark =
  | {
      readonly kind: "band";
      readonly points: readonly (readonly [x: number, low: number, high: number])[];
      readonly tone: Tone;
    }
  | {
      readonly kind: "line";
      readonly points: readonly Point[];
      readonly tone: Tone;
      readonly width: number;
      readonly dash?: string;
    }
  /** Hollow dots differ from filled ones without colour. */
  | {
      readonly kind: "dots";
      readonly points: readonly Point[];
      readonly tone: Tone;
      readonly radius: number;
      readonly hollow?: boolean;
    }
  /** A line across the chart: vertical at `x`, or horizontal at `y`. */
  | { readonly kind: "rule"; readonly x?: number; readonly y?: number; readonly tone: Tone; readonly dash?: string }
  /** A rectangle between two corners. */
  | { readonly kind: "box"; readonly from: Point; readonly to: Point; readonly tone: Tone }
  | {
      readonly kind: "text";
      readonly at: Point;
      readonly text: string;
      readonly tone: Tone;
      readonly anchor?: "start" | "middle" | "end";
      /** Distance in pixels. */
      readonly shift?: readonly [right: number, down: number];
      readonly bold?: boolean;
    }
  /** Labels at one horizontal position, moved apart so that they do not overlap. */
  | { readonly kind: "end-labels"; readonly x: number; readonly labels: readonly EndLabel[] };

export interface EndLabel {
  readonly y: number;
  readonly text: string;
  readonly tone: Tone;
  readonly bold?: boolean;
}
