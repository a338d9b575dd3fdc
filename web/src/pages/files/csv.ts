/** Bytes as far as whole rows go: behind the last row end outside of quotes; 0 when there is none. */
export function wholeRows(bytes: Uint8Array): number {
  let quoted = false;
  let end = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === 0x22) quoted = !quoted;
    else if (byte === 0x0a && !quoted) end = i + 1;
  }
  return end;
}

/** Read separated values; quotes as in RFC 4180, and rows of any length. */
export function parseRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = "";
    if (text[at] === '"') {
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) {
          value += text.slice(from);
          at = text.length;
          break;
        }
        value += text.slice(from, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        value += '"';
        from = at + 1;
      }
    }
    const end = endOfValue(text, at, delimiter);
    value += text.slice(at, end).replace(/\r$/, "");
    row.push(value);
    at = end + 1;
    if (text[end] !== delimiter) {
      rows.push(row);
      row = [];
    } else if (at >= text.length) row.push("");
  }
  if (row.length) rows.push(row);
  return rows;
}

function endOfValue(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at += 1;
  return at;
}

/** Whether a column holds numbers, as far as its first rows tell. */
export function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  const some = rows.slice(0, 200).flatMap((row) => row[column] || []);
  return some.length > 0 && some.every((value) => !Number.isNaN(Number(value)));
}
