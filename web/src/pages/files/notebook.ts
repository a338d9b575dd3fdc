/** A cell of a notebook. */
export interface Cell {
  readonly kind: "code" | "markdown" | "raw";
  readonly source: string;
  /** The number of its execution; a space when it never ran. */
  readonly count: string;
  readonly outputs: readonly Output[];
}

export interface TableCell {
  readonly head: boolean;
  readonly text: string;
}

/** What a cell has put out, as far as it can be shown without running anything. */
export type Output =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly bad?: boolean;
      readonly html?: boolean;
    }
  | { readonly kind: "image"; readonly type: string; readonly data: string }
  | { readonly kind: "table"; readonly rows: readonly (readonly TableCell[])[] };

const MOST_CELLS = 2000;
const MOST_ROWS = 500;
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export interface Notebook {
  language: string;
  cells: Cell[];
}

/**
 * Read a notebook (nbformat 4).
 *
 * @throws Error when it is none.
 */
export function readNotebook(text: string): Notebook {
  const read: unknown = JSON.parse(text);
  const cells = field(read, "cells");
  if (!Array.isArray(cells)) throw new Error("it has no cells");
  const metadata = field(read, "metadata");
  const language =
    field(field(metadata, "language_info"), "name") ??
    field(field(metadata, "kernelspec"), "language");
  return {
    language: typeof language === "string" ? language.toLowerCase() : "python",
    cells: cells.slice(0, MOST_CELLS).map(cellOf),
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A text, which a notebook may keep as a list of its lines. */
function joined(value: unknown): string {
  if (Array.isArray(value))
    return value.map((line) => (typeof line === "string" ? line : "")).join("");
  return typeof value === "string" ? value : "";
}

function cellOf(cell: unknown): Cell {
  const type = field(cell, "cell_type");
  const outputs = field(cell, "outputs");
  const count = field(cell, "execution_count");
  return {
    kind: type === "markdown" || type === "code" ? type : "raw",
    source: joined(field(cell, "source")),
    count: typeof count === "number" ? String(count) : " ",
    outputs: Array.isArray(outputs) ? outputs.map(outputOf) : [],
  };
}

function outputOf(output: unknown): Output {
  const type = field(output, "output_type");
  if (type === "stream") {
    const bad = field(output, "name") === "stderr";
    return { kind: "text", text: plain(joined(field(output, "text"))), bad };
  }
  if (type === "error") {
    const trace = field(output, "traceback");
    const lines = Array.isArray(trace) ? trace.map(joined).join("\n") : "";
    const said = `${joined(field(output, "ename"))}: ${joined(field(output, "evalue"))}`;
    return { kind: "text", text: plain(lines || said), bad: true };
  }
  const data = field(output, "data");
  for (const image of IMAGES) {
    const found = joined(field(data, image));
    if (found) return { kind: "image", type: image, data: found };
  }
  const html = joined(field(data, "text/html"));
  const rows = html ? tableOf(html) : undefined;
  if (rows) return { kind: "table", rows };
  const text = joined(field(data, "text/plain"));
  return { kind: "text", text: plain(text || html), html: Boolean(html) };
}

/** A text without the codes that colour it in a terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}

const MARK = "\ufdd0"; // no letter of any text: Unicode keeps it for a program's own use

/** The texts of the cells of a table in HTML, such as a DataFrame's; nothing else of it is kept. */
function tableOf(html: string): TableCell[][] | undefined {
  if (!/<table[\s>]/i.test(html) || typeof DOMParser === "undefined") return undefined;
  // Nothing in it runs, but Chromium (from 156) says of each handler that the policy forbids it.
  const inert = html.replace(/(?<=[\s"'/])on/gi, `${MARK}$&`);
  const table = new DOMParser().parseFromString(inert, "text/html").querySelector("table");
  const rows = [...(table?.rows ?? [])].slice(0, MOST_ROWS);
  return rows.length
    ? rows.map((row) =>
        [...row.cells].map((cell) => ({
          head: cell.tagName === "TH",
          text: (cell.textContent ?? "").replaceAll(MARK, ""),
        })),
      )
    : undefined;
}
