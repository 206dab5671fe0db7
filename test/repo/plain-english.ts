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
  { phrase: "as it came", instead: "unchanged" },
  { phrase: "of its own accord", instead: "automatically" },
  { phrase: "in words", instead: "as text" },
  { phrase: "hear", instead: "receives, is called with" },
  { phrase: "hears", instead: "receives, is called with" },
  { phrase: "heard", instead: "received, was called with" },
  { phrase: "says", instead: "contains, states, returns" },
  { phrase: "said", instead: "contained, stated, returned" },
  { phrase: "knows", instead: "contains, supports, stores" },
  { phrase: "believes", instead: "uses, accepts" },
  { phrase: "believed", instead: "used, accepted" },
  { phrase: "wants", instead: "needs, requires, requests" },
  { phrase: "speaks", instead: "sends, uses the protocol" },
  { phrase: "goes on", instead: "continues" },
  { phrase: "stopped looking", instead: "the periods that a test has used" },
  { phrase: "by incumbent", instead: "the name of the model, the champion" },
  { phrase: "change number", instead: "the version and the day since which it serves" },
  { phrase: "go on", instead: "continue" },
  { phrase: "went on", instead: "continued" },
  { phrase: "comes in", instead: "arrives, is ingested" },
  { phrase: "came in", instead: "arrived, was ingested" },
  { phrase: "lies in", instead: "is in" },
  { phrase: "stands in", instead: "replaces, is in" },
  { phrase: "as it stands", instead: "unchanged" },
  { phrase: "as it were", instead: "no figure of speech" },
  { phrase: "in the place of", instead: "instead of" },
  { phrase: "left alone", instead: "unchanged, skipped" },
  { phrase: "leaves alone", instead: "does not change" },
  { phrase: "dealt with", instead: "processed" },
  { phrase: "gives up", instead: "stops, is released" },
  { phrase: "taken away", instead: "removed, deleted" },
  { phrase: "looked at", instead: "read, used, inspected" },
  { phrase: "looks at", instead: "reads, uses, inspects" },
  { phrase: "at work", instead: "running" },
  { phrase: "to be had", instead: "available" },
  { phrase: "wherever", instead: "in every place that, anywhere" },
  { phrase: "whatever", instead: "any, for every, independent of" },
  { phrase: "however often", instead: "for any number of times" },
  { phrase: "whereby", instead: "a second sentence" },
  { phrase: "thereby", instead: "so, a second sentence" },
  { phrase: "hence", instead: "so, therefore" },
  { phrase: "anew", instead: "again" },
];

/** Names that do not appear in code, because they do not describe their value. Properties of other objects are exempt. */
export const unclearNames: readonly string[] = [
  "asked",
  "fates",
  "hear",
  "heard",
  "owed",
  "said",
  "standing",
  "thief",
  "told",
];
