const growth = "MIN_SINGLE_SEGMENT_GROWTH = 4096;";
const fasterGrowth = "MIN_SINGLE_SEGMENT_GROWTH = 4194304;";

/** Returns miniflare's source with larger steps of its buffer; unchanged if it does not contain the step. */
export function withFasterGrowth(source: string): string {
  return source.replace(growth, fasterGrowth);
}
