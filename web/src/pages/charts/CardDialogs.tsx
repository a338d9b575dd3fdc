import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { filesOfRuns } from "../../api/files";
import type { RunFiles } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { Loaded } from "../../components/Loaded";
import { count } from "../../lib/number";
import { picturesOf } from "../../lib/pictures";
import styles from "./Cards.module.css";
import type { ChartRun } from "./MetricChart";
import { candidatesOf, matricesOf, matrixPictures } from "./matrices";
import { strings } from "./strings";

const MOST_FILES = 1000; // of each run, in which images and matrices are looked for
const EXAMPLE = `counts = {"labels": ["bad", "good"], "matrix": [[48, 2], [5, 45]]}
cuvee.log_dict(counts, "confusion.json")`;

interface CardDialogProps {
  runs: readonly ChartRun[];
  /** What the cards show already. */
  shown: ReadonlySet<string>;
  onChoose: (found: string) => void;
  onClose: () => void;
}

const useFiles = (runs: readonly ChartRun[]) =>
  useQuery(
    filesOfRuns(
      runs.map(({ id }) => id),
      MOST_FILES,
    ),
  );

/** The images that the runs have. */
export function ImageDialog({ runs, shown, onChoose, onClose }: CardDialogProps) {
  const query = useFiles(runs);
  return (
    <Dialog title={strings.cards.addImage} onClose={onClose}>
      <Loaded query={query} failed={strings.cards.imagesFailed} lines={4}>
        {(found) => {
          const times = timesOf(found, (paths) => picturesOf(paths).map(({ key }) => key));
          if (!times.size) return <p>{strings.cards.noImages}</p>;
          return (
            <Choices
              choices={[...times].map(([key, runs]) => [key, count(runs, "run")])}
              shown={shown}
              onChoose={onChoose}
            />
          );
        }}
      </Loaded>
    </Dialog>
  );
}

interface MatrixDialogProps extends CardDialogProps {
  /** Called for a matrix that the runs have logged as an image. */
  onImage: (key: string) => void;
}

/** The confusion matrices that the runs have. */
export function MatrixDialog(props: MatrixDialogProps) {
  const query = useFiles(props.runs);
  return (
    <Dialog title={strings.cards.addMatrix} onClose={props.onClose}>
      <Loaded query={query} failed={strings.cards.matricesFailed} lines={4}>
        {(found) => <Matrices {...props} found={found} />}
      </Loaded>
    </Dialog>
  );
}

function Matrices(props: MatrixDialogProps & { found: readonly RunFiles[] }) {
  const { found, shown, onChoose, onImage } = props;
  const query = useQuery(matricesOf(candidatesOf(found)));
  const pictures = timesOf(found, matrixPictures);
  return (
    <Loaded query={query} failed={strings.cards.matricesFailed} lines={4}>
      {(matrices) => {
        if (!matrices.length && !pictures.size) return <None />;
        const tables = matrices.map(({ path, runs }) => [path, count(runs, "run")] as const);
        const images = [...pictures].map(
          ([key, runs]) => [key, strings.cards.drawnAs(count(runs, "run"))] as const,
        );
        return (
          <Choices
            choices={[...tables, ...images]}
            shown={shown}
            onChoose={(chosen) => (pictures.has(chosen) ? onImage(chosen) : onChoose(chosen))}
          />
        );
      }}
    </Loaded>
  );
}

function None() {
  return (
    <>
      <p>{strings.cards.noMatrices}</p>
      <Code label={strings.cards.noMatrices} text={EXAMPLE} />
    </>
  );
}

interface ChoicesProps {
  /** What there is, and what is said of it. */
  choices: readonly (readonly [string, ReactNode])[];
  shown: ReadonlySet<string>;
  onChoose: (found: string) => void;
}

function Choices({ choices, shown, onChoose }: ChoicesProps) {
  return (
    <ul className={styles.choices}>
      {choices.map(([key, said]) => (
        <li key={key}>
          <Button kind="plain" disabled={shown.has(key)} onClick={() => onChoose(key)}>
            {key}
          </Button>
          <span>{shown.has(key) ? strings.cards.there : said}</span>
        </li>
      ))}
    </ul>
  );
}

/** In how many runs each thing is that is found among their files. */
function timesOf(
  found: readonly RunFiles[],
  things: (paths: readonly string[]) => readonly string[],
): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { files = [] } of found) {
    for (const key of new Set(things(files.map(({ path }) => path)))) {
      times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  return times;
}
