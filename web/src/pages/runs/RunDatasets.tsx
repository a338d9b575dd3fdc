import { Link } from "@tanstack/react-router";
import type { DatasetInput } from "../../api/schema.gen";
import { both, equals } from "../../lib/filter";
import styles from "./RunAbout.module.css";
import { strings } from "./strings";

const CONTEXT = "mlflow.data.context";
const DIGEST = 8; // characters that tell datasets apart

interface RunDatasetsProps {
  experiment: string;
  inputs: readonly DatasetInput[];
}

/** What a run has read, and what for; each leads to the runs that have read it. */
export function RunDatasets({ experiment, inputs }: RunDatasetsProps) {
  return (
    <ul className={styles.datasets}>
      {inputs.map(({ dataset: { name, digest }, tags = [] }) => {
        const context = tags.find(({ key }) => key === CONTEXT)?.value;
        const filter = both(equals("datasets.name", name), equals("datasets.digest", digest));
        return (
          <li key={`${name} ${digest} ${context}`}>
            <Link
              to="/experiments/$experimentId"
              params={{ experimentId: experiment }}
              search={{ filter }}
              title={strings.readers(name, digest)}
            >
              {name}
            </Link>
            <span className={styles.use}>
              {context && `${context}, `}
              <code title={digest}>{digest.slice(0, DIGEST)}</code>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
