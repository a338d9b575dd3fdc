import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useSession } from "../api/session";
import { visited } from "../state/recent";
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
  const router = useRouter();
  const way = JSON.stringify(above);
  useEffect(() => {
    const pages = JSON.parse(way) as Crumb[];
    document.title = `${title} – ${strings.app}`;
    setCrumbs([...pages, { name: title }]);
  }, [title, way]);
  const user = useSession().data?.username;
  useEffect(() => {
    const pages = JSON.parse(way) as Crumb[];
    if (!user || !pages.length) return; // a section, which the palette offers anyway
    const name = [...pages.slice(1).map((page) => page.name), title].join(" / ");
    visited(user, { name, path: router.state.location.pathname });
  }, [router, user, title, way]);
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
