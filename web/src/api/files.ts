import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { folderOf, nameOf } from "../lib/kinds";
import { call, prefix, readPart } from "./client";
import { queries } from "./queries";
import {
  getRunTexts,
  getVersionManifest,
  listArtifacts,
  listLoggedModelArtifacts,
  listRunFiles,
  type StoredFile,
} from "./schema.gen";

/** What files belong to. */
export type Owner =
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "version"; readonly name: string; readonly version: string };

/** A file or a folder in a listing; paths are below the owner's root. */
export interface Entry {
  readonly path: string;
  readonly folder: boolean;
  readonly size?: number | undefined;
  readonly digest?: string | undefined;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** Where the files are, when this server does not keep them. */
  readonly elsewhere?: string | undefined;
}

const MOST_FOUND = 10_000; // files of a run that a filter looks through

const keyOf = (owner: Owner) => Object.values(owner).join("/");

/** The files of a folder: folders first, each by their names. */
export const listing = (owner: Owner, path: string) =>
  queryOptions<Listing>({
    queryKey: ["files", keyOf(owner), path],
    queryFn: async ({ signal }) => {
      if (owner.kind === "version") {
        return { entries: (await queries.fetchQuery(manifest(owner))).get(path) ?? [] };
      }
      const page =
        owner.kind === "run"
          ? await call(listArtifacts, { run_id: owner.run, path }, signal)
          : await call(
              listLoggedModelArtifacts,
              { model_id: owner.model, artifact_directory_path: path },
              signal,
            );
      const entries = (page.files ?? []).map((file) => ({
        path: file.path,
        folder: file.is_dir,
        size: file.file_size ?? undefined,
      }));
      const here = /^mlflow-artifacts:\/*/i.test(page.root_uri ?? "mlflow-artifacts:");
      return {
        entries: sorted(entries),
        elsewhere: here ? undefined : (page.root_uri ?? undefined),
      };
    },
    staleTime: 30_000,
  });

/** A version's files by the folders that they are in. */
const manifest = ({ name, version }: Extract<Owner, { kind: "version" }>) =>
  queryOptions({
    queryKey: ["files", "manifest", name, version],
    queryFn: async ({ signal }) =>
      folders((await call(getVersionManifest, { name, version }, signal)).files ?? []),
    staleTime: 30_000,
  });

/** All files, as far as a filter looks; undefined where only folders can be listed. */
export const allFiles = (owner: Owner) =>
  queryOptions<{ files: readonly Entry[]; complete: boolean } | null>({
    queryKey: ["files", "all", keyOf(owner)],
    queryFn: async ({ signal }) => {
      if (owner.kind === "model") return null;
      if (owner.kind === "version") {
        const known = await queries.fetchQuery(manifest(owner));
        const files = [...known.values()].flat().filter((entry) => !entry.folder);
        return { files: sorted(files), complete: true };
      }
      const asked = { run_ids: [owner.run], max_files: MOST_FOUND };
      const found = (await call(listRunFiles, asked, signal)).runs[0];
      return { files: (found?.files ?? []).map(entryOf), complete: found?.complete ?? true };
    },
    staleTime: 30_000,
  });

const entryOf = ({ path, size, digest }: StoredFile): Entry => ({
  path,
  folder: false,
  size,
  digest,
});

function folders(files: readonly StoredFile[]): ReadonlyMap<string, readonly Entry[]> {
  const found = new Map<string, Entry[]>([["", []]]);
  const into = (folder: string): Entry[] => {
    const known = found.get(folder);
    if (known) return known;
    const made: Entry[] = [];
    found.set(folder, made);
    into(folderOf(folder)).push({ path: folder, folder: true });
    return made;
  };
  for (const file of files) into(folderOf(file.path)).push(entryOf(file));
  return new Map([...found].map(([folder, entries]) => [folder, sorted(entries)]));
}

const order = new Intl.Collator("en", { numeric: true });

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(
    (a, b) => Number(b.folder) - Number(a.folder) || order.compare(nameOf(a.path), nameOf(b.path)),
  );
}

const address = (path: string, fields: Record<string, string>) =>
  `${prefix}${path}?${new URLSearchParams(fields)}`;

/** Where a file is shown without being trusted: for frames, images, sound. */
export function viewAddress(owner: Owner, path: string): string {
  return fileAddress("/view", owner, path);
}

/** Where a file is downloaded as it is. */
export function downloadAddress(owner: Owner, path: string): string {
  return fileAddress("", owner, path);
}

function fileAddress(base: string, owner: Owner, path: string): string {
  if (owner.kind === "run") return address(`${base}/get-artifact`, { run_id: owner.run, path });
  if (owner.kind === "version") {
    const { name, version } = owner;
    return address(`${base}/model-versions/get-artifact`, { name, version, path });
  }
  const calls = base || "/ajax-api/2.0/mlflow";
  const model = encodeURIComponent(owner.model);
  return address(`${calls}/logged-models/${model}/artifacts/files`, { artifact_file_path: path });
}

/** Where a folder is downloaded as a ZIP archive. */
export function archiveAddress(owner: Owner, path: string): string {
  const last = "get-artifact-archive";
  if (owner.kind === "run") return address(`/${last}`, { run_id: owner.run, path });
  if (owner.kind === "version") {
    const { name, version } = owner;
    return address(`/model-versions/${last}`, { name, version, path });
  }
  return address(`/logged-models/${encodeURIComponent(owner.model)}/${last}`, { path });
}

/** Bytes of a file from one place to another. */
export const part = (url: string, from: number, behind: number) =>
  queryOptions({
    queryKey: ["bytes", url, from, behind],
    queryFn: ({ signal }) =>
      behind > from
        ? readPart(url, [from, behind], signal)
        : { bytes: new Uint8Array(), size: 0, digest: undefined },
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** What small files of runs say, each text once. */
export interface Texts {
  readonly of: (run: string, path: string) => RunFileText | undefined;
}

export interface RunFileText {
  readonly digest: string;
  readonly size: number;
  /** Undefined when it was too much to be sent. */
  readonly text: string | undefined;
  readonly complete: boolean;
}

export const textsOf = (runs: readonly string[], paths: readonly string[], most?: number) =>
  queryOptions<Texts>({
    queryKey: ["texts", runs, paths, most],
    queryFn: async ({ signal }) => {
      const limit = most === undefined ? {} : { max_bytes: most };
      const asked = { run_ids: [...runs], paths: [...paths], ...limit };
      const found = await call(getRunTexts, asked, signal);
      const texts = new Map(found.texts.map((text) => [text.digest, text]));
      const files = new Map(
        found.files.map(({ run_id, path, digest, size }) => {
          const text = texts.get(digest);
          const complete = text?.complete ?? true;
          return [`${run_id} ${path}`, { digest, size, text: text?.text, complete }];
        }),
      );
      return { of: (run, path) => files.get(`${run} ${path}`) };
    },
    enabled: runs.length > 0,
    // The function of the answer is new each time.
    structuralSharing: false,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export const AGAIN = 5000; // milliseconds after which it is looked for what a run has yet to write down

/** What small files of runs say; `growing` as long as there may be more of them soon. */
export const useTexts = (
  runs: readonly string[],
  paths: readonly string[],
  growing: boolean = false,
) => useQuery({ ...textsOf(runs, paths), refetchInterval: growing ? AGAIN : false });

/** The files of runs with their digests: all of them, or those in a folder. */
export const filesOfRuns = (runs: readonly string[], most: number, path = "") =>
  queryOptions({
    queryKey: ["files", "of runs", runs, most, path],
    queryFn: async ({ signal }) =>
      (await call(listRunFiles, { run_ids: [...runs], path, max_files: most }, signal)).runs,
    enabled: runs.length > 0,
    placeholderData: keepPreviousData,
  });

const MOST_TEXT = 256 * 1024; // bytes of a file that a page shows beside other things

/** The text of a small file; null when it is longer than what is shown of one. */
export const fileText = (owner: Owner, path: string, size: number) =>
  queryOptions({
    queryKey: ["files", "text", keyOf(owner), path],
    queryFn: async ({ signal }) => {
      if (size > MOST_TEXT) return null;
      const whole = await readPart(downloadAddress(owner, path), undefined, signal);
      return new TextDecoder().decode(whole.bytes);
    },
    staleTime: 60_000,
  });
