import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useMemo, useRef } from "react";
import { textsOf } from "../../api/files";
import { Loaded } from "../../components/Loaded";
import { Skeleton } from "../../components/Skeleton";
import { Swatch } from "../../components/Swatch";
import { useSeen } from "../../components/useSeen";
import { pointing } from "../../state/lit";
import { type Confusion, MOST_MATRIX, readConfusion } from "../files/confusion";
import styles from "./Cards.module.css";
import type { ChartRun } from "./MetricChart";
import { strings } from "./strings";

const view = () => import("../files/viewers/ConfusionView");
const Matrix = lazy(() => view().then((found) => ({ default: found.Matrix })));
const CellSwitch = lazy(() => view().then((found) => ({ default: found.CellSwitch })));
const Accuracy = lazy(() => view().then((found) => ({ default: found.Accuracy })));

const AGAIN = 10_000; // milliseconds until it is looked for matrices of runs that go on
const TALL = 240; // pixels of the cells of a matrix

interface MatrixCardProps {
  /** The path of the file. */
  matrix: string;
  /** Whether cells say shares of their rows in place of counts. */
  shares: boolean;
  runs: readonly ChartRun[];
  menu: ReactNode;
  onShares: (on: boolean) => void;
}

interface Shown {
  readonly run: ChartRun;
  /** Undefined for a file that is no matrix. */
  readonly found: Confusion | undefined;
}

/** The confusion matrices that the runs have logged, side by side. */
export function MatrixCard({ matrix, shares, runs, menu, onShares }: MatrixCardProps) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  const query = useQuery({
    ...textsOf(ids, [matrix], MOST_MATRIX),
    refetchInterval: runs.some(({ live }) => live) ? AGAIN : false,
  });
  const shown = useMemo(
    () =>
      runs.flatMap((run): Shown | [] => {
        const file = query.data?.of(run.id, matrix);
        if (!file) return [];
        const whole = file.complete && file.text !== undefined;
        return { run, found: whole ? readConfusion(matrix, file.text ?? "") : undefined };
      }),
    [query.data, runs, matrix],
  );
  return (
    <section className={`${styles.card} ${styles.wide}`} aria-label={matrix}>
      <div className={styles.head}>
        <h3 title={matrix}>{matrix}</h3>
        {shown.some(({ found }) => found) && (
          <Suspense>
            <CellSwitch shares={shares} onShares={onShares} />
          </Suspense>
        )}
        {menu}
      </div>
      <Loaded query={query} failed={strings.cards.matricesFailed} lines={4}>
        {() =>
          shown.length ? (
            <ul className={styles.matrices}>
              {shown.map(({ run, found }) => (
                <RunMatrix key={run.id} run={run} found={found} path={matrix} shares={shares} />
              ))}
            </ul>
          ) : (
            <p className={styles.none}>{strings.cards.noneHas(matrix)}</p>
          )
        }
      </Loaded>
      {shown.length > 0 && shown.length < runs.length && (
        <p className={styles.none}>{strings.cards.some(shown.length, runs.length)}</p>
      )}
    </section>
  );
}

type RunMatrixProps = Shown & { path: string; shares: boolean };

/** The matrix of a run, drawn once it is on the screen. */
function RunMatrix({ run, found, path, shares }: RunMatrixProps) {
  const box = useRef<HTMLLIElement>(null);
  const seen = useSeen(box);
  const file = (
    <span className={styles.run}>
      <Swatch colour={run.colour} dashed={Boolean(run.dash)} />
      <Link
        to="/runs/$runId/artifacts"
        params={{ runId: run.id }}
        search={{ path }}
        title={strings.cards.matrixFile(run.name)}
      >
        {found ? <Accuracy found={found} /> : run.name}
      </Link>
    </span>
  );
  return (
    <li ref={box} className={styles.matrix} {...pointing(run.id)}>
      {!found && file}
      {!found && <p className={styles.none}>{strings.cards.noMatrix}</p>}
      {found && seen && (
        <Suspense fallback={<Skeleton lines={6} />}>
          <Matrix found={found} name={run.name} shares={shares} tall={TALL} aside={file} />
        </Suspense>
      )}
    </li>
  );
}
