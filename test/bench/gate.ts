/** Measures the errors of the gate over simulated panels: false promotions of random walks, and power where skill is planted. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { promotionLevel } from "../../shared/registry/look.ts";
import type { World } from "../training/look-simulation.ts";
import type { Bench, Result } from "./bench.ts";
import type { Simulated } from "./support/look-thread.ts";
import { equalLook, learnerLook, stepLook } from "./support/step-looks.ts";

/** The levels that the gate's level was chosen from. */
const levels = [0.01, 0.02, 0.05];
const percentMax = 1;

/** Number of walks; `--walks=100` makes a quick run. The other experiments need fewer worlds. */
const walksUsual = 1_000;
const walks = Number(process.argv.map((text) => /^--walks=(\d+)$/.exec(text)?.[1]).find(Boolean) ?? walksUsual);
const fewer = Math.ceil(0.3 * walks);

/** On two quiet cores the whole bench takes about six minutes. */
const secondsMax = 600;

/** Trainings after every second period: they test when 30 periods are unused, at 150, 180 and 212 periods. */
const everySecond = Array.from({ length: 32 }, (_, number) => 150 + 2 * number);
/** Twelve trainings, each after a correction. */
const corrected = Array.from({ length: 12 }, (_, number) => 150 + 2 * number);
/** A training that is too early to test anything, and one with 30 test periods. */
const premature = [130, 150];

/** A kind of simulated worlds, and what is measured over all of them. */
interface Experiment {
  readonly count: number;
  world(seed: number): Omit<World, "seed">;
  measure(worlds: readonly Simulated[]): readonly Result[];
}

const experiments: readonly Experiment[] = [
  {
    count: walks,
    world: () => ({ phi: 0, trainings: everySecond }),
    measure: (worlds) => falsePromotions("random walks, training after every second period", worlds),
  },
  {
    count: fewer,
    world: () => ({ phi: 0, trainings: corrected, correctedShare: 0.3 }),
    measure: (worlds) => falsePromotions("random walks, 12 trainings, each after corrections", worlds),
  },
  {
    // A training with distributions takes ten times as long.
    count: Math.ceil(0.1 * walks),
    world: () => ({ phi: 0, stays: 0.85, trainings: everySecond }),
    measure: (worlds) => [
      ...falsePromotions("walks that stay in 85 % of the periods, by CRPS", worlds),
      sameCentre("walks that stay in 85 % of the periods: promoted with the baseline's medians", worlds),
    ],
  },
  {
    count: fewer,
    world: () => ({ phi: 0.5, trainings: premature }),
    measure: (worlds) => [missed("changes with autocorrelation 0.5, not served after the first test", worlds, 10)],
  },
  {
    count: fewer,
    world: () => ({ phi: 0.3, trainings: premature }),
    measure: (worlds) => [missed("changes with autocorrelation 0.3, not served after the first test", worlds, null)],
  },
  {
    count: fewer,
    world: (seed) => ({ phi: "level", trainings: [150], typo: typoOf(seed) }),
    measure: (worlds) => [
      contradicted("a value of ten times its size: the baseline serves, a learned contender has p < 0.001", worlds),
    ],
  },
];

