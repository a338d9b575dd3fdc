import { serverUrl } from "../../api/client";
import { useLoadDemo } from "../../api/demo";
import { useRights } from "../../api/session";
import { Button } from "../../components/Button";
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
        <LoadDemo />
      </div>
    </Panel>
  );
}

/** The way to see a whole story first. */
function LoadDemo() {
  const { known, admin } = useRights();
  const load = useLoadDemo(strings.demoLoaded, strings.demoFailed);
  return (
    <>
      <p className={styles.soft}>{strings.demo}</p>
      <div>
        <Button
          icon="download"
          why={known && !admin ? strings.adminOnly : undefined}
          disabled={load.isPending}
          onClick={() => load.mutate()}
        >
          {load.isPending ? strings.demoLoading : strings.loadDemo}
        </Button>
      </div>
      {load.isPending && <p role="status">{strings.demoComing}</p>}
    </>
  );
}
