/** Returns the text of a history without its number, which counts how often it changed: the order of arrival shows in it. */
export function historyWithoutNumber(text: string | null): string | null {
  if (text === null) return null;
  const { number: _, ...history } = JSON.parse(text);
  return JSON.stringify(history);
}
