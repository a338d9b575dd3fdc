import type { TreeRow } from "../../components/VirtualTree";
import { strings } from "./strings";

/** A number as it is written, where JavaScript cannot hold all of its digits. */
class Exact {
  constructor(readonly text: string) {}
}

/** Read JSON; long whole numbers keep their digits where the browser tells them. */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source && String(value) !== context.source
      ? new Exact(context.source)
      : value,
  ) as unknown;
}

/** A value in a tree of values. */
export interface JsonRow extends TreeRow {
  /** Its key or place; undefined for the whole. */
  readonly name: string | undefined;
  /** How a program gets to it. */
  readonly path: string;
  readonly kind: "text" | "number" | "word" | "items";
  readonly shown: string;
}

const LONGEST = 400; // characters of a text in a row
const MOST = 50_000; // rows
const OPEN_FIRST = 100; // values up to which what is on top is open at first

/**
 * The rows of a value: what is open, and with a search what has the text or holds it.
 *
 * @param turned keys of what is not as it was first: closed, but for the top.
 */
export function rowsOfJson(value: unknown, turned: ReadonlySet<string>, wanted: string): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (
    name: string | undefined,
    item: unknown,
    path: string,
    level: number,
    place: number,
    siblings: number,
  ): boolean => {
    const key = path || "$";
    const children = childrenOf(item);
    const first = level === 1 || (level === 2 && children !== undefined && small(children));
    const [kind, shown] = written(item, children?.length);
    const hit =
      wanted !== "" &&
      ((name ?? "").toLowerCase().includes(wanted) ||
        (children === undefined && shown.toLowerCase().includes(wanted)));
    const at = rows.length;
    const open = children?.length ? wanted !== "" || first !== turned.has(key) : undefined;
    rows.push({ key, name, path, level, place, siblings, open, kind, shown });
    let inside = false;
    if (open && children) {
      for (const [i, [childName, child]] of children.entries()) {
        if (rows.length > MOST) break;
        const inner = pathTo(path, childName, Array.isArray(item));
        inside = add(childName, child, inner, level + 1, i + 1, children.length) || inside;
      }
    }
    if (wanted && !hit && !inside) rows.length = at;
    return hit || inside;
  };
  add(undefined, value, "", 1, 1, 1);
  return rows;
}

function small(children: readonly unknown[]): boolean {
  return children.length <= OPEN_FIRST;
}

function childrenOf(value: unknown): (readonly [string, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((item, i) => [String(i), item] as const);
  if (value instanceof Exact || typeof value !== "object" || value === null) return undefined;
  return Object.entries(value);
}

function written(value: unknown, items: number | undefined): [JsonRow["kind"], string] {
  if (items !== undefined) {
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    return ["items", items ? `${open} ${strings.items(items)} ${close}` : `${open}${close}`];
  }
  if (value instanceof Exact) return ["number", value.text];
  if (typeof value === "number") return ["number", String(value)];
  if (typeof value !== "string") return ["word", String(value)];
  const text = JSON.stringify(value);
  return ["text", text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text];
}

function pathTo(path: string, name: string, list: boolean): string {
  if (list) return `${path}[${name}]`;
  if (/^[A-Za-z_]\w*$/.test(name)) return path ? `${path}.${name}` : name;
  return `${path}[${JSON.stringify(name)}]`;
}
