import { Link } from "@tanstack/react-router";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { Swatch } from "../../components/Swatch";
import { lit, pointing } from "../../state/lit";
import { useStore } from "../../state/store";
import type { Compared } from "./Compare";
import styles from "./Compare.module.css";
import { strings } from "./strings";

interface RunsProps {
  runs: readonly Compared[];
  onChange: (ids: string[]) => void;
}

/** The runs with their colours: the legend of every part. */
export function Runs({ runs, onChange }: RunsProps) {
  const pointed = useStore(lit);
  const ids = runs.map(({ run }) => run.info.run_id);
  return (
    <ul className={styles.runs} aria-label={strings.runs}>
      {runs.map(({ run, name, colour, dash }, i) => {
        const id = run.info.run_id;
        const others = ids.filter((other) => other !== id);
        return (
          <li
            key={id}
            className={`${styles.run} ${id === pointed ? styles.lit : ""}`}
            {...pointing(id)}
          >
            <Swatch colour={colour} dashed={Boolean(dash)} />
            <Link to="/runs/$runId" params={{ runId: id }} title={name}>
              {name}
            </Link>
            {i === 0 && runs.length > 1 && <Badge>{strings.baseline}</Badge>}
            <Menu trigger={<IconButton icon="more" label={strings.actions(name)} />}>
              {i > 0 && (
                <MenuItem onSelect={() => onChange([id, ...others])}>
                  {strings.makeBaseline}
                </MenuItem>
              )}
              <MenuItem onSelect={() => onChange(others)}>{strings.remove}</MenuItem>
            </Menu>
          </li>
        );
      })}
    </ul>
  );
}
