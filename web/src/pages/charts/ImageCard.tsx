import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { filesOfRuns, viewAddress } from "../../api/files";
import { Loaded } from "../../components/Loaded";
import { Swatch } from "../../components/Swatch";
import { folderOf } from "../../lib/kinds";
import { grouped } from "../../lib/number";
import { IMAGES, type Picture, pictureAt, picturesOf, stepsOf } from "../../lib/pictures";
import { pointing } from "../../state/lit";
import styles from "./Cards.module.css";
import type { ChartRun } from "./MetricChart";
import { strings } from "./strings";

const MOST_FILES = 10_000; // of each run in the folder of the image
const AGAIN = 10_000; // milliseconds until it is looked for images of runs that go on
const PAUSE = 120; // milliseconds until the slider counts

interface ImageCardProps {
  image: string;
  /** The step that is shown; the last when absent. */
  step: number | undefined;
  runs: readonly ChartRun[];
  menu: ReactNode;
  onStep: (step: number | undefined) => void;
}

interface Shown {
  readonly run: ChartRun;
  readonly pictures: readonly Picture[];
}

/** An image that the runs have logged, of each of them, at a step. */
export function ImageCard({ image, step, runs, menu, onStep }: ImageCardProps) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  // A key is no path: images that have steps lie in a folder of theirs.
  const folder = /\.\w+$/.test(image) ? folderOf(image) : IMAGES;
  const query = useQuery({
    ...filesOfRuns(ids, MOST_FILES, folder),
    refetchInterval: runs.some(({ live }) => live) ? AGAIN : false,
  });
  const shown = useMemo(() => {
    const looks = new Map(runs.map((run) => [run.id, run]));
    return (query.data ?? []).flatMap(({ run_id, files = [] }): Shown | [] => {
      const run = looks.get(run_id);
      const all = picturesOf(files.map(({ path }) => path));
      const pictures = all.filter(({ key }) => key === image);
      return run && pictures.length ? { run, pictures } : [];
    });
  }, [query.data, runs, image]);
  const steps = useMemo(() => stepsOf(shown.flatMap(({ pictures }) => pictures)), [shown]);
  const last = steps.at(-1) ?? 0;
  const [at, setAt] = useState(step);
  useEffect(() => setAt(step), [step]);
  const here = at ?? last;
  return (
    <section className={styles.card} aria-label={image}>
      <div className={styles.head}>
        <h3 title={image}>{image}</h3>
        {steps.length > 1 && (
          <Steps
            steps={steps}
            at={here}
            onMove={setAt}
            onRest={(next) => onStep(next === last ? undefined : next)}
          />
        )}
        {menu}
      </div>
      <Loaded query={query} failed={strings.cards.imagesFailed} lines={4}>
        {() =>
          shown.length ? (
            <ul className={styles.images}>
              {shown.map(({ run, pictures }) => (
                <RunImage key={run.id} run={run} picture={pictureAt(pictures, here)} />
              ))}
            </ul>
          ) : (
            <p className={styles.none}>{strings.cards.noneHas(image)}</p>
          )
        }
      </Loaded>
      {shown.length > 0 && shown.length < runs.length && (
        <p className={styles.none}>{strings.cards.some(shown.length, runs.length)}</p>
      )}
    </section>
  );
}

interface StepsProps {
  steps: readonly number[];
  at: number;
  /** Called while the slider moves, and when it rests. */
  onMove: (step: number) => void;
  onRest: (step: number) => void;
}

/** A slider over the steps that there are. */
function Steps({ steps, at, onMove, onRest }: StepsProps) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const place = Math.max(
    steps.findLastIndex((step) => step <= at),
    0,
  );
  return (
    <label className={styles.steps}>
      {strings.cards.step}
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={place}
        aria-valuetext={String(steps[place])}
        onChange={(event) => {
          const next = steps[Number(event.target.value)] ?? 0;
          onMove(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onRest(next), PAUSE);
        }}
      />
      <output className="num">{grouped(steps[place] ?? 0)}</output>
    </label>
  );
}

/** The image of a run, which leads to the file. */
function RunImage({ run, picture }: { run: ChartRun; picture: Picture | undefined }) {
  const owner = { kind: "run", run: run.id } as const;
  return (
    <li className={styles.image} {...pointing(run.id)}>
      {picture ? (
        <Link
          to="/runs/$runId/artifacts"
          params={{ runId: run.id }}
          search={{ path: picture.path }}
        >
          <img
            src={viewAddress(owner, picture.small)}
            alt={strings.cards.alt(picture.key, run.name, picture.step)}
            loading="lazy"
          />
        </Link>
      ) : (
        <span className={styles.gap}>{strings.cards.notYet}</span>
      )}
      <span className={styles.run} title={run.name}>
        <Swatch colour={run.colour} dashed={Boolean(run.dash)} />
        <span>{run.name}</span>
        {picture?.step !== undefined && <span className="num">{grouped(picture.step)}</span>}
      </span>
    </li>
  );
}
