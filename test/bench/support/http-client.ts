/** A minimal HTTP/1.1 client for load generators. Sends prepared bytes and finds the end of an answer by its length. */
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export interface RequestParts {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly json?: unknown;
}

/** Returns the bytes of a request. */
export function requestBytes({ method, path, json }: RequestParts): Buffer {
  const body = json === undefined ? "" : JSON.stringify(json);
  const about = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: bench\r\n${about}\r\n${body}`);
}

const idleMaxMs = 3_000;

/** A keep-alive connection for one request at a time. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;
  #usedMs = performance.now();
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      this.#isClosed = true;
      this.#fail(new Error("the connection was closed"));
    });
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1" }, () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  /**
   * Returns false if the connection is closed or was idle too long: the server closes idle connections after five
   * seconds.
   */
  isFit(): boolean {
    return !this.#isClosed && performance.now() - this.#usedMs < idleMaxMs;
  }

  ask(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error("the connection is closed"));
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = wholeAnswer(this.#received);
    if (answer === null) return;
    this.#received = Buffer.alloc(0);
    this.#usedMs = performance.now();
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(answer);
  }
}

/** Parses a complete answer; null if it is not complete. */
function wholeAnswer(received: Buffer): Answer | null {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = received.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const start = end + 4;
  if (length !== undefined) {
    const stop = start + Number(length);
    return received.length < stop ? null : { status, head, body: received.toString("utf8", start, stop) };
  }
  if (!/^transfer-encoding: chunked/im.test(head)) return { status, head, body: "" };
  const body = received.subarray(start);
  return body.indexOf("0\r\n\r\n") < 0 ? null : { status, head, body: unchunked(body) };
}

function unchunked(body: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString();
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 4 + size;
  }
}
