/** How task lists are shown: one line a task that redraws, plain lines where nobody can redraw, nothing beside JSON. */
import { ListrLogger, ListrLogLevels } from "listr2";

/** Leaves failures out: the command says them once, in its own words. */
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
