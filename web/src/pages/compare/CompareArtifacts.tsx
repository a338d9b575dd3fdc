import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { downloadAddress, filesOfRuns, type Owner, part, viewAddress } from "../../api/files";
import type { RunFiles } from "../../api/schema.gen";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import { Skeleton } from "../../components/Skeleton";
import { endingOf, isText, kindOf, visible } from "../../lib/kinds";
import { bytes } from "../../lib/number";
import { compact } from "../../lib/search";
import { MOST_MATRIX, readConfusion } from "../files/confusion";
import ConfusionView from "../files/viewers/ConfusionView";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { TextDiffView } from "./CompareCode";
import { ImagePair } from "./ImagePair";
import { Other } from "./Other";
import { ParquetPair } from "./ParquetPair";
import type { CompareSearch } from "./route";
import { SideGrid } from "./SideGrid";
import { fileRows, type SideRow } from "./sides";
import { strings } from "./strings";
import { TextTablePair } from "./TablePair";

const MOST_FILES = 2000; // of each run
const MOST = 5 << 20; // bytes of a file that is compared line by line

/** The files of the runs: the same, changed or missing; two of them side by side. */
export function CompareArtifacts(props: PartProps) {
  const ids = props.runs.map(({ run }) => run.info.run_id);
  const query = useQuery(filesOfRuns(ids, MOST_FILES));
  return (
    <Loaded query={query} failed={strings.filesFailed} lines={8}>
      {(found) => <Listed {...props} found={found} />}
    </Loaded>
  );
}

function Listed({ found, ...props }: PartProps & { found: readonly RunFiles[] }) {
  const { runs, search } = props;
  const rows = useMemo(() => fileRows(found), [found]);
  const cut = found.some((one) => !one.complete);
  const elsewhere = runs.filter((_, i) => found[i]?.elsewhere).map(({ name }) => name);
  const name = useCallback((row: SideRow) => <FileName row={row} search={search} />, [search]);
  if (!rows.length && !elsewhere.length) return <Empty title={strings.noFiles} />;
  return (
    <div className={styles.parts}>
      <p className={styles.note}>
        {strings.byDigest}
        {cut && ` ${strings.filesCut(MOST_FILES)}`}
        {elsewhere.length > 0 && ` ${strings.elsewhere(elsewhere)}`}
      </p>
      <SideGrid
        {...props}
        label={strings.tabs.artifacts}
        rows={rows}
        find={strings.findFiles}
        name={name}
      />
      {search.path && (
        <Other {...props}>
          {(first, other) => (
            <Pair
              key={`${search.path} ${other.run.info.run_id}`}
              path={search.path ?? ""}
              first={first}
              other={other}
              found={found}
              look={search.look}
              onLook={(look) => props.onChange({ look })}
            />
          )}
        </Other>
      )}
    </div>
  );
}

function FileName({ row, search }: { row: SideRow; search: CompareSearch }) {
  const path = visible(row.key);
  return (
    <Link
      to="/compare"
      search={compact({ ...search, path: row.key })}
      resetScroll={false}
      tabIndex={-1}
      title={path}
      className={row.differs ? styles.differs : ""}
    >
      {path}
    </Link>
  );
}

interface PairProps {
  path: string;
  first: Compared;
  other: Compared;
  found: readonly RunFiles[];
  /** What is shown of it in place of the usual. */
  look: CompareSearch["look"];
  onLook: (look: CompareSearch["look"]) => void;
}

/** A file of two runs. */
function Pair({ path, first, other, found, look, onLook }: PairProps) {
  const file = ({ run }: Compared) =>
    found.find((one) => one.run_id === run.info.run_id)?.files?.find((one) => one.path === path);
  const [before, after] = [file(first), file(other)];
  const title = strings.pair(visible(path), first.name, other.name);
  if (!before && !after) return <p className={styles.note}>{strings.inNeither}</p>;
  const sides = [first, other].map(({ run }): Owner => ({ kind: "run", run: run.info.run_id }));
  if (before?.digest === after?.digest) return <p className={styles.note}>{strings.samePair}</p>;
  if (kindOf(path) === "image") {
    const [from, to] = sides.map((owner, i) =>
      [before, after][i] ? viewAddress(owner, path) : undefined,
    );
    return (
      <ImagePair
        title={title}
        names={[first.name, other.name]}
        urls={[from, to]}
        swipe={look === "swipe"}
        onSwipe={(on) => onLook(on ? "swipe" : undefined)}
      />
    );
  }
  if (kindOf(path) === "parquet") {
    return (
      <Panel title={title} flush>
        <ParquetPair
          label={title}
          names={[first.name, other.name]}
          urls={sides.map((owner) => downloadAddress(owner, path))}
          sizes={[before?.size, after?.size]}
        />
      </Panel>
    );
  }
  const sizes = [before?.size ?? 0, after?.size ?? 0];
  const table = kindOf(path) === "csv";
  const choice = table && (
    <Segments<"table" | "lines">
      label={strings.looks.label}
      value={look === "lines" ? "lines" : "table"}
      choices={[
        ["table", strings.looks.table],
        ["lines", strings.looks.lines],
      ]}
      onChoose={(next) => onLook(next === "lines" ? "lines" : undefined)}
    />
  );
  return (
    <Panel title={title} actions={choice} flush>
      {Math.max(...sizes) > MOST ? (
        <p className={styles.pad}>{strings.tooBig(bytes(MOST))}</p>
      ) : (
        <Lines
          title={title}
          path={path}
          names={[first.name, other.name]}
          urls={sides.map((owner) => downloadAddress(owner, path))}
          sizes={sizes}
          table={table && look !== "lines"}
        />
      )}
    </Panel>
  );
}

interface LinesProps {
  title: string;
  path: string;
  names: readonly [string, string];
  urls: readonly string[];
  sizes: readonly number[];
  /** Whether they are tables, compared as such. */
  table: boolean;
}

function Lines({ title, path, names, urls, sizes, table }: LinesProps) {
  const read = useQueries({
    queries: urls.map((url, i) => part(url, 0, sizes[i] ?? 0)),
  });
  const failed = read.find((one) => one.isError);
  const [before, after] = read.map((one) => one.data?.bytes);
  const texts = useMemo(
    () => [before, after].map((one) => new TextDecoder().decode(one)),
    [before, after],
  );
  const matrices = useMemo(
    () => texts.map((text) => (text.length > MOST_MATRIX ? undefined : readConfusion(path, text))),
    [texts, path],
  );
  if (failed) {
    const retry = () => void failed.refetch();
    return <ErrorNote title={strings.filesFailed} problem={failed.error} onRetry={retry} />;
  }
  if (!before || !after) return <Skeleton lines={6} />;
  if (!isText(before.subarray(0, 4096)) || !isText(after.subarray(0, 4096))) {
    return (
      <p className={styles.pad}>{strings.noText(bytes(before.length), bytes(after.length))}</p>
    );
  }
  const pair = { label: title, before: texts[0] ?? "", after: texts[1] ?? "" };
  return (
    <>
      {matrices.some(Boolean) && (
        <div className={styles.matrices}>
          {matrices.map((found, i) => {
            const name = names[i] ?? "";
            if (found) return <ConfusionView key={urls[i]} found={found} name={name} />;
            return <p key={urls[i]}>{strings.noMatrix(name)}</p>;
          })}
        </div>
      )}
      {table ? (
        <TextTablePair {...pair} delimiter={endingOf(path) === "tsv" ? "\t" : ","} />
      ) : (
        <TextDiffView {...pair} />
      )}
    </>
  );
}
