import { logOut } from "../api/client";
import { useSession } from "../api/session";
import { useStore } from "../state/store";
import { setTheme, shade, THEMES, theme } from "../state/theme";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { Breadcrumbs } from "./Breadcrumbs";
import { Button, IconButton } from "./Button";
import { FolderSwitch } from "./FolderSwitch";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "./Menu";
import styles from "./Shell.module.css";

interface TopBarProps {
  onSearch: () => void;
  onHelp: () => void;
}

/** Where one is, the way anywhere else, the theme and who one is. */
export function TopBar({ onSearch, onHelp }: TopBarProps) {
  const chosen = useStore(theme);
  const shown = useStore(shade);
  const session = useSession().data;
  const mac = /Mac|iP(hone|ad)/.test(navigator.userAgent);
  const leave = () => logOut().catch((problem: Error) => say("bad", problem.message));
  return (
    <header className={styles.top}>
      <Breadcrumbs />
      <div className={styles.tools}>
        <FolderSwitch />
        <Button icon="search" className={styles.search ?? ""} onClick={onSearch}>
          {strings.search}
          <kbd>{mac ? "⌘K" : "Ctrl K"}</kbd>
        </Button>
        <IconButton icon="keys" label={strings.help} onClick={onHelp} />
        <Menu trigger={<IconButton icon={shown} label={strings.theme} />}>
          <MenuChoice
            label={strings.theme}
            value={chosen}
            choices={THEMES.map((t) => [t, strings.themes[t]])}
            onChoose={setTheme}
          />
        </Menu>
        <Menu trigger={<IconButton icon="user" label={session?.username ?? strings.account} />}>
          <MenuLabel>{session?.username ?? strings.account}</MenuLabel>
          {session?.via === "session" && (
            <>
              <MenuLine />
              <MenuItem onSelect={() => void leave()}>{strings.logOut}</MenuItem>
            </>
          )}
        </Menu>
      </div>
    </header>
  );
}
