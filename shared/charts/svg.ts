/** Draws a chart as SVG: for a page, which has the title beside it, or as a file with title and source line. */
import { scaleLinear } from "d3-scale";
import type { Chart } from "./chart.ts";
import { drawMark, drawText, escapeXml, px, type Scales, stroke } from "./marks.ts";
import { lightPalette } from "./palette.ts";
import { wrapText } from "./text-width.ts";

export const chartFont = "Source Sans 3";
/** The page's font is used in a page. A file names the font that is shipped for PNG. */
const fileFonts = `'${chartFont}', 'Source Sans Pro', 'Helvetica Neue', Arial, sans-serif`;

/** Returns the SVG of a chart inside a page. `id` is unique in the page: the title and the description have ids with it. */
export function pageSvg(chart: Chart, id: string, className = ""): string {
  const { width, height, title, description } = chart;
  const named = className === "" ? "" : ` class="${className}"`;
  return (
    `<svg${named} role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="13">` +
    `<title id="${id}-t">${escapeXml(title)}</title><desc id="${id}-d">${escapeXml(description)}</desc>${drawPlot(chart)}</svg>`
  );
}

const [titleSize, titleGap, textGap, padding] = [22, 27, 19, 24];

/** Returns the SVG of a chart as a file: title, subtitle, chart and source line on a white background. */
export function fileSvg(chart: Chart, source: string): string {
  const room = chart.width - 2 * padding;
  const titles = wrapText(chart.title, room, titleSize);
  const subtitles = wrapText(chart.subtitle, room, 14);
  const sources = wrapText(source, room, 12);
  const top = padding + titles.length * titleGap + subtitles.length * textGap + 6;
  const bottom = sources.length * 16 + padding;
  const height = top + chart.height + bottom;
  const texts = [
    ...titles.map((text, at) =>
      drawText({ x: padding, y: padding + 16 + at * titleGap, text, tone: "ink", bold: true, size: titleSize }),
    ),
    ...subtitles.map((text, at) =>
      drawText({
        x: padding,
        y: padding + 14 + titles.length * titleGap + at * textGap,
        text,
        tone: "muted",
        size: 14,
      }),
    ),
    ...sources.map((text, at) =>
      drawText({ x: padding, y: top + chart.height + 18 + at * 16, text, tone: "muted", size: 12 }),
    ),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 ${chart.width} ${height}" width="${chart.width}" height="${height}" font-size="13" font-family="${fileFonts}">` +
    `<title id="t">${escapeXml(chart.title)}</title><desc id="d">${escapeXml(chart.description)}</desc>` +
    `<rect width="${chart.width}" height="${height}" fill="${lightPalette.surface}"/>${texts.join("")}` +
    `<g transform="translate(0 ${top})">${drawPlot(chart)}</g></svg>\n`
  );
}

function drawPlot(chart: Chart): string {
  const { width, height, margin } = chart;
  const x = scaleLinear(chart.x.domain, [margin.left, width - margin.right]);
  const y = scaleLinear(chart.y.domain, [height - margin.bottom, margin.top]);
  const scales: Scales = { x: (value) => x(value), y: (value) => y(value) };
  return drawAxes(chart, scales) + chart.marks.map((mark) => drawMark(mark, scales, chart)).join("");
}

function drawAxes({ x, y, width, height, margin }: Chart, scales: Scales): string {
  const rows = y.ticks.map(({ at, label }) => {
    const line = y.grid
      ? `<path ${stroke("grid")} d="M${margin.left},${px(scales.y(at))}H${width - margin.right}"/>`
      : "";
    return line + drawText({ x: margin.left - 6, y: scales.y(at) + 4, text: label, tone: "muted", anchor: "end" });
  });
  const columns = x.ticks.map(({ at, label }) => {
    const line = x.grid
      ? `<path ${stroke("grid")} d="M${px(scales.x(at))},${margin.top}V${height - margin.bottom}"/>`
      : "";
    return (
      line + drawText({ x: scales.x(at), y: height - margin.bottom + 18, text: label, tone: "muted", anchor: "middle" })
    );
  });
  return rows.join("") + columns.join("");
}
