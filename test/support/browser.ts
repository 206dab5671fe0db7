import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Starts Debian's Chromium without a window. Throws with advice if it is not installed. */
export function openBrowser(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error("There is no Chromium: install it (apt-get install chromium) or name one in CHROMIUM.");
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
