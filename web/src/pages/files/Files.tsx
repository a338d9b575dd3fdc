import {
  type UseQueryOptions,
  type UseQueryResult,
  useQueries,
  useQuery,
} from "@tanstack/react-query";
import { type ReactNode, useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { allFiles, archiveAddress, type Listing, listing } from "../../api/files";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { SearchBox } from "../../components/Field";
import { VirtualTree } from "../../components/VirtualTree";
import { folderOf, foldersOf, nameOf, visible } from "../../lib/kinds";
import { bytes } from "../../lib/number";
import { compact } from "../../lib/search";
import { DownloadLink } from "./DownloadLink";
import styles from "./Files.module.css";
import { type FileRow, keyOf, type Root, treeRows } from "./rows";
import { strings } from "./strings";
import { Viewer } from "./Viewer";
import type { FilesSearch } from "./view";

export interface FilesProps {
  /** The run or the version first, then the logged models. */
  roots: readonly Root[];
  search: FilesSearch;
  /** Open something else; a letter of a filter is no page to come back to. */
  onSearch: (search: FilesSearch, replace?: boolean) => void;
  /** The address of this page with another file open. */
  href: (part: FilesSearch) => string;
  /** What to do when there is nothing at all. */
  nothing: ReactNode;
}

/** A tree of files, and the one that is chosen beside it. */
export function Files({ roots, search, onSearch, href, nothing }: FilesProps) {
  const { path = "", of = "", q = "" } = search;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useMemo(() => around(of, path), [of, path]);
  // What is chosen is never hidden in a closed folder.
  useEffect(() => setOpen((old) => new Set([...old, ...wanted])), [wanted]);

  const first = roots[0];
  const asked = useMemo(() => {
    const known = new Map(roots.map((root) => [root.of, root]));
    return [...new Set(["|", ...open, ...wanted, keyOf(of, folderOf(path))])].flatMap((key) => {
      const root = known.get(key.slice(0, key.indexOf("|")));
      return root ? [{ key, owner: root.owner, path: key.slice(key.indexOf("|") + 1) }] : [];
    });
  }, [roots, open, wanted, of, path]);
  const found = useQueries({
    queries: asked.map(
      ({ owner, path: folder }) => listing(owner, folder) as UseQueryOptions<Listing>,
    ),
    combine: useCallback(
      (results: UseQueryResult<Listing>[]) =>
        new Map(results.map((result, i) => [asked[i]?.key ?? "", result])),
      [asked],
    ),
  });
  const rows = useMemo(() => treeRows(roots, open, found), [roots, open, found]);
  const top = found.get("|");
  if (top?.isError && !top.data) {
    const retry = () => void top.refetch();
    return <ErrorNote title={strings.failed} problem={top.error} onRetry={retry} />;
  }
  if (top?.data && !top.data.entries.length && roots.length === 1) {
    if (!top.data.elsewhere) return nothing;
    return (
      <Empty title={strings.elsewhere}>
        <p>{strings.elsewhereText}</p>
        <code>{top.data.elsewhere}</code>
      </Empty>
    );
  }
  const toggle = ({ key }: FileRow) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const choose = (row: FileRow) => {
    if (row.note === "failed") void found.get(row.key.replace(/ failed$/, ""))?.refetch();
    if (row.note) return;
    if (row.open !== undefined) toggle(row);
    onSearch(chosenBy(row));
  };
  const root = roots.find((one) => one.of === of) ?? first;
  const parent = found.get(keyOf(of, folderOf(path)));
  return (
    <div className={styles.files}>
      <div className={styles.side}>
        <div className={styles.bar}>
          <SearchBox
            label={strings.find}
            value={q}
            onChange={(next) =>
              onSearch(compact({ ...search, q: next || undefined }) as FilesSearch, true)
            }
          />
          {first && (top?.data?.entries.length ?? 0) > 0 && (
            <DownloadLink href={archiveAddress(first.owner, "")} what={first.name} bare>
              {strings.downloadAll}
            </DownloadLink>
          )}
        </div>
        <div className={styles.tree}>
          {q && first ? (
            <FoundFiles
              root={first}
              rows={rows}
              text={q}
              chosen={keyOf(of, path)}
              href={(row) => href({ ...chosenBy(row), q })}
              onChoose={(row) => onSearch({ ...chosenBy(row), q })}
            />
          ) : (
            <VirtualTree
              label={strings.tree}
              rows={rows}
              chosen={path || of ? keyOf(of, path) : undefined}
              cell={FileCell}
              href={(row) => (row.note ? undefined : href(chosenBy(row)))}
              onToggle={toggle}
              onChoose={choose}
            />
          )}
        </div>
      </div>
      {root && (
        <Viewer
          key={`${of} ${path}`}
          root={root}
          path={path}
          siblings={parent}
          search={search}
          onSearch={onSearch}
          href={href}
        />
      )}
    </div>
  );
}

/** The folders that must be open for a file or folder to be seen. */
function around(of: string, path: string): string[] {
  const folders = foldersOf(path).map((folder) => keyOf(of, folder));
  return of ? [keyOf(of, ""), ...folders] : folders;
}

function chosenBy({ root, entry }: FileRow): FilesSearch {
  return { ...(entry && { path: entry.path }), ...(root.of && { of: root.of }) };
}

function FileCell({ root, entry, note }: FileRow) {
  if (note) return <span className={styles.faint}>{strings[note]}</span>;
  if (!entry) return <span className={`${styles.name} ${styles.folder}`}>{root.name}</span>;
  return (
    <>
      <span
        className={`${styles.name} ${entry.folder ? styles.folder : ""}`}
        title={visible(entry.path)}
      >
        {visible(nameOf(entry.path))}
      </span>
      {entry.size !== undefined && (
        <span className={`num ${styles.size}`}>{bytes(entry.size)}</span>
      )}
    </>
  );
}

function FoundCell({ entry }: FileRow) {
  const path = visible(entry?.path ?? "");
  return (
    <span className={styles.name} title={path}>
      {path}
    </span>
  );
}

interface FoundFilesProps {
  root: Root;
  rows: readonly FileRow[];
  text: string;
  chosen: string;
  href: (row: FileRow) => string;
  onChoose: (row: FileRow) => void;
}

/** All files whose paths have a text in them, in one list. */
function FoundFiles({ root, rows, text, chosen, href, onChoose }: FoundFilesProps) {
  const query = useQuery(allFiles(root.owner));
  const wanted = useDeferredValue(text.toLowerCase());
  const fitting = useMemo(() => {
    const listed = (query.data?.files ?? []).map((entry) => ({ root, entry }));
    const others = rows.flatMap(({ root: mine, entry }) =>
      entry && !entry.folder && mine.of ? [{ root: mine, entry }] : [],
    );
    const found = [...listed, ...others].filter(({ entry }) =>
      entry.path.toLowerCase().includes(wanted),
    );
    const siblings = found.length;
    return found.map(
      (one, i): FileRow => ({
        ...one,
        key: keyOf(one.root.of, one.entry.path),
        level: 1,
        place: i + 1,
        siblings,
      }),
    );
  }, [query.data, rows, root, wanted]);
  if (query.isError) {
    const retry = () => void query.refetch();
    return <ErrorNote title={strings.failed} problem={query.error} onRetry={retry} />;
  }
  if (query.data && !fitting.length)
    return <p className={styles.note}>{strings.nothingFound(text)}</p>;
  return (
    <>
      {query.data && !query.data.complete && (
        <p className={styles.note}>{strings.foundIn(query.data.files.length)}</p>
      )}
      <VirtualTree
        label={strings.tree}
        rows={fitting}
        chosen={chosen}
        cell={FoundCell}
        href={href}
        onToggle={() => undefined}
        onChoose={onChoose}
      />
    </>
  );
}
