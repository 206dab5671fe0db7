/**
 * The colours of charts. Lines, edges and dots have a contrast of at least 3:1 with the background, and all pairs differ for
 * colour-blind readers (Okabe and Ito, 2008). The fill of a band is weaker, so every band has an edge.
 */

export const tones = [
  "ink",
  "muted",
  "grid",
  "series",
  "inner",
  "outer",
  "edge",
  "down",
  "same",
  "up",
  "event",
  "calm",
  "surface",
] as const;
export type Tone = (typeof tones)[number];

type Palette = Readonly<Record<Tone, string>>;

export const lightPalette: Palette = {
  ink: "#1c2126",
  muted: "#5a636d",
  grid: "#e2e5e9",
  series: "#1c2126",
  inner: "#8dbde0",
  outer: "#d3e6f4",
  edge: "#2f7fb8",
  down: "#0072b2",
  same: "#d4d8dd",
  up: "#d55e00",
  event: "#d55e00",
  calm: "#0072b2",
  surface: "#ffffff",
};

export const darkPalette: Palette = {
  ink: "#eef1f4",
  muted: "#a7b0ba",
  grid: "#30363d",
  series: "#eef1f4",
  inner: "#2f6f9f",
  outer: "#1d4058",
  edge: "#56b4e9",
  down: "#56b4e9",
  same: "#444c55",
  up: "#f0a030",
  event: "#f0a030",
  calm: "#56b4e9",
  surface: "#15191d",
};
