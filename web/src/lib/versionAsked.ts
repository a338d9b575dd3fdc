/** Read what names a version, such as `wine 2`, `wine/2` or `wine v2`: the model's part first. */
export function versionAsked(text: string): { model: string; version: number } | undefined {
  const found = /^(.*?\S)(?:\s+version\s+|\s+v?|[/#@:]v?)(\d{1,9})$/i.exec(text.trim());
  if (!found) return undefined;
  return { model: (found[1] ?? "").trim(), version: Number(found[2]) };
}
