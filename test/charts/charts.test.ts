/** The SVG of each chart of a small fixed report, compared with files that a reviewer reads. UPDATE_GOLDEN=1 writes them. */
import { expect, test } from "vitest";
import type { Chart } from "../../shared/charts/chart.ts";
import { spread } from "../../shared/charts/end-labels.ts";
import { darkPalette, lightPalette, type Tone } from "../../shared/charts/palette.ts";
import { fileSvg, pageSvg } from "../../shared/charts/svg.ts";
import { fitText, wrapText } from "../../shared/charts/text-width.ts";
import {
  driversOfReport,
  headlineChart,
  levelChart,
  mainChart,
  moversOfReport,
  nextEventsChart,
} from "../../shared/reports/report-charts.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { eventModel } from "../support/event-report-models.ts";
import { expectGolden } from "../support/golden-file.ts";
import { emptyModel, fixedModel, singleModel } from "../support/report-models.ts";

const milk = viewOf(fixedModel(), "en");
const event = viewOf(eventModel(), "en");
const { levels } = fixedModel();
const level = "levels" in levels ? levels.levels[0] : undefined;

const charts: readonly (readonly [name: string, chart: Chart | null])[] = [
  ["fan", headlineChart(milk, { width: 720, height: 320 })],
  ["fan-narrow", headlineChart(milk, { width: 340, height: 260 })],
  ["fan-single", headlineChart(viewOf(singleModel(), "es"), { width: 720, height: 320 })],
  ["movers", moversOfReport(milk, 720)],
  ["small", level ? levelChart(milk, level, ["2026-09-14", "2026-12-18"]) : null],
  ["event", nextEventsChart(event, 480)],
  ["drivers", driversOfReport(event, 480)],
  ["behind", headlineChart(event, { width: 720, height: 320 })],
];

/** One element a line, so that a difference is readable. */
const lines = (svg: string) => `${svg.replaceAll("><", ">\n<")}\n`;

test.each(charts)("the chart %s is drawn as its golden file", (name, chart) => {
  if (chart === null) throw new Error("there is no chart");
  expectGolden(`test/golden/reports/${name}.svg`, lines(pageSvg(chart, "c")));
});

test("the chart file has a title, a source line and an opaque background, and its text is escaped", () => {
  const chart = mainChart(milk);
  if (chart === null) throw new Error("there is no chart");
  const svg = fileSvg({ ...chart, title: 'a < b & "c"' }, "Source: <none>");
  expect(svg).toContain("a &lt; b &amp; &quot;c&quot;");
  expect(svg).toContain("Source: &lt;none&gt;");
  expect(svg).toContain(`fill="${lightPalette.surface}"`);
  expectGolden("test/golden/reports/chart.svg", lines(fileSvg(chart, "Source: SNIIM")));
});

test("a chart without data is not drawn", () => {
  const view = viewOf(emptyModel(), "en");
  expect(mainChart(view)).toBeNull();
  expect(moversOfReport(view, 720)).toBeNull();
});

/** WCAG 2.2 relative luminance of `#rrggbb`. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [lighter = 1, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

test.each([
  ["light", lightPalette],
  ["dark", darkPalette],
] as const)(
  "in the %s palette, lines and bars have a contrast of 3:1 with the background, and text of 4.5:1",
  (_, palette) => {
    const ratio = (tone: Tone) => contrast(palette[tone], palette.surface);
    for (const tone of ["series", "edge", "down", "up", "event", "calm"] as const)
      expect(ratio(tone), tone).toBeGreaterThan(3);
    for (const tone of ["ink", "muted"] as const) expect(ratio(tone), tone).toBeGreaterThan(4.5);
    // The dashed middle line crosses the bands.
    expect(contrast(palette.ink, palette.inner)).toBeGreaterThan(4.5);
  },
);

test("labels are moved apart by at least the gap, keep their order and stay inside", () => {
  const placed = spread([50, 52, 51, 10, 99], 12, [0, 100]);
  const sorted = [...placed].sort((a, b) => a - b);
  for (let at = 1; at < sorted.length; at++)
    expect((sorted[at] ?? 0) - (sorted[at - 1] ?? 0)).toBeGreaterThanOrEqual(11.999);
  expect(placed[3]).toBeLessThan(placed[0] ?? 0);
  expect(placed[0]).toBeLessThan(placed[2] ?? 0);
  expect(placed[2]).toBeLessThan(placed[1] ?? 0);
  expect(Math.max(...placed)).toBeLessThanOrEqual(100);
  expect(spread([30], 12, [0, 100])).toEqual([30]);
});

test("long texts are wrapped or shortened to the room", () => {
  expect(wrapText("one two three", 60, 13).length).toBeGreaterThan(1);
  expect(wrapText("one two three", 1_000, 13)).toEqual(["one two three"]);
  expect(fitText("a long name of a series", 60, 13)).toMatch(/^a .*…$/);
  expect(fitText("short", 200, 13)).toBe("short");
});
