/** An endpoint of the service as a value: its address, input and answer. The client is derived from these values. */
import type { z } from "zod";

/** The bearer token of an endpoint: `hub` needs `ADMIN_TOKEN`, `predict` needs `PREDICT_TOKEN` if one is set. */
export type EndpointToken = "hub" | "predict";

export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Parameters are in braces, as in the OpenAPI document. */
  readonly path: `/${string}`;
  readonly token?: EndpointToken;
  readonly query?: z.ZodObject;
  /** Schema of a JSON body. */
  readonly body?: z.ZodType;
  /** Content type of a body that is a file. It is sent with its digest. */
  readonly file?: string;
  /** Schema of a JSON answer, or the kind of another answer. */
  readonly answer: z.ZodType | "bytes" | "text";
}

/** The bytes of a file and its entity tag, which changes with the file. */
export interface DownloadedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Without quotes; empty if the answer has none. */
  readonly etag: string;
}

type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

/** Required members with their types after parsing: a query schema reads numbers from text. */
type QueryOf<Schema extends z.ZodObject> = {
  readonly [Name in keyof z.input<Schema>]: Name extends keyof z.output<Schema> ? z.output<Schema>[Name] : never;
};

type QueryMember<E extends Endpoint> = E extends { readonly query: infer Schema extends z.ZodObject }
  ? Record<never, never> extends QueryOf<Schema>
    ? { readonly query?: QueryOf<Schema> }
    : { readonly query: QueryOf<Schema> }
  : unknown;

type BodyMember<E extends Endpoint> = E extends { readonly body: infer Schema extends z.ZodType }
  ? { readonly body: z.input<Schema> }
  : E extends { readonly file: string }
    ? { readonly body: Uint8Array<ArrayBuffer>; readonly contentType?: string }
    : unknown;

/** Input of a call: the path parameters by name, and `query` and `body` if the endpoint has them. */
export type EndpointInput<E extends Endpoint> = {
  readonly [Name in PathParameter<E["path"]>]: string;
} & QueryMember<E> &
  BodyMember<E>;

export type EndpointAnswer<E extends Endpoint> =
  E["answer"] extends z.ZodType<infer Value> ? Value : E["answer"] extends "bytes" ? DownloadedFile : string;
