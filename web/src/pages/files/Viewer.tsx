import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import {
  archiveAddress,
  downloadAddress,
  type Entry,
  type Listing,
  listing,
  viewAddress,
} from "../../api/files";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Id } from "../../components/Id";
import { Loaded } from "../../components/Loaded";
import { Segments } from "../../components/Segments";
import { Skeleton } from "../../components/Skeleton";
import { hasSource, kindOf, nameOf, visible } from "../../lib/kinds";
import { bytes } from "../../lib/number";
import { compact } from "../../lib/search";
import { Content } from "./Content";
import { DownloadLink } from "./DownloadLink";
import styles from "./Files.module.css";
import { Pictures } from "./Pictures";
import type { Root } from "./rows";
import { strings } from "./strings";
import type { FilesSearch } from "./view";

interface ViewerProps {
  root: Root;
  path: string;
  /** What lies beside the file. */
  siblings: UseQueryResult<Listing> | undefined;
  search: FilesSearch;
  onSearch: (search: FilesSearch, replace?: boolean) => void;
  href: (search: FilesSearch) => string;
}

/** The file or folder that is chosen. */
export function Viewer(props: ViewerProps) {
  const { root, path, siblings } = props;
  if (!path) {
    if (root.of) return <Folder {...props} />;
    return (
      <div className={styles.pane}>
        <Empty title={strings.choose}>
          <p>{strings.chooseText}</p>
        </Empty>
      </div>
    );
  }
  const entry = siblings?.data?.entries.find((one) => one.path === path);
  if (entry?.folder) return <Folder {...props} />;
  if (entry) return <File {...props} entry={entry} />;
  return (
    <div className={styles.pane}>
      {siblings?.isError ? (
        <ErrorNote
          title={strings.failed}
          problem={siblings.error}
          onRetry={() => void siblings.refetch()}
        />
      ) : siblings?.data ? (
        <Empty title={strings.missing(visible(nameOf(path)))}>
          <p>{strings.missingText}</p>
        </Empty>
      ) : (
        <Skeleton lines={6} />
      )}
    </div>
  );
}

function Folder({ root, path, search, href, onSearch }: ViewerProps) {
  const query = useQuery(listing(root.owner, path));
  const entries = query.data?.entries ?? [];
  const folders = entries.filter((entry) => entry.folder).length;
  const size = entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
  const name = path ? visible(nameOf(path)) : root.name;
  const at = (to: string): FilesSearch => compact({ path: to, of: search.of }) as FilesSearch;
  return (
    <div className={styles.pane}>
      <div className={styles.head}>
        <h2>{name}</h2>
        <div className={styles.actions}>
          <DownloadLink href={archiveAddress(root.owner, path)} what={name}>
            {strings.downloadFolder}
          </DownloadLink>
        </div>
      </div>
      <Loaded query={query} failed={strings.failed} lines={2}>
        {() => (
          <>
            <p className={styles.note}>
              {strings.holds(strings.inFolder(folders, entries.length - folders), size)}
            </p>
            <Pictures
              owner={root.owner}
              entries={entries}
              href={(to) => href(at(to))}
              onOpen={(to) => onSearch(at(to))}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}

function File(props: ViewerProps & { entry: Entry }) {
  const { root, path, entry, search, onSearch } = props;
  const kind = kindOf(path);
  const name = visible(nameOf(path));
  const source = search.source === true;
  return (
    <section className={styles.pane} aria-label={name}>
      <div className={styles.head}>
        <h2>{name}</h2>
        <div className={styles.facts}>
          {entry.size !== undefined && <span className="num">{bytes(entry.size)}</span>}
          {entry.digest && (
            <span title={`${strings.digest}: ${entry.digest}`}>
              {strings.digest} <Id value={entry.digest} />
            </span>
          )}
        </div>
        <div className={styles.actions}>
          {hasSource(kind, path) && (entry.size ?? 0) > 0 && (
            <Segments<"preview" | "source">
              label={strings.shown}
              value={source ? "source" : "preview"}
              choices={[
                ["preview", strings.rendered],
                ["source", strings.source],
              ]}
              onChoose={(next) =>
                onSearch(
                  compact({
                    ...search,
                    source: next === "source" ? true : undefined,
                    line: undefined,
                  }) as FilesSearch,
                )
              }
            />
          )}
          {(kind === "html" || kind === "pdf" || kind === "image") && (
            <a
              className={styles.link}
              href={viewAddress(root.owner, path)}
              target="_blank"
              rel="noreferrer"
            >
              {strings.open}
            </a>
          )}
          <DownloadLink href={downloadAddress(root.owner, path)} what={name}>
            {strings.download}
          </DownloadLink>
        </div>
      </div>
      <div className={styles.content}>
        <Content
          owner={root.owner}
          path={path}
          size={entry.size ?? 0}
          kind={kind}
          source={source}
          line={search.line}
          onLine={(line) => onSearch({ ...search, line })}
          href={(other) => props.href(compact({ path: other, of: search.of }) as FilesSearch)}
        />
      </div>
    </section>
  );
}
