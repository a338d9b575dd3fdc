import { isWhole, readExactly, wholeNumber } from "../../lib/exact";
import type { Column } from "../files/model";

/** One row of inputs, as it is typed: column -> text. */
export type Row = Readonly<Record<string, string>>;

/** Something that keeps a question from being asked, and the column that it is about. */
export interface Problem {
  readonly column: string;
  readonly text: string;
}

type Payload = Readonly<Record<string, unknown>>;

const WHOLE = ["integer", "long"];
const NUMBERS = [...WHOLE, "float", "double"];
const WORDS = ["string", "datetime", "binary"];
const PLAIN = [...NUMBERS, ...WORDS, "boolean"];
const FRAMES = ["dataframe_split", "dataframe_records", "inputs", "instances"];

/** Whether a row of these columns can be typed field by field. */
export const fitsForm = (columns: readonly Column[]) =>
  columns.length > 0 && columns.every(({ name, type }) => name !== "" && PLAIN.includes(type));

/** The question that the page begins with: the example that was saved, or one made up. */
export function beginning(example: string | undefined, columns: readonly Column[]): string {
  const saved = example === undefined ? undefined : read(example);
  if (saved) return JSON.stringify(saved, null, 2);
  if (!fitsForm(columns)) return JSON.stringify({ inputs: [] }, null, 2);
  const data = [columns.map(({ type }) => sample(type))];
  return JSON.stringify(
    { dataframe_split: { columns: columns.map(({ name }) => name), data } },
    null,
    2,
  );
}

/** The first row of a question, for the fields of a form. */
export function firstRow(text: string, columns: readonly Column[]): Row {
  const row = rowsOf(read(text) ?? {})[0] ?? {};
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, typed(row[name] ?? sample(type))]),
  );
}

/** What keeps a typed row from being asked about. */
export function wrongFields(row: Row, columns: readonly Column[]): Problem[] {
  return columns.flatMap(({ name, type, optional }) => {
    const text = row[name] ?? "";
    if (text === "" && optional) return [];
    const wrong =
      text === "" && !WORDS.includes(type) ? needs(type) : refusal(meant(text, type), type);
    return wrong ? [{ column: name, text: wrong }] : [];
  });
}

/** The question that a typed row is. */
export function questionOf(row: Row, columns: readonly Column[]): Payload {
  const asked = columns.filter(({ name, optional }) => !(optional && row[name] === ""));
  return {
    dataframe_split: {
      columns: asked.map(({ name }) => name),
      data: [asked.map(({ name, type }) => meant(row[name] ?? "", type))],
    },
  };
}

/**
 * Read a question that was written as JSON.
 *
 * @returns the question, or what is wrong with it: with its form, or with a column.
 */
export function question(text: string, columns: readonly Column[]): Payload | Problem[] {
  let found: unknown;
  try {
    found = readExactly(text);
  } catch (problem) {
    return [{ column: "", text: `This is no JSON: ${(problem as Error).message}.` }];
  }
  if (!isMap(found) || !FRAMES.some((key) => key in found)) {
    const words = FRAMES.join(", ");
    return [{ column: "", text: `The question must be an object with one of: ${words}.` }];
  }
  const wrong = fitsForm(columns) ? wrongRows(rowsOf(found), columns) : [];
  return wrong.length > 0 ? wrong : found;
}

/** An answer's predictions as JSON to look at, or its text as it is. */
export function shownAnswer(text: string): string {
  try {
    const found = readExactly(text);
    if (isMap(found) && typeof found.message === "string") return found.message;
    const predictions = isMap(found) && "predictions" in found ? found.predictions : found;
    return JSON.stringify(predictions, null, 2);
  } catch {
    return text;
  }
}

const MOST = 5; // problems that are told at once

function wrongRows(rows: readonly Payload[], columns: readonly Column[]): Problem[] {
  return rows
    .flatMap((row, index) =>
      columns.flatMap(({ name, type, optional }): Problem[] => {
        const value = row[name];
        const where = rows.length > 1 ? `Row ${index + 1}: ` : "";
        if (value === undefined) {
          return optional ? [] : [{ column: name, text: `${where}${name} is missing.` }];
        }
        const wrong = refusal(value, type);
        return wrong ? [{ column: name, text: `${where}${name}: ${wrong}` }] : [];
      }),
    )
    .slice(0, MOST);
}

/** The rows of a question whose columns have names; none where they have not. */
function rowsOf(payload: Payload): Payload[] {
  const split = payload.dataframe_split;
  if (isMap(split) && Array.isArray(split.columns) && Array.isArray(split.data)) {
    const names = split.columns.map(String);
    return split.data.map((cells: unknown) => {
      const row = Array.isArray(cells) ? cells : [];
      return Object.fromEntries(names.flatMap((name, i) => (i in row ? [[name, row[i]]] : [])));
    });
  }
  const records = payload.dataframe_records;
  return Array.isArray(records) ? records.filter(isMap) : [];
}

function refusal(value: unknown, type: string): string {
  if (value === null) return "";
  if (WHOLE.includes(type)) return isWhole(value) ? "" : needs(type);
  if (NUMBERS.includes(type)) return typeof value === "number" || isWhole(value) ? "" : needs(type);
  if (type === "boolean") return typeof value === "boolean" ? "" : needs(type);
  return typeof value === "string" ? "" : needs(type);
}

function needs(type: string): string {
  if (WHOLE.includes(type)) return `Give a whole number (${type}).`;
  if (NUMBERS.includes(type)) return `Give a number (${type}).`;
  return type === "boolean" ? "Give true or false (boolean)." : `Give a text (${type}).`;
}

/** What a typed text is as JSON; as it is where it is not of the type. */
function meant(text: string, type: string): unknown {
  const plain = text.trim();
  if (WHOLE.includes(type) && /^-?\d+$/.test(plain)) return wholeNumber(plain);
  if (NUMBERS.includes(type))
    return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : text;
  if (type === "boolean") return plain === "true" ? true : plain === "false" ? false : text;
  return text;
}

function sample(type: string): unknown {
  if (NUMBERS.includes(type)) return 0;
  return type === "boolean" ? false : "";
}

const typed = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function read(text: string): Payload | undefined {
  try {
    const found = readExactly(text);
    return isMap(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
