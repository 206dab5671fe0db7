/** A file of a feed that is not fetched: a person would upload it. */
export interface SimulatedUpload {
  readonly feed: string;
  readonly name: string;
  /** The day on which it is uploaded, `YYYY-MM-DD`. */
  readonly day: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
