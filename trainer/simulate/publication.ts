/** The interface of a simulated publication. Each has one file in this folder and one line in `publisher.ts`. */

/** A response of the publisher on one day. */
export interface PublishedDocument {
  /** 200 by default; 400 for an error of the publisher's API. */
  readonly status?: 400;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lastModified: Date;
}

export interface Publication {
  /** Id of the feed that parses it. */
  readonly feed: string;
  /** Returns the latest days up to `until` with new data, in order. */
  newOn(until: string): string[];
  /** Whether the publication serves this address, even if it responds with nothing. */
  match(url: URL): boolean;
  /** Returns the document at a matching address on the day `today`; null if there is none. */
  respond(url: URL, today: string): PublishedDocument | null;
}

export interface PublicationSettings {
  readonly seed: string | number;
  /** First day of the published history. */
  readonly firstDay: string;
}
