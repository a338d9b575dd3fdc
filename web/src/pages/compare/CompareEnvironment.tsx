import { useMemo } from "react";
import { type Texts, useTexts } from "../../api/files";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { ENVIRONMENT, LOCK, PATCH, readEnvironment } from "../runs/facts";
import type { PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { SideGrid } from "./SideGrid";
import { environmentRows } from "./sides";
import { strings } from "./strings";

/** What the runs ran in: the computers, and packages that were added, removed or changed. */
export function CompareEnvironment(props: PartProps) {
  const ids = props.runs.map(({ run }) => run.info.run_id);
  const query = useTexts(ids, [PATCH, ENVIRONMENT, LOCK]);
  return (
    <Loaded query={query} failed={strings.textsFailed} lines={8}>
      {(texts) => <Told {...props} texts={texts} />}
    </Loaded>
  );
}

function Told({ texts, ...props }: PartProps & { texts: Texts }) {
  const { runs } = props;
  const told = useMemo(
    () => runs.map(({ run }) => readEnvironment(texts.of(run.info.run_id, ENVIRONMENT)?.text)),
    [runs, texts],
  );
  const rows = useMemo(() => {
    const { groups, environment } = strings;
    return environmentRows(told, environment, groups);
  }, [told]);
  const silent = runs.filter((_, i) => !told[i]).map(({ name }) => name);
  if (silent.length === runs.length) {
    return (
      <Empty title={strings.noEnvironment}>
        <p>{strings.noEnvironmentText}</p>
      </Empty>
    );
  }
  return (
    <div className={styles.parts}>
      {silent.length > 0 && <p className={styles.note}>{strings.silent(silent)}</p>}
      <SideGrid
        {...props}
        label={strings.tabs.environment}
        rows={rows}
        counted={rows.filter((row) => row.group === strings.groups[1])}
        find={strings.findPackages}
      />
    </div>
  );
}
