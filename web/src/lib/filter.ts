/** Write a text as a literal of the search language. */
export function literal(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', "")}"` : `'${text}'`;
}

/** A filter for what has a text somewhere in a field; empty for an empty text. */
export function contains(field: string, text: string): string {
  return text ? `${field} ILIKE ${literal(`%${text}%`)}` : "";
}

/** A key of the search language, such as metrics.rmse; quoted where it must be. */
export function field(kind: "metrics" | "params" | "tags" | "attributes", key: string): string {
  return /^[A-Za-z_][\w.]*$/.test(key) ? `${kind}.${key}` : `${kind}.\`${key}\``;
}
