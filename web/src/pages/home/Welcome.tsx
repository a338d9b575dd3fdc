import { serverUrl } from "../../api/client";
import { Code } from "../../components/Code";
import { Panel } from "../../components/Panel";
import { Panels } from "../../components/Panels";
import styles from "./Home.module.css";
import { snippets } from "./snippets";
import { strings } from "./strings";

/** What an empty store shows: how to put something into it. */
export function Welcome() {
  return (
    <Panel title={strings.welcome}>
      <div className={styles.welcome}>
        <p className={styles.soft}>{strings.welcomeText}</p>
        <Panels
          label={strings.snippets}
          panels={snippets(serverUrl).map(({ name, text }) => ({
            name,
            content: <Code text={text} label={name} />,
          }))}
        />
        <p className={styles.soft}>{strings.demo}</p>
        <Code text="cuvee demo" label={strings.demo} />
      </div>
    </Panel>
  );
}
