import { Check } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import { keysOn, setKeysOn } from "../../state/keys";
import { useStore } from "../../state/store";
import { setTheme, THEMES, theme } from "../../state/theme";
import { strings as shell } from "../../strings";
import styles from "./Settings.module.css";
import { strings } from "./strings";

/** How the UI looks and listens in this browser. */
export function Appearance() {
  const chosen = useStore(theme);
  const on = useStore(keysOn);
  return (
    <div className={styles.part}>
      <p className={styles.soft}>{strings.appearance.about}</p>
      <Panel title={strings.appearance.theme}>
        <Segments
          label={strings.appearance.theme}
          value={chosen}
          choices={THEMES.map((t) => [t, shell.themes[t]] as const)}
          onChoose={setTheme}
        />
      </Panel>
      <Panel title={strings.appearance.keys}>
        <Check checked={on} onChange={setKeysOn}>
          {strings.appearance.keysOn}
        </Check>
      </Panel>
    </div>
  );
}
