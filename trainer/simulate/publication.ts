/** What the publisher mounts: one file in this folder and one line in `publisher.ts` for each. */

/** A file as it is put up on a day. */
export interface PublishedDocument {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lastModified: Date;
}

export interface Publication {
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