export async function run(): Promise<Bench> {
  const started = performance.now();
  const threads = Array.from({ length: availableParallelism() }, startThread);
  try {
    const results: Result[] = [];
    for (const { count, world, measure } of experiments)
      results.push(...measure(await simulateAll(threads, count, world)));
    results.push(...severalSteps(), ...(await learners()));
    const seconds = Math.round((performance.now() - started) / 1000);
    const time = { what: `run time, ${threads.length} threads`, value: seconds, unit: "s", limit: secondsMax };
    return { name: "gate", results: [...results, time] };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Headline steps: with blocks of 6 and 12 periods, 90 tested periods are 15 and 7 blocks. */
const headlines = [
  [1, 3, 6],
  [1, 3, 12],
];

/** Returns the share of looks with p below the gate's level. */
function promoted(what: string, ps: readonly number[], limit: number | null): Result {
  const count = ps.filter((p) => p < promotionLevel).length;
  return {
    what: `${what}: promoted at ${promotionLevel}, of ${ps.length} looks`,
    value: percent(count, ps.length),
    unit: "%",
    limit,
  };
}

/** A contest of learners is fitted 21 times. */
const learnerWalks = Math.ceil(0.15 * walks);

/** Tests learners of several steps, of which one is chosen before each stretch of rolling origins. */
async function learners(): Promise<Result[]> {
  const looks = async (count: number, phi: number) => {
    const found: number[] = [];
    for (let seed = 1; seed <= count; seed++) found.push(await learnerLook(seed, phi));
    return found;
  };
  return [
    promoted("learners of several steps, random walks", await looks(learnerWalks, 0), percentMax),
    promoted("learners of several steps, skill at step 3", await looks(Math.ceil(learnerWalks / 5), 0.5), null),
  ];
}

/** Tests baselines of several headline steps at once, and equally good forecasts. */
function severalSteps(): Result[] {
  const seeds = Array.from({ length: walks }, (_, index) => index + 1);
  return headlines.flatMap((steps) => {
    const name = `steps ${steps.join(", ")}`;
    const looks = (drift: number) => seeds.slice(0, fewer).map((seed) => stepLook({ seed, steps, drift }));
    return [
      promoted(
        `${name}, equally good forecasts`,
        seeds.map((seed) => equalLook({ seed, steps })),
        equalPercentMax,
      ),
      promoted(`${name}, drifts on random walks`, looks(0), percentMax),
      promoted(`${name}, drifts on walks with a drift of 0.2 deviations`, looks(0.2), null),
    ];
  });
}

/** With equally good forecasts a look at the level promotes as many by chance; 1,000 looks differ by up to 0.6 points. */
const equalPercentMax = 100 * promotionLevel + 0.6;

/** The wrong value is in the training data, in validation or in the test window. */
const typoOf = (seed: number) => ({ series: seed % 8, period: 20 + (seed % 128) });

const startThread = () => new Worker(new URL("./support/look-thread.ts", import.meta.url));

/** Simulates worlds with the seeds 1 to `count`, shared between the threads. */
async function simulateAll(
  threads: readonly Worker[],
  count: number,
  world: (seed: number) => Omit<World, "seed">,
): Promise<Simulated[]> {
  const simulated: Simulated[] = [];
  let next = 1;
  await Promise.all(
    threads.map(async (thread) => {
      while (next <= count) {
        const seed = next++;
        simulated[seed - 1] = await ask(thread, { seed, ...world(seed) });
      }
    }),
  );
  return simulated;
}

function ask(thread: Worker, world: World): Promise<Simulated> {
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (answer: Simulated) => {
      thread.off("error", reject);
      resolve(answer);
    });
    thread.postMessage(world);
  });
}

const percent = (count: number, of: number) => (100 * count) / of;

/** Returns the share of looks and of walks that are promoted, for each level. Only the gate's own level has a limit. */
function falsePromotions(what: string, worlds: readonly Simulated[]): Result[] {
  const looks = worlds.flatMap(({ looks }) => looks);
  return levels.flatMap((level) => {
    const limit = level === promotionLevel ? percentMax : null;
    const promoted = looks.filter(({ p }) => p < level).length;
    const walked = worlds.filter(({ looks }) => looks.some(({ p }) => p < level)).length;
    return [
      {
        what: `${what}: promoted at ${level}, of ${looks.length} looks`,
        value: percent(promoted, looks.length),
        unit: "%",
        limit,
      },
      {
        what: `${what}: promoted at ${level}, of ${worlds.length} walks`,
        value: percent(walked, worlds.length),
        unit: "%",
        limit,
      },
    ];
  });
}

/** Returns the share of looks that promote a recipe whose medians equal the baseline's. They are also counted above. */
function sameCentre(what: string, worlds: readonly Simulated[]): Result {
  const looks = worlds.flatMap(({ looks }) => looks);
  const promoted = looks.filter(({ p, isSameCentre }) => p < promotionLevel && isSameCentre).length;
  return { what: `${what}, of ${looks.length} looks`, value: percent(promoted, looks.length), unit: "%", limit: null };
}

/** Returns the share of worlds whose skill is not served after the first look. */
function missed(what: string, worlds: readonly Simulated[], limit: number | null): Result {
  const lost = worlds.filter(({ looks, serves }) => looks.length !== 1 || !serves).length;
  return { what, value: percent(lost, worlds.length), unit: "%", limit };
}

/** Returns the share of worlds in which the baseline serves although the leaderboard shows a clearly better contender. */
function contradicted(what: string, worlds: readonly Simulated[]): Result {
  const wrong = worlds.filter(({ isClear, serves }) => isClear && !serves).length;
  return {
    what: `${what}, of ${worlds.filter(({ isClear }) => isClear).length}`,
    value: percent(wrong, worlds.length),
    unit: "%",
    limit: 0,
  };
}
