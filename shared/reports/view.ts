/** A report model with the words and formats of its reader. */
import { isMissing, type ReportLevel, type ReportModel, type StepForecast } from "../api/report-model.ts";
import { type Format, formatOf } from "./format.ts";
import { languageOf, wordsOf } from "./words/index.ts";
import type { Words } from "./words/words.ts";

export interface View {
  readonly model: ReportModel;
  readonly words: Words;
  readonly format: Format;
  /** BCP 47, of numbers and dates. */
  readonly locale: string;
  /** The title of the forecast in the language of the reader. */
  readonly title: string;
  /** The labels of the event and of its absence; empty for a regression. */
  readonly event: string;
  readonly otherwise: string;
  /** The name of the number behind the event; empty without one. */
  readonly behind: string;
}

/** Builds the view of a language; by default the forecast's own. */
export function viewOf(model: ReportModel, language = languageOf(model.forecast.locale)): View {
  const { locale, decimals, title, translations } = model.forecast;
  const words = wordsOf(language);
  const numbers = numbersIn(language, locale);
  const translated = translations[language];
  return {
    model,
    words,
    format: formatOf(numbers, decimals),
    locale: numbers,
    title: translated?.title ?? title,
    event: translated?.event ?? model.event?.name ?? "",
    otherwise: translated?.otherwise ?? model.event?.otherwise ?? "",
    behind: translated?.behind ?? model.event?.behind?.title ?? "",
  };
}

/** Returns the locale of numbers and dates: the forecast's, whose region decides how they are written, if it fits the language. */
export function numbersIn(language: string, locale: string): string {
  return languageOf(locale) === language && locale.startsWith(language) ? locale : language;
}

/** Returns whether a feed of the report contains simulated data. */
export function isSimulated({ feeds }: Pick<ReportModel, "feeds">): boolean {
  return feeds.some(({ simulated }) => simulated === true);
}

/** Returns the name of a series or level: the values of its dimensions. */
export function nameOf({ model, words, format, title }: View, { is, seriesCount = 1 }: NamedSeries): string {
  if (is.length > 0) return is.join(", ");
  return seriesCount > 1
    ? words.level.all(format.count(seriesCount))
    : model.series.length > 1
      ? words.table.series
      : title;
}

export interface NamedSeries {
  readonly is: readonly string[];
  readonly seriesCount?: number;
}

/** Returns the point that a report shows for a step: the median, else the mean. Null without both. */
export function middleOf({ median, mean }: Pick<StepForecast, "median" | "mean">): number | null {
  return median ?? mean;
}

/** Returns the headline level; null if it is missing. */
export function headlineOf({ headline }: ReportModel): ReportLevel | null {
  return isMissing(headline) ? null : headline;
}

/** Returns the next step of the report: that of the first series that has one. */
export function nextStepOf({ series }: ReportModel): StepForecast | null {
  return series.find(({ steps }) => steps.length > 0)?.steps[0] ?? null;
}
