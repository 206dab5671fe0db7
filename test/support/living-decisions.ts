/** The decisions about a living forecast, each compared with its row of docs/GATE.md and with the rule of looks. */
import { promotionLevel } from "../../shared/registry/look.ts";
import { type Decided, lookMistake, passes, requiredLook, rowOf } from "./decision-table.ts";
import { query } from "./hub.ts";
import { lookRules } from "./living-declaration.ts";
import type { LivingForecast, Step } from "./living-forecast.ts";

interface GateRow extends Decided {
  readonly id: number;
  readonly periods: number;
  /** 1 if the decision used a look that an earlier decision made. */
  readonly isRepeated: number;
}

interface LookRow {
  readonly from: string;
  readonly to: string;
  readonly halvings: number;
}

type Data = ReturnType<LivingForecast["data"]>;

export class LivingDecisions {
  readonly #living: LivingForecast;
  #gates = 0;
  #champions = 0;
  #looks: readonly LookRow[] = [];
  /** What the newest look read; null if a promotion of an earlier version made it. */
  #read: Pick<Data, "days" | "tolerance"> | null = { days: [], tolerance: 0 };
  /** By how much the values of a day were corrected since. */
  #corrected = new Map<string, number>();
  /** The rows that have occurred. */
  readonly rows = new Set<string>();

  constructor(living: LivingForecast) {
    this.#living = living;
  }

  /** Reads what the last step decided. Throws if a decision is in no row, or is not the one that the rule of looks requires. */
  async check(step: Step): Promise<void> {
    const data = this.#living.data();
    const { days = [], tolerance = 0 } = this.#read ?? {};
    for (const { day, size } of data.corrected)
      if (days.includes(day)) this.#corrected.set(day, (this.#corrected.get(day) ?? 0) + size);
    // The tolerance of the look counts, also after an edit of the decimals.
    const isCorrected = [...this.#corrected.values()].some((size) => size > tolerance);
    const situation = { periods: data.days, looks: this.#looks, isCorrected, ...lookRules };
    const required = step === "train" && this.#read !== null ? requiredLook(situation) : null;
    for (const gate of await readGates(this.#gates)) {
      this.#gates = gate.id;
      this.rows.add(rowOf(gate));
      if (gate.rule !== "first" && gate.rule !== "replacement") continue;
      const mistake = required && gate.isRepeated === 0 ? lookMistake(gate, required) : null;
      if (mistake !== null) throw new Error(mistake);
      if (gate.kind !== "hold" && passes(gate, promotionLevel) !== (gate.kind === "promote"))
        throw new Error(`the decision contradicts its p-values: ${JSON.stringify(gate)}`);
    }
    for (const { number, ...change } of await readChampions(this.#champions)) {
      this.#champions = number;
      this.rows.add(rowOf(change));
    }
    this.#takeLooks(await readLooks(), step === "train" ? data : null);
  }

  #takeLooks(looks: readonly LookRow[], read: Data | null): void {
    const added = looks.length - this.#looks.length;
    if (added > 1) throw new Error(`one step made ${added} looks`);
    if (added === 0) return;
    this.#looks = looks;
    this.#read = read;
    this.#corrected.clear();
  }
}

async function readGates(after: number): Promise<GateRow[]> {
  return (await query(`
    SELECT g.id, g.rule, g.kind, g.incumbent AS champion, g.p_naive AS pNaive, g.p_incumbent AS pIncumbent, g.reason, g.periods,
      l.halvings, EXISTS (SELECT 1 FROM gates e JOIN models em ON em.forecast = e.forecast AND em.version = e.version
        WHERE e.id < g.id AND e.id <= ${after} AND coalesce(em.run, em.version) = l.key) AS isRepeated
    FROM gates g JOIN models m ON m.forecast = g.forecast AND m.version = g.version
      LEFT JOIN looks l ON l.forecast = g.forecast AND l.key = coalesce(m.run, m.version)
    WHERE g.id > ${after} ORDER BY g.id`)) as GateRow[];
}

async function readLooks(): Promise<LookRow[]> {
  return (await query(
    `SELECT from_period AS "from", to_period AS "to", halvings FROM looks ORDER BY number`,
  )) as LookRow[];
}

/** Reads the changes of the champion that no decision of the gate made. */
async function readChampions(after: number): Promise<(Decided & { readonly number: number })[]> {
  return (await query(`
    SELECT number, rule, 'promote' AS kind, NULL AS champion, NULL AS pNaive, NULL AS pIncumbent, NULL AS halvings,
      why AS reason FROM champions WHERE number > ${after} AND rule IN ('rollback', 'fallback')
    ORDER BY number`)) as (Decided & { readonly number: number })[];
}
