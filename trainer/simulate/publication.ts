/** What the publisher mounts: one file in this folder and one line in `publisher.ts` for each. */

/** A file as it is put up on a day. */
export interface PublishedDocument {
  /** 200 unless it is a refusal of the publisher's own. */
  readonly status?: 400;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lastModified: Date;
}

export interface Publication {
  /** Id of the feed that reads it. */
  readonly feed: string;
  /** The latest days up to `until`, in order, that bring something new: enough to see it grow. */
  newOn(until: string): string[];
  /** Whether an address belongs to this publication, whatever is there. */
  match(url: URL): boolean;
  /** What stands at a matching address on the day `today`; null for nothing, yet or ever. */
  respond(url: URL, today: string): PublishedDocument | null;
}

export interface PublicationSettings {
  readonly seed: string | number;
  /** Where the published history begins. */
  readonly firstDay: string;
}
