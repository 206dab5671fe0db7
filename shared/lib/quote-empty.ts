/** Returns a name for a sentence: `""` if it is empty, so that the sentence names what was found. */
export function quoteEmpty(name: string): string {
  return name === "" ? '""' : name;
}
