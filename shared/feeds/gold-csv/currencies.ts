/** ISO 4217 codes, in the order of the file's columns. */
export const currencies = "USD EUR JPY GBP CAD CHF INR CNY TRY SAR IDR AED THB VND EGP KRW RUB ZAR AUD".split(" ");
