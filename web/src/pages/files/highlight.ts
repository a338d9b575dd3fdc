/** A piece of a line of code. */
export interface Piece {
  readonly kind: "" | "word" | "text" | "number" | "comment" | "key";
  readonly text: string;
}

interface Language {
  readonly line: RegExp; // what begins a comment that ends with the line
  readonly words: ReadonlySet<string>;
  /** What begins and ends texts and comments over several lines. */
  readonly long: readonly (readonly [string, string, "text" | "comment"])[];
  readonly keys?: RegExp; // names at the beginning of a line
}

const words = (text: string) => new Set(text.split(" "));
const C_LIKE: Language["long"] = [["/*", "*/", "comment"]];
const NONE = /(?!)/;
const SCRIPT = words(
  "as async await break case catch class const continue default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of private public readonly return static struct super switch this throw true try type typeof undefined var void while yield fn func impl match mod mut package pub self use",
);

const LANGUAGES: Record<string, Language> = {
  python: {
    line: /#/,
    words: words(
      "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match case None nonlocal not or pass raise return True try while with yield",
    ),
    long: [
      ['"""', '"""', "text"],
      ["'''", "'''", "text"],
    ],
  },
  yaml: {
    line: /(?:^|(?<=\s))#/,
    words: words("true false null yes no"),
    long: [],
    keys: /^\s*(?:- )*[\w.$/-][\w .$/-]*(?=:(?:\s|$))/,
  },
  ini: {
    line: /[#;]/,
    words: words("true false"),
    long: [],
    keys: /^\s*[\w.-]+(?=\s*=)|^\s*\[.*?\]/,
  },
  json: {
    line: NONE,
    words: words("true false null NaN Infinity"),
    long: [],
    keys: /^\s*"(?:[^"\\]|\\.)*"(?=\s*:)/,
  },
  script: { line: /\/\//, words: SCRIPT, long: [...C_LIKE, ["`", "`", "text"]] },
  sql: {
    line: /--/,
    words: words(
      "select from where and or not in is null as on join left right inner outer group by order having limit insert into values update set delete create table index view with union all distinct case when then else end asc desc between like exists primary key",
    ),
    long: C_LIKE,
  },
  shell: {
    line: /(?:^|(?<=\s))#/,
    words: words(
      "if then else elif fi for in do done while until case esac function return export local set echo cd exit source FROM RUN COPY ADD ENV WORKDIR CMD ENTRYPOINT EXPOSE ARG USER",
    ),
    long: [],
  },
};

const BY_ENDING: Record<string, string> = Object.fromEntries(
  [
    ["python", "py pyi ipy"],
    ["yaml", "yaml yml"],
    ["ini", "ini cfg conf toml properties env lock"],
    ["json", "json jsonl ndjson ipynb geojson"],
    ["script", "js mjs ts tsx jsx java scala c h cpp hpp cc rs go proto css"],
    ["sql", "sql"],
    ["shell", "sh bash zsh r rb"],
  ].flatMap(([language = "", endings = ""]) => endings.split(" ").map((e) => [e, language])),
);
const BY_NAME: Record<string, string> = {
  MLmodel: "yaml",
  MLproject: "yaml",
  Dockerfile: "shell",
  Makefile: "shell",
};

/** The language of a file by its name; undefined for plain text. */
export function languageOf(name: string): string | undefined {
  return BY_NAME[name] ?? BY_ENDING[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}

/** What a line begins within: undefined, or the place of a long text in the language's list. */
export type State = number | undefined;

const TOKEN = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\b\d[\w.]*\b|[A-Za-z_]\w*/y;

/** Take a line apart; says what the next line begins within. */
export function highlight(line: string, name: string, state: State): [Piece[], State] {
  const language = LANGUAGES[name];
  if (!language) return [[{ kind: "", text: line }], undefined];
  const found: Piece[] = [];
  let within = state;
  let at = 0;
  let plain = "";
  const add = (kind: Piece["kind"], end: number) => {
    if (plain) found.push({ kind: "", text: plain });
    plain = "";
    if (end > at) found.push({ kind, text: line.slice(at, end) });
    at = end;
  };
  if (within !== undefined) {
    const [, close, kind] = language.long[within] ?? ["", "", "text" as const];
    const end = line.indexOf(close);
    add(kind, end < 0 ? line.length : end + close.length);
    if (end < 0) return [found, within];
    within = undefined;
  } else if (language.keys) {
    const key = language.keys.exec(line);
    if (key) add("key", key[0].length);
  }
  const comment = language.line.exec(line.slice(at));
  const commentAt = comment ? at + comment.index : -1;
  while (at < line.length) {
    const long = language.long.findIndex(([open]) => line.startsWith(open, at));
    if (long >= 0) {
      const [open, close, kind] = language.long[long] as [string, string, "text" | "comment"];
      const end = line.indexOf(close, at + open.length);
      add(kind, end < 0 ? line.length : end + close.length);
      if (end < 0) return [found, long];
      continue;
    }
    // Texts may hold what begins a comment; those are taken as a whole before.
    if (
      at === commentAt ||
      (commentAt >= 0 && at > commentAt && language.line.test(line[at] ?? ""))
    ) {
      add("comment", line.length);
      break;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(line)?.[0];
    if (!token) {
      plain += line[at];
      at += 1;
    } else if (token[0] === '"' || token[0] === "'") add("text", at + token.length);
    else if (/\d/.test(token[0] ?? "")) add("number", at + token.length);
    else if (language.words.has(name === "sql" ? token.toLowerCase() : token)) {
      add("word", at + token.length);
    } else {
      plain += token;
      at += token.length;
    }
  }
  if (plain) found.push({ kind: "", text: plain });
  return [found, within];
}
