/** How task lists are displayed: one redrawn line per task in a terminal, plain lines elsewhere, nothing with `--json`. */
import { Listr, ListrLogger, ListrLogLevels } from "listr2";
import { printable } from "../shared/lib/printable.ts";
import { interrupted } from "./interruption.ts";

/** Omits failures: the command prints them once, at its end. */
class PlainLogger extends ListrLogger {
  override log(...[level, ...rest]: Parameters<ListrLogger["log"]>): void {
    if (level !== ListrLogLevels.FAILED) super.log(level, ...rest);
  }
}

/** What a running task displays. */
export interface TaskDisplay {
  title: string;
  /** The current step. */
  output: string;
  /** Shows the task as skipped, with the reason. */
  skip(reason: string): void;
}

export interface Task {
  readonly title: string;
  /** Precedes the steps in plain output, where the steps of several tasks alternate. */
  readonly label?: string;
  /** True if the other tasks run although this one failed. By default `exitOnError` of the list decides. */
  readonly isOptional?: boolean;
  /** Waits until the task can start. Returns false if it will never start: it is then not displayed. If it throws, the task fails. */
  ready?(): Promise<boolean>;
  run(display: TaskDisplay): Promise<void>;
}

export interface TaskListOptions {
  readonly isJson: boolean | undefined;
  readonly exitOnError?: boolean;
  /** True if each task starts as soon as it is ready. By default the tasks run one after another. */
  readonly isConcurrent?: boolean;
}

/** Returns a list of tasks. With `isJson` it displays nothing. */
export function taskList(
  tasks: readonly Task[],
  { isJson, exitOnError = true, isConcurrent = false }: TaskListOptions,
) {
  const isPlain = process.stdout.isTTY !== true;
  const list = tasks.map((task) => {
    const { enabled, start } = startOf(task);
    return {
      title: printable(task.title),
      ...(task.isOptional && { exitOnError: false }),
      enabled,
      task: (_: unknown, shown: TaskDisplay) =>
        unlessInterrupted(start(new PrintableDisplay(shown, isPlain && task.label ? `${task.label}: ` : ""))),
    };
  });
  return new Listr<unknown, "default" | "silent", "simple">(list, {
    renderer: isJson ? "silent" : "default",
    fallbackRenderer: "simple",
    rendererOptions: { showErrorMessage: false },
    fallbackRendererOptions: { logger: new PlainLogger({ useIcons: true }) },
    // Its listener would end the process with code 127 as soon as the running tasks have ended.
    registerSignalListeners: false,
    concurrent: isConcurrent,
    exitOnError,
    collectErrors: !exitOnError,
  });
}

interface Start {
  enabled(): boolean | Promise<boolean>;
  start(display: TaskDisplay): Promise<void>;
}

/**
 * Waits for a task. After an interruption a task fails because what it uses was stopped. That is no error to display, and no further
 * task may start, so it then never ends: the process ends.
 */
async function unlessInterrupted(running: Promise<void>): Promise<void> {
  await running.catch((error: unknown) => {
    if (!interrupted.aborted) throw error;
  });
  if (interrupted.aborted) await new Promise(() => {});
}

/**
 * Returns the condition and the work of a task for listr2. listr2 evaluates the condition twice: when the list starts, to display the
 * task, and before the task starts. Only the second call waits. If a condition throws, listr2 ends the list while other tasks run, so
 * the work throws the error instead.
 */
function startOf({ ready, ...task }: Task): Start {
  if (ready === undefined) return { enabled: () => true, start: (display) => task.run(display) };
  let isDisplayed = false;
  let fault: { readonly error: unknown } | null = null;
  return {
    async enabled() {
      if (!isDisplayed) {
        isDisplayed = true;
        return true;
      }
      try {
        return await ready();
      } catch (error) {
        fault = { error };
        return true;
      }
    },
    async start(display) {
      if (fault !== null) throw fault.error;
      await task.run(display);
    },
  };
}

/** Removes control characters from what is displayed: names and reasons come from files and servers. */
class PrintableDisplay implements TaskDisplay {
  readonly #shown: TaskDisplay;
  readonly #prefix: string;

  constructor(shown: TaskDisplay, prefix: string) {
    this.#shown = shown;
    this.#prefix = prefix;
  }

  get title(): string {
    return this.#shown.title;
  }

  set title(text: string) {
    this.#shown.title = printable(text);
  }

  get output(): string {
    return this.#shown.output;
  }

  set output(text: string) {
    this.#shown.output = printable(this.#prefix + text);
  }

  skip(reason: string): void {
    this.#shown.skip(printable(reason));
  }
}
