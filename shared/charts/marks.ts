/** Draws one mark of a chart as SVG elements. Colours are attributes and classes: a page can replace them, a file needs no style. */
import { area, line } from "d3-shape";
import type { Chart, Mark } from "./chart.ts";
import { spread } from "./end-labels.ts";
import { lightPalette, type Tone } from "./palette.ts";

/** Converts positions of the data to pixels. */
export interface Scales {
  x(value: number): number;
  y(value: number): number;
}

const fontSize = 13;
/** Distance of the base lines of labels. */
const labelGap = 15;

export function drawMark(mark: Mark, scales: Scales, chart: Chart): string {
  switch (mark.kind) {
    case "band":
      return drawBand(mark, scales);
    case "line":
      return drawLine(mark, scales);
    case "dots":
      return drawDots(mark, scales);
    case "rule":
      return drawRule(mark, scales, chart);
    case "box":
      return drawBox(mark, scales);
    case "text": {
      const [right, down] = mark.shift ?? [0, 0];
      return drawText({ ...mark, x: scales.x(mark.at[0]) + right, y: scales.y(mark.at[1]) + down });
    }
    case "end-labels":
      return drawEndLabels(mark, scales, chart);
  }
}

type Of<Kind extends Mark["kind"]> = Extract<Mark, { readonly kind: Kind }>;

function drawBand({ points, tone }: Of<"band">, { x, y }: Scales): string {
  const inside = area<(typeof points)[number]>()
    .x(([at]) => x(at))
    .y0(([, low]) => y(low))
    .y1(([, , high]) => y(high))
    .digits(1)(points);
  const edge = (of: 1 | 2) =>
    line<(typeof points)[number]>()
      .x((point) => x(point[0]))
      .y((point) => y(point[of]))
      .digits(1)(points);
  return `<path ${fill(tone)} d="${inside}"/><path ${stroke("edge")} stroke-width="1" fill="none" d="${edge(1)}${edge(2)}"/>`;
}

function drawLine({ points, tone, width, dash }: Of<"line">, { x, y }: Scales): string {
  const path = line()
    .x(([at]) => x(at))
    .y(([, value]) => y(value))
    .digits(1)(points.map(([at, value]): [number, number] => [at, value]));
  const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  return `<path ${stroke(tone)} fill="none" stroke-width="${width}" stroke-linejoin="round"${dashes} d="${path ?? ""}"/>`;
}

function drawDots({ points, tone, radius, hollow = false }: Of<"dots">, { x, y }: Scales): string {
  const look = hollow
    ? `class="f-surface s-${tone}" fill="${lightPalette.surface}" stroke="${lightPalette[tone]}" stroke-width="1.5"`
    : fill(tone);
  return points.map(([at, value]) => `<circle cx="${px(x(at))}" cy="${px(y(value))}" r="${radius}" ${look}/>`).join("");
}

function drawRule({ x: atX, y: atY, tone, dash }: Of<"rule">, { x, y }: Scales, chart: Chart): string {
  const { margin, width, height } = chart;
  const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  const path =
    atX === undefined
      ? `M${margin.left},${px(y(atY ?? 0))}H${width - margin.right}`
      : `M${px(x(atX))},${margin.top}V${height - margin.bottom}`;
  return `<path ${stroke(tone)} fill="none"${dashes} d="${path}"/>`;
}

function drawBox({ from, to, tone }: Of<"box">, { x, y }: Scales): string {
  const [left, right] = [x(from[0]), x(to[0])].sort((a, b) => a - b) as [number, number];
  const [top, bottom] = [y(from[1]), y(to[1])].sort((a, b) => a - b) as [number, number];
  return `<rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}" ${fill(tone)}/>`;
}

export interface DrawnText {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly tone: Tone;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
  readonly size?: number;
}

/** Draws a line of text whose base line is at `y`. */
export function drawText({ x, y, text, tone, anchor = "start", bold = false, size = fontSize }: DrawnText): string {
  const anchored = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  const weight = bold ? ' font-weight="600"' : "";
  const sized = size === fontSize ? "" : ` font-size="${size}"`;
  return `<text x="${px(x)}" y="${px(y)}"${anchored}${weight}${sized} ${fill(tone)}>${escapeXml(text)}</text>`;
}

function drawEndLabels({ x: at, labels }: Of<"end-labels">, { x, y }: Scales, { margin, height }: Chart): string {
  const places = spread(
    labels.map(({ y: value }) => y(value)),
    labelGap,
    [margin.top + 4, height - margin.bottom],
  );
  return labels
    .map(({ text, tone, bold = false }, index) =>
      drawText({ x: x(at) + 7, y: (places[index] ?? 0) + 4, text, tone, bold }),
    )
    .join("");
}

function fill(tone: Tone): string {
  return `class="f-${tone}" fill="${lightPalette[tone]}"`;
}

export function stroke(tone: Tone): string {
  return `class="s-${tone}" stroke="${lightPalette[tone]}"`;
}

/** Rounds to tenths of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes a text for XML, and removes the characters that XML does not allow. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll(/[&<>"]/g, (char) => entities[char] ?? char);
}
