import { Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState } from "react";
import { KEPT } from "../lib/address";
import type { Query } from "../lib/search";
import { PLACES, searchOf } from "../nav";
import { announced } from "../state/announced";
import { folder } from "../state/folder";
import { useKeys } from "../state/keys";
import { keep, kept, useStore } from "../state/store";
import { setTheme, shade } from "../state/theme";
import { strings } from "../strings";
import { CommandPalette } from "./CommandPalette";
import { KeptView } from "./KeptView";
import { KeyHelp } from "./KeyHelp";
import { LogNotice } from "./LogNotice";
import { Rail } from "./Rail";
import styles from "./Shell.module.css";
import { Toasts } from "./Toasts";
import { TopBar } from "./TopBar";

/** What stands around every page. */
export function Shell() {
  const router = useRouter();
  const view = useLocation({ select: ({ search }) => (search as Query)[KEPT] });
  const [narrow, setNarrow] = useState(() => kept("narrow", false));
  const [open, setOpen] = useState<"palette" | "help" | undefined>();
  const close = () => setOpen(undefined);
  useKeys([
    {
      keys: "?",
      label: strings.keys.help,
      group: strings.keys.general,
      run: () => setOpen("help"),
    },
    {
      keys: "t",
      label: strings.keys.theme,
      group: strings.keys.general,
      run: () => setTheme(shade.get() === "dark" ? "light" : "dark"),
    },
    ...PLACES.map((place) => ({
      keys: place.keys,
      label: place.label,
      group: strings.keys.general,
      run: () => void router.navigate({ to: place.to, search: searchOf(place.to, folder.get()) }),
    })),
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen("palette");
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  // The page comes after what is around it, in parts that keep the browser for a moment only.
  const stands = useDeferredValue(true, false);
  const skip = () => document.getElementById("main")?.focus();
  return (
    <div className={`${styles.shell} ${narrow ? styles.narrow : ""}`}>
      <button type="button" className={styles.skip} onClick={skip}>
        {strings.skip}
      </button>
      <Rail
        narrow={narrow}
        onNarrow={(next) => {
          keep("narrow", next);
          setNarrow(next);
        }}
      />
      <div className={styles.side}>
        <TopBar onSearch={() => setOpen("palette")} onHelp={() => setOpen("help")} />
        <LogNotice />
        <main id="main" className={styles.main} tabIndex={-1} data-scroll-restoration-id="main">
          {stands && (view === undefined ? <Outlet /> : <KeptView id={String(view)} />)}
        </main>
      </div>
      {open === "palette" && <CommandPalette onClose={close} />}
      {open === "help" && <KeyHelp onClose={close} />}
      <Toasts />
      <Announced />
    </div>
  );
}

/** Reads aloud what has changed by itself. */
function Announced() {
  return (
    <p className="hidden" role="status">
      {useStore(announced)}
    </p>
  );
}
