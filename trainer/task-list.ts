/** How task lists are displayed: one redrawn line per task in a terminal, plain lines elsewhere, nothing with `--json`. */
import { ListrLogger, ListrLogLevels } from "listr2";

/** Omits failures: the command prints them once, at its end. */
class PlainLogger extends ListrLogger {
  override log(...[level, ...rest]: Parameters<ListrLogger["log"]>): void {
    if (level !== ListrLogLevels.FAILED) super.log(level, ...rest);
  }
}

export function taskListOptions(isJson: boolean | undefined) {
  return {
    renderer: isJson ? "silent" : "default",
    fallbackRenderer: "simple",
    rendererOptions: { showErrorMessage: false },
    fallbackRendererOptions: { logger: new PlainLogger({ useIcons: true }) },
  } as const;
}
