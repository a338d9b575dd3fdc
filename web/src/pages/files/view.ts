import { compact, type Query, text } from "../../lib/search";

/** Which file of a run or a version is open, and how; it stands in the address. */
export interface FilesSearch {
  /** A file, or a folder. */
  path?: string;
  /** The logged model that it belongs to; none for files of the run or version itself. */
  of?: string;
  /** Whether the text is shown in place of what it looks like. */
  source?: true;
  /** A line of a text. */
  line?: number;
  /** What is looked for in the names. */
  q?: string;
}

export function readFiles(query: Query): FilesSearch {
  const line = query.line;
  return compact({
    path: text(query, "path"),
    of: text(query, "of"),
    source: query.source === true ? true : undefined,
    line: typeof line === "number" && Number.isInteger(line) && line > 0 ? line : undefined,
    q: text(query, "q"),
  }) as FilesSearch;
}
