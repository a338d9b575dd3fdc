import { Link } from "@tanstack/react-router";
import { createStore, useStore } from "../state/store";
import { strings } from "../strings";
import styles from "./Breadcrumbs.module.css";
import { Icon } from "./Icon";

/** A page above; the last one, this page, has no address. */
export interface Crumb {
  readonly name: string;
  readonly to?: string;
}

const crumbs = createStore<readonly Crumb[]>([]);
export const setCrumbs = crumbs.set;

export function Breadcrumbs() {
  const shown = useStore(crumbs);
  return (
    <nav className={styles.way} aria-label={strings.breadcrumbs}>
      <ol className={styles.crumbs}>
        {shown.map((crumb, i) => (
          <li key={crumb.to ?? ""}>
            {i > 0 && <Icon name="right" size={12} />}
            {crumb.to ? (
              <Link to={crumb.to}>{crumb.name}</Link>
            ) : (
              <span className={styles.here} aria-current="page">
                {crumb.name}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
