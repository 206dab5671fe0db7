/** Returns a text that ends as a sentence, to write another one after it. Reasons and details are written with and without a full stop. */
export function endSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
