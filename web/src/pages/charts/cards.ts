/** What stands among charts besides them: an image or a matrix of the shown runs, or a text. */
export type Card =
  | {
      /** The key of the image, or the path of its file. */
      readonly image: string;
      /** The step that is shown; the last when absent. */
      readonly step?: number;
    }
  | {
      /** The path of a file that is a confusion matrix. */
      readonly matrix: string;
      /** Whether its cells say shares of their rows in place of counts. */
      readonly shares?: true;
    }
  | { /** Markdown. */ readonly text: string };

export const MOST_CARDS = 20;
export const MOST_TEXT = 1000; // characters; the address holds them

/** Cards as an address has them, each once; what is none is left out. */
export function readCards(value: unknown): Card[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.flatMap((one): Card | [] => {
    if (typeof one !== "object" || one === null) return [];
    const { image, step, matrix, shares, text } = one as Record<string, unknown>;
    if (typeof image === "string" && image) {
      return Number.isSafeInteger(step) ? { image, step: step as number } : { image };
    }
    if (typeof matrix === "string" && matrix) {
      return shares === true ? { matrix, shares } : { matrix };
    }
    return typeof text === "string" && text ? { text: text.slice(0, MOST_TEXT) } : [];
  });
  const found = [...new Map(all.map((card) => [contentOf(card), card])).values()];
  return found.length ? found.slice(0, MOST_CARDS) : undefined;
}

/** What a card shows, at whatever step. */
export function contentOf(card: Card): string {
  if ("image" in card) return `image ${card.image}`;
  return "matrix" in card ? `matrix ${card.matrix}` : `text ${card.text}`;
}
