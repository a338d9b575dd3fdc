/** How a file is shown. */
export type FileKind =
  | "image"
  | "csv"
  | "parquet"
  | "json"
  | "notebook"
  | "markdown"
  | "html"
  | "audio"
  | "video"
  | "pdf"
  | "model"
  | "text"
  | "unknown";

const ENDINGS: readonly (readonly [FileKind, string])[] = [
  ["image", "png jpg jpeg gif webp bmp ico avif svg"],
  ["csv", "csv tsv"],
  ["parquet", "parquet"],
  ["json", "json geojson"],
  ["notebook", "ipynb"],
  ["markdown", "md markdown"],
  ["html", "html htm xhtml"],
  ["audio", "mp3 wav ogg oga flac m4a aac opus"],
  ["video", "mp4 webm ogv mov m4v"],
  ["pdf", "pdf"],
  [
    "text",
    "txt log err out yaml yml toml ini cfg conf properties env lock py pyi ipy js mjs ts tsx jsx css " +
      "sh bash zsh sql r jl java scala c h cpp hpp cc rs go rb xml rst tex jsonl ndjson diff patch proto",
  ],
];
const BY_ENDING = new Map(
  ENDINGS.flatMap(([kind, endings]) => endings.split(" ").map((ending) => [ending, kind] as const)),
);
const TEXTS = /^(MLproject|Dockerfile|Makefile|README|LICENSE|NOTICE|CHANGELOG|requirements)$/i;

/** Tell by its name how a file is shown; what the name does not tell, its bytes may. */
export function kindOf(path: string): FileKind {
  const name = nameOf(path);
  if (name === "MLmodel") return "model";
  if (TEXTS.test(name)) return "text";
  return BY_ENDING.get(endingOf(name)) ?? "unknown";
}

/** Kinds that have a source besides what they look like. */
export function hasSource(kind: FileKind, path: string): boolean {
  if (kind === "image") return endingOf(path) === "svg";
  return ["csv", "json", "notebook", "markdown", "html", "model"].includes(kind);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

export function endingOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A name in which nothing is unseen, nor turns round what follows: such characters by number. */
export function visible(name: string): string {
  return name.replace(UNSEEN, (char) => {
    const number = char.codePointAt(0) ?? 0;
    return `⟨U+${number.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** The folders that a path lies in, outermost first. */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Where a link in a file leads, as a path below the same root; undefined when that is elsewhere. */
export function linked(path: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link) || /^[/\\#?]/.test(link)) return undefined;
  let plain: string;
  try {
    plain = decodeURIComponent(link.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
  const parts = folderOf(path).split("/").filter(Boolean);
  for (const part of plain.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length ? parts.join("/") : undefined;
}

/** Whether some bytes are text, as far as they tell. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    // A character may be cut at the end: stream leaves it for bytes that never come.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
