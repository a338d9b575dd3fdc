import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTopFolders } from "../api/folders";
import { folder, setFolder } from "../state/folder";
import { useStore } from "../state/store";
import { strings } from "../strings";
import { Button } from "./Button";
import { Menu, MenuChoice } from "./Menu";
import styles from "./Shell.module.css";

const LISTS = ["/experiments", "/models"] as const;

/** Whose experiments and models one sees: all, or those of an outermost folder. */
export function FolderSwitch() {
  const folders = useTopFolders();
  const navigate = useNavigate();
  const chosen = useStore(folder);
  const here = useRouterState({
    select: ({ location }) => ({
      path: location.pathname,
      within: (location.search as { folder?: string }).folder ?? "",
    }),
    structuralSharing: true,
  });
  const list = LISTS.find((path) => path === here.path);
  // A list says by itself which folder it shows, also one that was opened by an address.
  useEffect(() => {
    if (list) setFolder(here.within.split("/")[0] ?? "");
  }, [list, here.within]);
  if (folders.length === 0) return null;
  const choose = (path: string) => {
    setFolder(path);
    const of = folders.find((one) => one.path === path);
    const other = of && !of.experiments ? "/models" : "/experiments";
    void navigate({ to: list ?? other, search: path ? { folder: path } : {} });
  };
  const known = folders.some(({ path }) => path === chosen) ? [] : chosen ? [chosen] : [];
  return (
    <Menu
      trigger={
        <Button
          kind="quiet"
          icon="folder"
          className={styles.folder ?? ""}
          title={strings.folders}
          aria-label={`${strings.folders}: ${chosen || strings.allFolders}`}
        >
          <span>{chosen || strings.allFolders}</span>
        </Button>
      }
    >
      <MenuChoice
        label={strings.folders}
        value={chosen}
        choices={[
          ["", strings.allFolders],
          ...[...known, ...folders.map(({ path }) => path)].map((path) => [path, path] as const),
        ]}
        onChoose={choose}
      />
    </Menu>
  );
}
