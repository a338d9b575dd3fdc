/** Rows of an input example, of one form or the other. */
export interface Example {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Read an input example that is a frame; undefined when it is anything else. */
export function exampleFrame(text: string): Example | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isMap(read) && isMap(read.inputs) && "params" in read) read = read.inputs;
  if (!isMap(read) || !Array.isArray(read.data) || !read.data.every(Array.isArray)) {
    return undefined;
  }
  const rows = read.data.map((row: unknown[]) => row.map(shown));
  const width = Math.max(0, ...rows.map((row) => row.length));
  const named = Array.isArray(read.columns) ? read.columns : [...Array(width).keys()];
  return { columns: named.map(shown), rows };
}

/** Write JSON with its structure seen; what is none stays as it is. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
