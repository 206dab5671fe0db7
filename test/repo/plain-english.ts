/**
 * Words that do not appear in comments, messages, documents and test names, with the words to use instead. To extend the
 * list, add a line: a phrase is found as whole words, in any case, also across line breaks.
 */
export interface Replacement {
  /** One word, or a phrase with single spaces. */
  readonly phrase: string;
  /** What to write instead. */
  readonly instead: string;
}

export const replacements: readonly Replacement[] = [
  { phrase: "whoever", instead: "the caller, the reader, or the component by its name" },
  { phrase: "whom", instead: "a sentence whose subject is the component" },
  { phrase: "nobody", instead: "no person, no caller, or a passive verb" },
  { phrase: "anybody", instead: "a person, a caller" },
  { phrase: "somebody", instead: "a person, a caller" },
  { phrase: "heed", instead: "uses, respects, applies" },
  { phrase: "heeds", instead: "uses, respects, applies" },
  { phrase: "heeded", instead: "used, respected, applied" },
  { phrase: "told", instead: "recorded, reported, shown, notified" },
  { phrase: "tells", instead: "records, reports, shows, notifies" },
  { phrase: "foretold", instead: "forecast, predicted" },
  { phrase: "kept", instead: "cached, stored, retained, used" },
  { phrase: "what is known", instead: "the stored values, the history" },
  { phrase: "is known of", instead: "is stored for, is recorded about" },
  { phrase: "stands for", instead: "represents, replaces, means" },
  { phrase: "is done here", instead: "the name of the operation (Method not allowed)" },
  { phrase: "who asks", instead: "the caller" },
  { phrase: "who serves", instead: "the model that serves, the champion" },
  { phrase: "comes to", instead: "equals, results in, reaches" },
  { phrase: "lives on", instead: "remains, is stored, runs" },
  { phrase: "says so", instead: "reports it, returns the reason, is marked" },
  { phrase: "as it came", instead: "unchanged" },
  { phrase: "of its own accord", instead: "automatically" },
  { phrase: "in words", instead: "as text" },
];
