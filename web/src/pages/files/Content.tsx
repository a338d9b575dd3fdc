import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { downloadAddress, type Owner, part, viewAddress } from "../../api/files";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Skeleton } from "../../components/Skeleton";
import { endingOf, type FileKind, isText, nameOf } from "../../lib/kinds";
import { MOST_MATRIX, readConfusion } from "./confusion";
import { languageOf } from "./highlight";
import { strings } from "./strings";
import { HexView } from "./viewers/HexView";
import { ImageView } from "./viewers/ImageView";
import { FrameView, MediaView } from "./viewers/media";
import { TextView } from "./viewers/TextView";
import styles from "./viewers/viewers.module.css";

const ConfusionView = lazy(() => import("./viewers/ConfusionView"));
const CsvView = lazy(() => import("./viewers/CsvView"));
const ParquetView = lazy(() => import("./viewers/ParquetView"));
const JsonView = lazy(() => import("./viewers/JsonView"));
const MarkdownView = lazy(() => import("./viewers/MarkdownView"));
const NotebookView = lazy(() => import("./viewers/NotebookView"));
const ModelCard = lazy(() => import("./viewers/ModelCard"));

/** What is read of a file at most; what is bigger is downloaded. */
export const MOST = 20 << 20;
const HEAD = 1 << 20; // of a text that is bigger
const PEEK = 4096; // of a file whose name tells nothing

export interface ContentProps {
  owner: Owner;
  path: string;
  size: number;
  kind: FileKind;
  /** Whether the text is wanted in place of what it looks like. */
  source: boolean;
  line?: number | undefined;
  onLine?: ((line: number) => void) | undefined;
  /** The address of this page with another file of the same root open. */
  href: (path: string) => string;
}

/** Shows a file by its kind. */
export function Content(props: ContentProps) {
  const { owner, path, size, kind, source } = props;
  const view = viewAddress(owner, path);
  const bytes = downloadAddress(owner, path);
  const name = nameOf(path);
  if (size === 0) return <Empty title={strings.empty} />;
  const waiting = (content: ReactNode) => (
    <Suspense fallback={<Skeleton lines={8} />}>{content}</Suspense>
  );
  if (source) return <PlainText {...props} />;
  switch (kind) {
    case "image":
      return size > MOST ? <TooBig size={size} /> : <ImageView src={view} name={name} />;
    case "audio":
      return <MediaView kind="audio" src={view} name={name} />;
    case "video":
      return <MediaView kind="video" src={view} name={name} />;
    case "html":
      return size > MOST ? <TooBig size={size} /> : <FrameView src={view} name={name} scripts />;
    case "pdf":
      return size > MOST ? <TooBig size={size} /> : <FrameView src={view} name={name} />;
    case "csv":
      return waiting(
        <Counted {...props}>
          <CsvView url={bytes} name={name} size={size} tabs={endingOf(path) === "tsv"} />
        </Counted>,
      );
    case "parquet":
      return waiting(<ParquetView url={bytes} name={name} size={size} />);
    case "text":
      return <PlainText {...props} />;
    case "unknown":
      return <Unknown {...props} />;
    default:
      return <Rendered {...props} />;
  }
}

/** What must be read as a whole before it can be shown. */
function Rendered(props: ContentProps) {
  const { owner, path, size, kind, href } = props;
  const query = useQuery({ ...part(downloadAddress(owner, path), 0, size), enabled: size <= MOST });
  const text = useText(query.data?.bytes);
  if (size > MOST) return <TooBig size={size} />;
  const name = nameOf(path);
  return (
    <Loaded query={query} failed={strings.fileFailed} lines={8}>
      {() => (
        <Suspense fallback={<Skeleton lines={8} />}>
          {kind === "json" && (
            <Counted {...props}>
              <JsonView text={text} name={name} fallback={<PlainText {...props} />} />
            </Counted>
          )}
          {kind === "markdown" && (
            <MarkdownView text={text} path={path} owner={owner} href={href} />
          )}
          {kind === "notebook" && (
            <NotebookView
              text={text}
              path={path}
              owner={owner}
              href={href}
              fallback={<PlainText {...props} />}
            />
          )}
          {kind === "model" && <ModelCard text={text} fallback={<PlainText {...props} />} />}
        </Suspense>
      )}
    </Loaded>
  );
}

/** A file that may be a confusion matrix: drawn as such, or else shown as what it is. */
function Counted({ owner, path, size, children }: ContentProps & { children: ReactNode }) {
  const small = size <= MOST_MATRIX;
  const query = useQuery({ ...part(downloadAddress(owner, path), 0, size), enabled: small });
  const text = useText(query.data?.bytes);
  const found = useMemo(() => readConfusion(path, text), [path, text]);
  if (small && query.isPending) return <Skeleton lines={8} />;
  return found ? <ConfusionView found={found} name={nameOf(path)} /> : children;
}

function PlainText({ owner, path, size, line, onLine }: ContentProps) {
  const shown = size > MOST ? HEAD : size;
  const query = useQuery(part(downloadAddress(owner, path), 0, shown));
  const text = useText(query.data?.bytes);
  const name = nameOf(path);
  return (
    <Loaded query={query} failed={strings.fileFailed} lines={8}>
      {() => (
        <TextView
          text={text}
          name={name}
          language={languageOf(name)}
          note={shown < size ? strings.cut(shown, size) : undefined}
          line={line}
          onLine={onLine}
        />
      )}
    </Loaded>
  );
}

function Unknown(props: ContentProps) {
  const { owner, path, size } = props;
  const query = useQuery(part(downloadAddress(owner, path), 0, Math.min(PEEK, size)));
  return (
    <Loaded query={query} failed={strings.fileFailed} lines={8}>
      {({ bytes }) =>
        isText(bytes) ? <PlainText {...props} /> : <HexView bytes={bytes} size={size} />
      }
    </Loaded>
  );
}

function useText(bytes: Uint8Array | undefined): string {
  return useMemo(() => new TextDecoder().decode(bytes), [bytes]);
}

function TooBig({ size }: { size: number }) {
  return (
    <div className={styles.pad}>
      <Empty title={strings.tooBig(size)}>
        <p>{strings.tooBigText}</p>
      </Empty>
    </div>
  );
}
