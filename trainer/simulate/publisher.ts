/**
 * A simulated publisher: an HTTP server that replaces the sites of the publishers. It has their addresses and formats,
 * serves generated data, and rejects requests that a fetcher of public data must not send.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { chilePublications } from "./chile-publications.ts";
import { type Answer, type FaultHook, page, type ReceivedRequest, send } from "./faults.ts";
import { goldPublication } from "./gold-publication.ts";
import { openMeteoPublication } from "./open-meteo-publication.ts";
import type { Publication, PublicationSettings, PublishedDocument } from "./publication.ts";
import { sniimPublication } from "./sniim-publication.ts";

const PUBLICATIONS: readonly ((settings: PublicationSettings) => Publication)[] = [
  sniimPublication,
  goldPublication,
  openMeteoPublication,
  ...chilePublications,
];

export interface PublisherOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly seed: string | number;
  /** The publisher's current day, `YYYY-MM-DD`. It has published nothing later. */
  readonly today: string;
  /** First day of the published history; by default two years before `today`. */
  readonly firstDay?: string;
  /** First days of single feeds, by their id. */
  readonly firstDays?: Readonly<Record<string, string>>;
  readonly faults?: FaultHook;
}

export interface Publisher {
  readonly url: string;
  setToday(day: string): void;
  /** Returns the latest days up to `until` with new data for a feed; none for a feed that is not simulated. */
  newOn(feed: string, until: string): string[];
  /** Whether a publication for this feed is simulated. */
  publishes(feed: string): boolean;
  /** All requests so far, including rejected ones. */
  readonly requests: readonly ReceivedRequest[];
  /** Drops open connections and stops listening. */
  close(): Promise<void>;
}

export async function startPublisher(options: PublisherOptions): Promise<Publisher> {
  const settings = { seed: options.seed, firstDay: options.firstDay ?? twoYearsBefore(options.today) };
  const publications = PUBLICATIONS.map((publication) => {
    const usual = publication(settings);
    const firstDay = options.firstDays?.[usual.feed];
    return firstDay === undefined ? usual : publication({ ...settings, firstDay });
  });
  const requests: ReceivedRequest[] = [];
  const closing = new AbortController();
  let today = checkedDay(options.today);
  const server = createServer(async (incoming, response) => {
    const request = received(incoming);
    requests.push(request);
    try {
      const answer = answerTo(request, publications, today);
      await send(response, answer, { fault: options.faults?.(request) ?? null, closing: closing.signal });
    } catch (error) {
      // An exception in an async listener would end the process.
      if (closing.signal.aborted || response.headersSent) response.destroy();
      else
        await send(response, page(500, `The simulated publisher failed: ${error}`), {
          fault: null,
          closing: closing.signal,
        });
    }
  });
  return {
    url: await listen(server, options.port),
    setToday: (day) => {
      today = checkedDay(day);
    },
    publishes: (feed) => publications.some((publication) => publication.feed === feed),
    newOn: (feed, until) => publications.find((publication) => publication.feed === feed)?.newOn(until) ?? [],
    requests,
    close: () => {
      closing.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function answerTo(request: ReceivedRequest, publications: readonly Publication[], today: string): Answer {
  const refusal = refusalOf(request);
  if (refusal !== null) return page(400, refusal);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return page(405, "Method not allowed. Use GET or HEAD.", { Allow: "GET, HEAD" });
  }
  const url = URL.parse(request.path, "http://publisher");
  const document = url && publications.find((publication) => publication.match(url))?.respond(url, today);
  const answer = document ? documentAnswer(document, request) : page(404, "No se encontró el documento.");
  return request.method === "HEAD" ? { ...answer, body: null } : answer;
}

/** Returns why a request is rejected, because of its headers; null if it is accepted. */
function refusalOf({ headers }: ReceivedRequest): string | null {
  if (headers["authorization"] !== undefined) return "Authorization was sent to a public site. Send no credentials.";
  if (headers["cookie"] !== undefined) return "A Cookie was sent to a public site. Send no credentials.";
  if (headers["user-agent"] === undefined) return "User-Agent is missing. Send the name of the client.";
  return null;
}

function documentAnswer(document: PublishedDocument, request: ReceivedRequest): Answer {
  const etag = `"${createHash("sha256").update(document.bytes).digest("hex").slice(0, 32)}"`;
  const headers = { ETag: etag, "Last-Modified": document.lastModified.toUTCString() };
  if (!document.status && matches(request.headers["if-none-match"], etag)) return { status: 304, headers, body: null };
  return {
    status: document.status ?? 200,
    headers: { ...headers, "Content-Type": document.contentType, "Content-Length": String(document.bytes.length) },
    body: document.bytes,
  };
}

/** Compares If-None-Match with a tag (RFC 9110, section 13.1.2): a list of tags, compared weakly, or a star. */
function matches(ifNoneMatch: string | string[] | undefined, etag: string): boolean {
  const tags = [ifNoneMatch ?? []].flat().flatMap((line) => line.split(","));
  return tags.map((tag) => tag.trim().replace(/^W\//, "")).some((tag) => tag === "*" || tag === etag);
}

function received(incoming: IncomingMessage): ReceivedRequest {
  return { method: incoming.method ?? "", path: incoming.url ?? "/", headers: incoming.headers };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}

function checkedDay(day: string): string {
  if (!isIsoDay(day)) throw new RangeError(`"${day}" is not a day. Expected YYYY-MM-DD, e.g. 2026-11-20.`);
  return day;
}

/** 29 February becomes 28 February, which exists in every year. */
function twoYearsBefore(day: string): string {
  const before = `${Number(checkedDay(day).slice(0, 4)) - 2}${day.slice(4)}`;
  return isIsoDay(before) ? before : `${before.slice(0, 8)}28`;
}
