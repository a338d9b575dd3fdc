import { type UseLinkPropsOptions, useLinkProps, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { grouped } from "../lib/number";
import { useKeys } from "../state/keys";
import { strings } from "../strings";
import styles from "./Tabs.module.css";

const BESIDE = 48; // pixels of the tab before that stay in view

export interface Tab {
  readonly name: string;
  readonly count?: number | undefined;
  readonly active: boolean;
  readonly link: UseLinkPropsOptions;
}

/** The parts of a page as links, each with an address of its own; `[` and `]` go from one to the next. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const router = useRouter();
  const at = tabs.findIndex((tab) => tab.active);
  const go = (by: number) => () => {
    const tab = tabs[(at + by + tabs.length) % tabs.length];
    if (tab && !tab.active) void router.navigate(tab.link);
  };
  const group = strings.keys.page;
  useKeys([
    { keys: "[", label: strings.keys.tabBefore, group, run: go(-1) },
    { keys: "]", label: strings.keys.tabAfter, group, run: go(1) },
  ]);
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <TabLink key={tab.name} {...tab} />
      ))}
    </nav>
  );
}

function TabLink({ name, count, active, link }: Tab) {
  const props = useLinkProps(link);
  const tab = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (!active) return undefined;
    // Where they do not fit, the open one is in view; only sideways, for the page keeps its place.
    const show = () => {
      const [one, all] = [tab.current, tab.current?.parentElement];
      if (one && all) all.scrollLeft = one.offsetLeft - all.offsetLeft - BESIDE;
    };
    const frame = requestAnimationFrame(show); // which lays the page out in any case
    return () => cancelAnimationFrame(frame);
  }, [active]);
  return (
    <a
      {...props}
      ref={tab}
      className={styles.tab}
      data-status={undefined}
      aria-current={active ? "page" : undefined}
    >
      {name}
      {count !== undefined && <span className={`num ${styles.count}`}>{grouped(count)}</span>}
    </a>
  );
}
