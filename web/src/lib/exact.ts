/** What current browsers know of JSON beyond what TypeScript does. */
const json = JSON as typeof JSON & {
  rawJSON?: (text: string) => unknown;
  isRawJSON?: (value: unknown) => boolean;
};

const WHOLE = /^-?\d+$/;

/** A whole number that a number of the language cannot hold, to be written as it is. */
export function wholeNumber(text: string): unknown {
  const number = Number(text);
  return Number.isSafeInteger(number) || !json.rawJSON ? number : json.rawJSON(text);
}

/** Whether something is a whole number, however large. */
export const isWhole = (value: unknown): boolean =>
  Number.isInteger(value) || (json.isRawJSON?.(value) ?? false);

/** Read JSON; whole numbers keep all their digits, and are written with them again. */
export function readExactly(text: string): unknown {
  const keep = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source && WHOLE.test(context.source)
      ? wholeNumber(context.source)
      : value;
  return JSON.parse(text, keep);
}
