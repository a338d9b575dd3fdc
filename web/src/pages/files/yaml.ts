/** A value of a document: texts, lists and maps; nothing is guessed from how a text looks. */
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

const MOST = 20_000; // lines

/**
 * Read the YAML that is in files named MLmodel: maps and lists in block style, and texts.
 *
 * References, tags and flow style other than [] and {} are not read.
 *
 * @throws Error when it is something else.
 */
export function parseYaml(text: string): Yaml {
  const lines = text.split(/\r?\n/);
  if (lines.length > MOST) throw new Error("too many lines");
  return new Reader(
    lines.map((raw) => ({ indent: raw.search(/\S|$/), text: raw.trim() })),
  ).document();
}

class Reader {
  private at = 0;

  constructor(private readonly lines: readonly Line[]) {}

  document(): Yaml {
    const found = this.block(0);
    if (this.peek()) throw new Error(`line ${this.at + 1} is not understood`);
    return found;
  }

  /** The next line that says something. */
  private peek(): Line | undefined {
    for (; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at] as Line;
      if (line.text && !line.text.startsWith("#") && line.text !== "---") return line;
    }
    return undefined;
  }

  private block(least: number): Yaml {
    const first = this.peek();
    if (!first || first.indent < least) return null;
    if (first.text === "-" || first.text.startsWith("- ")) return this.list(first.indent);
    if (keyOf(first.text)) return this.map(first.indent);
    this.at += 1;
    return this.scalar(first.text, first.indent - 1);
  }

  private list(indent: number): Yaml[] {
    const found: Yaml[] = [];
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      if (line.text !== "-" && !line.text.startsWith("- ")) break;
      const rest = line.text.slice(1).trim();
      if (rest && keyOf(rest)) {
        // The map begins on the line of the dash; it goes on where its first key stands.
        const inner = indent + line.text.length - line.text.slice(1).trimStart().length;
        (this.lines as Line[])[this.at] = { indent: inner, text: rest };
        found.push(this.map(inner));
        continue;
      }
      this.at += 1;
      found.push(rest ? this.scalar(rest, indent) : this.block(indent + 1));
    }
    return found;
  }

  private map(indent: number): { [key: string]: Yaml } {
    const found: { [key: string]: Yaml } = Object.create(null) as { [key: string]: Yaml };
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      const key = keyOf(line.text);
      if (!key) break;
      this.at += 1;
      const rest = line.text.slice(key[0].length).trim();
      if (rest) {
        found[key[1]] = this.scalar(rest, indent);
        continue;
      }
      const next = this.peek();
      // A list may stand below its key without a further indent.
      const flat = next?.indent === indent && /^-( |$)/.test(next.text);
      found[key[1]] = flat ? this.list(indent) : this.block(indent + 1);
    }
    return found;
  }

  /** A text, which goes on in lines that are indented further than its key. */
  private scalar(first: string, indent: number): Yaml {
    if (/^[|>]/.test(first)) return this.literal(first, indent);
    const quote = first[0] === "'" || first[0] === '"' ? first[0] : "";
    let text = first;
    while (quote ? !closed(text, quote) : true) {
      const line = this.lines[this.at];
      if (!line || (!quote && (!line.text || line.indent <= indent))) break;
      this.at += 1;
      if (!line.text) text += "\n";
      else text += (text.endsWith("\n") || text.endsWith("\\") ? "" : " ") + line.text;
    }
    return plain(text, quote);
  }

  private literal(head: string, indent: number): string {
    const kept: string[] = [];
    let base = -1;
    for (; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at] as Line;
      if (line.text && line.indent <= indent) break;
      if (base < 0 && line.text) base = line.indent;
      kept.push(line.text ? " ".repeat(Math.max(line.indent - base, 0)) + line.text : "");
    }
    return kept.join(head.startsWith(">") ? " " : "\n").trimEnd();
  }
}

function keyOf(text: string): [string, string] | undefined {
  const found =
    /^(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|([^\s'"[{#&*!|>%@`-][^#]*?|-[^\s#][^#]*?))\s*:(?=\s|$)/.exec(
      text,
    );
  return found
    ? [found[0], found[1]?.replaceAll("''", "'") ?? found[2] ?? found[3] ?? ""]
    : undefined;
}

function closed(text: string, quote: string): boolean {
  return quote === "'"
    ? /^'(?:[^']|'')*'\s*(#.*)?$/.test(text)
    : /^"(?:[^"\\]|\\.)*"\s*(#.*)?$/.test(text);
}

function plain(text: string, quote: string): Yaml {
  if (quote === "'") return text.slice(1, text.lastIndexOf("'")).replaceAll("''", "'");
  if (quote === '"') return unescaped(text.slice(1, text.lastIndexOf('"')));
  if (text === "null" || text === "~") return null;
  if (text === "{}") return {};
  if (text === "[]") return [];
  if (/^[[{&*!]/.test(text)) throw new Error("flow style and references are not read");
  return text.replace(/\s+#.*$/, "");
}

function unescaped(text: string): string {
  return text.replace(/\\(x..|u....|U........|[^xuU])/gs, (whole, code: string) => {
    const plainOf: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\n": "" };
    if (!/^[xuU]/.test(code)) return plainOf[code] ?? code;
    const number = Number.parseInt(code.slice(1), 16);
    return number <= 0x10ffff ? String.fromCodePoint(number) : whole;
  });
}
