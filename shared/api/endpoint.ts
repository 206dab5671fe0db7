/** An endpoint of the service as a value: where it is, what it takes and what it answers. The client is derived from these. */
import type { z } from "zod";

/** Which bearer token an endpoint takes: `hub` needs `ADMIN_TOKEN`, `predict` takes `PREDICT_TOKEN` where one is set. */
export type EndpointToken = "hub" | "predict";

export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As in the OpenAPI document: parameters in braces. */
  readonly path: `/${string}`;
  readonly token?: EndpointToken;
  readonly query?: z.ZodObject;
  /** Schema of a JSON body. */
  readonly body?: z.ZodType;
  /** Content type of a body that is the bytes of a file; they are sent with their digest. */
  readonly file?: string;
  /** Schema of a JSON answer, or what else comes back. */
  readonly answer: z.ZodType | "bytes" | "text";
}

/** The bytes of a file, with the entity tag by which a reader sees that the file has changed. */
export interface DownloadedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Without quotes; empty where there is none. */
  readonly etag: string;
}

type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

/** Members that the schema requires, as they are after parsing: a query schema reads numbers from text. */
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

/** What a call takes: the parameters of the path by name, and `query` and `body` where the endpoint has them. */
export type EndpointInput<E extends Endpoint> = {
  readonly [Name in PathParameter<E["path"]>]: string;
} & QueryMember<E> &
  BodyMember<E>;

export type EndpointAnswer<E extends Endpoint> =
  E["answer"] extends z.ZodType<infer Value> ? Value : E["answer"] extends "bytes" ? DownloadedFile : string;
