/** Tests the page at `/docs` in a real browser. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser } from "../support/browser.ts";
import { TestPlatform } from "../support/platform.ts";

const describedShape = z.object({ paths: z.record(z.string(), z.unknown()) });
const platform = new TestPlatform();
const browser = await openBrowser();
let url = "";

beforeAll(async () => {
  url = (await platform.start()).url;
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

/** Opens the page at a width. Returns it with its requests and its console errors. */
async function visit(width: number, colorScheme: "light" | "dark") {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${url}/docs`);
  return { page, requests, complaints };
}

test("the page of the API loads only from the hub and reports no errors", async () => {
  const { page, requests, complaints } = await visit(1200, "light");
  expect(requests.filter((address) => !address.startsWith(`${url}/`))).toEqual([]);
  expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([]);
  await page.close();
});

test("the page shows every path of /openapi.json", async () => {
  const { page } = await visit(1200, "light");
  const text = (await page.locator("body").textContent()) ?? "";
  const described = describedShape.parse(await (await fetch(`${url}/openapi.json`)).json());
  const paths = Object.keys(described.paths);
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !text.includes(path))).toEqual([]);
  await page.close();
});

test.each([
  [360, "light"],
  [360, "dark"],
  [1200, "dark"],
] as const)(
  "at %i pixels, %s, the page needs no horizontal scrolling and its text has enough contrast",
  async (width, colorScheme) => {
    const { page } = await visit(width, colorScheme);
    const shown = await page.evaluate(`(() => {
    const style = getComputedStyle(document.body);
    const ground = style.backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.documentElement).backgroundColor : style.backgroundColor;
    return { width: document.documentElement.scrollWidth, text: style.color, ground };
  })()`);
    const { width: needed, text, ground } = shown as { width: number; text: string; ground: string };
    expect(needed).toBeLessThanOrEqual(width);
    expect(contrast(text, ground)).toBeGreaterThan(4.5);
    await page.close();
  },
);

/** WCAG contrast ratio of two CSS colours, 1 to 21; an unset background is white. */
function contrast(a: string, b: string): number {
  const [lighter = 1, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 255, green = 255, blue = 255, alpha = 1] = Array.from(color.matchAll(/[\d.]+/g), ([number]) =>
    Number(number),
  );
  if (alpha === 0) return 1;
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
