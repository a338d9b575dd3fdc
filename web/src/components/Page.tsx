import { type ReactNode, useEffect } from "react";
import { strings } from "../strings";
import { type Crumb, setCrumbs } from "./Breadcrumbs";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** The pages above this one, outermost first. */
  above?: readonly Crumb[];
  /** Marks behind the title, such as a status. */
  marks?: ReactNode;
  actions?: ReactNode;
  sub?: ReactNode;
  /** Whether the last part takes the height that is left, as a grid does. */
  full?: boolean;
  children: ReactNode;
}

const NOTHING: readonly Crumb[] = [];

/** The frame of every page: title, breadcrumbs, actions, and the document's title. */
export function Page({ title, above = NOTHING, marks, actions, sub, full, children }: PageProps) {
  const path = JSON.stringify(above);
  useEffect(() => {
    document.title = `${title} – ${strings.app}`;
    setCrumbs([...(JSON.parse(path) as Crumb[]), { name: title }]);
  }, [title, path]);
  return (
    <div className={`${styles.page} ${full ? styles.full : ""}`}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h1>{title}</h1>
          {marks}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
        {sub && <div className={styles.sub}>{sub}</div>}
      </header>
      {children}
    </div>
  );
}
