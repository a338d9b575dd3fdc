import type { ReactNode } from "react";
import { strings } from "../strings";
import { IconButton } from "./Button";
import { Menu, MenuItem } from "./Menu";
import styles from "./Plot.module.css";

interface FigureHeadProps {
  title: string;
  /** Whether it stands in a dialog that says the title, and that menus would lie behind. */
  bare?: boolean | undefined;
  /** Behind the title. */
  aside?: ReactNode;
  asTable: boolean;
  onTable: (on: boolean) => void;
  /** Saves what is shown; a table is saved as CSV only. */
  save: { png: () => void; svg: () => void; csv: () => void };
  /** More buttons, before the others. */
  children?: ReactNode;
}

/** The title of a drawing, and what can be done with it. */
export function FigureHead(props: FigureHeadProps) {
  const { title, bare, aside, asTable, onTable, save, children } = props;
  return (
    <figcaption className={styles.head}>
      {!bare && <h3 title={title}>{title}</h3>}
      {aside}
      <div className={styles.actions}>
        {children}
        <IconButton
          icon={asTable ? "chart" : "table"}
          label={asTable ? strings.plot.asChart(title) : strings.plot.asTable(title)}
          onClick={() => onTable(!asTable)}
        />
        {!bare && (
          <Menu trigger={<IconButton icon="download" label={strings.plot.actions(title)} />}>
            {!asTable && <MenuItem onSelect={save.png}>{strings.plot.png}</MenuItem>}
            {!asTable && <MenuItem onSelect={save.svg}>{strings.plot.svg}</MenuItem>}
            <MenuItem onSelect={save.csv}>{strings.plot.csv}</MenuItem>
          </Menu>
        )}
      </div>
    </figcaption>
  );
}
