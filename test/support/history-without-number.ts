/** Returns the text of a history without its number, because the number depends on the order of arrival. */
export function historyWithoutNumber(text: string | null): string | null {
  if (text === null) return null;
  const { number: _, ...history } = JSON.parse(text);
  return JSON.stringify(history);
}
