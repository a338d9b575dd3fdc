/**
 * The parts of a filter that all must pass, or the whole where that cannot be told at a glance.
 *
 * A BETWEEN comes in two parts; put together again they say the same.
 */
export function clauses(filter: string): string[] {
  const parts: string[] = [];
  let quote = "";
  let depth = 0;
  let start = 0;
  for (let i = 0; i < filter.length; i += 1) {
    const letter = filter[i] ?? "";
    if (quote) {
      if (letter === quote) quote = "";
    } else if (`'"\``.includes(letter)) quote = letter;
    else if (letter === "(") depth += 1;
    else if (letter === ")") depth -= 1;
    else if (depth === 0) {
      const word = /^\s(and|or)\s/i.exec(filter.slice(i, i + 5));
      if (word?.[1]?.toLowerCase() === "or") return [filter.trim()];
      if (word) {
        parts.push(filter.slice(start, i).trim());
        i += word[0].length - 2;
        start = i + 1;
      }
    }
  }
  return [...parts, filter.slice(start).trim()].filter(Boolean);
}

/** A filter with a clause more, in place of others, or without it if it is there. */
export function toggled(filter: string, clause: string, others: readonly string[] = []): string {
  const all = clauses(filter);
  const rest = all.filter((one) => one !== clause && !others.includes(one));
  if (all.includes(clause)) return rest.join(" AND ");
  const [only = ""] = rest;
  const safe = rest.length === 1 && clauses(`${only} AND ${clause}`).length === 1;
  return [...(safe ? [`(${only})`] : rest), clause].join(" AND ");
}
