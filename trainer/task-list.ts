/** How task lists are displayed: one redrawn line per task in a terminal, plain lines elsewhere, nothing with `--json`. */
import { Listr, ListrLogger, ListrLogLevels } from "listr2";
import { printable } from "../shared/lib/printable.ts";

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
  /** True if the other tasks run although this one failed. By default `exitOnError` of the list decides. */
  readonly isOptional?: boolean;
  run(display: TaskDisplay): Promise<void>;
}

/** Returns a list of tasks that run one after another. With `isJson` it displays nothing. */
export function taskList(
  tasks: readonly Task[],
  { isJson, exitOnError = true }: { readonly isJson: boolean | undefined; readonly exitOnError?: boolean },
) {
  const list = tasks.map(({ title, isOptional, run }) => ({
    title: printable(title),
    ...(isOptional && { exitOnError: false }),
    task: (_: unknown, shown: TaskDisplay) => run(new PrintableDisplay(shown)),
  }));
  return new Listr<unknown, "default" | "silent", "simple">(list, {
    renderer: isJson ? "silent" : "default",
    fallbackRenderer: "simple",
    rendererOptions: { showErrorMessage: false },
    fallbackRendererOptions: { logger: new PlainLogger({ useIcons: true }) },
    concurrent: false,
    exitOnError,
    collectErrors: !exitOnError,
  });
}

/** Removes control characters from what is displayed: names and reasons come from files and servers. */
class PrintableDisplay implements TaskDisplay {
  readonly #shown: TaskDisplay;

  constructor(shown: TaskDisplay) {
    this.#shown = shown;
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
    this.#shown.output = printable(text);
  }

  skip(reason: string): void {
    this.#shown.skip(printable(reason));
  }
}
