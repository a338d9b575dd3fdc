/** Write a text as a literal of the search language. */
export function literal(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', "")}"` : `'${text}'`;
}

/** A filter for what has a text in a field. */
export function equals(field: string, text: string): string {
  // The language has no text with both quotes; "_" stands for any letter, and so for one of them.
  if (text.includes("'") && text.includes('"')) {
    return `${field} LIKE "${text.replaceAll('"', "_")}"`;
  }
  return `${field} = ${literal(text)}`;
}

/** A filter for what passes two; an empty one is passed by all. */
export function both(one: string, other: string): string {
  return one && other ? `(${one}) AND ${other}` : one || other;
}

/** A filter for what has a text somewhere in a field, in any case; empty for an empty text. */
export function contains(field: string, text: string): string {
  if (text.includes("'") && text.includes('"')) {
    // No text has both quotes, so that its parts are looked for.
    const parts = text.split('"').filter(Boolean);
    return parts.map((part) => contains(field, part)).join(" AND ");
  }
  return text ? `${field} CONTAINS ${literal(text)}` : "";
}

/** A filter for what has a text at the beginning of a field. */
export function begins(field: string, text: string): string {
  const like = `${field} LIKE ${literal(`${text}%`)}`;
  // In a pattern these stand for other letters, too.
  return /[%_]/.test(text) ? `${like} AND ${contains(field, text)}` : like;
}

/** A key of the search language, such as metrics.rmse; quoted where it must be. */
export function field(kind: "metrics" | "params" | "tags" | "attributes", key: string): string {
  return /^[A-Za-z_][\w.]*$/.test(key) ? `${kind}.${key}` : `${kind}.\`${key}\``;
}
