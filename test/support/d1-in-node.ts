/** D1's interface over SQLite in memory, with the migrations of the project applied. Only what Drizzle and `shared/db` use. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

export class D1InNode {
  readonly #sqlite = new DatabaseSync(":memory:");
  /** Compiled once per text, as D1 does. */
  readonly #compiled = new Map<string, StatementSync>();

  constructor() {
    const files = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
    for (const file of files.sort()) this.#sqlite.exec(readFileSync(join("migrations", file), "utf8"));
  }

  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  prepare(sql: string): D1StatementInNode {
    const compiled = this.#compiled.get(sql) ?? this.#sqlite.prepare(sql);
    this.#compiled.set(sql, compiled);
    return new D1StatementInNode(compiled, []);
  }

  /** Runs statements in one transaction. */
  async batch(statements: readonly D1StatementInNode[]): Promise<{ readonly results: unknown[] }[]> {
    this.#sqlite.exec("BEGIN");
    try {
      const all = statements.map((statement) => ({ results: statement.rows() }));
      this.#sqlite.exec("COMMIT");
      return all;
    } catch (error) {
      this.#sqlite.exec("ROLLBACK");
      throw error;
    }
  }
}

class D1StatementInNode {
  readonly #compiled: StatementSync;
  readonly #parameters: readonly SQLInputValue[];

  constructor(compiled: StatementSync, parameters: readonly SQLInputValue[]) {
    this.#compiled = compiled;
    this.#parameters = parameters;
  }

  bind(...parameters: SQLInputValue[]): D1StatementInNode {
    return new D1StatementInNode(this.#compiled, parameters);
  }

  rows(): unknown[] {
    this.#compiled.setReturnArrays(false);
    return this.#compiled.all(...this.#parameters);
  }

  async all(): Promise<{ readonly results: unknown[] }> {
    return { results: this.rows() };
  }

  async first(): Promise<unknown> {
    return this.rows()[0] ?? null;
  }

  async run(): Promise<{ readonly results: unknown[] }> {
    return this.all();
  }

  async raw(): Promise<unknown[]> {
    this.#compiled.setReturnArrays(true);
    return this.#compiled.all(...this.#parameters);
  }
}
