import { useState } from "react";
import { serverUrl } from "../../api/client";
import type { ModelVersion } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { Choice } from "../../components/Choice";
import { Code } from "../../components/Code";
import { Panel } from "../../components/Panel";
import { Panels } from "../../components/Panels";
import { type Address, addressesOf, snippets, uriOf } from "./snippets";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

interface UseItProps {
  version: ModelVersion;
  example: boolean;
  /** Files that are pickles, by their names. */
  pickles: readonly string[];
}

/** Code that loads or asks for the version, with this server's address filled in. */
export function UseIt({ version, example, pickles }: UseItProps) {
  const addresses = addressesOf(version);
  const [chosen, setChosen] = useState("");
  const { known, open } = useRights();
  const { name } = version;
  const by = addresses.find((one) => uriOf(name, one) === chosen) ?? (addresses[0] as Address);
  const stored = Boolean(version.digest);
  const login = known && !open;
  const use = { server: serverUrl, login, name, version: version.version, stored, example };
  const options = addresses.map((one) => ({
    value: uriOf(name, one),
    text: strings.addresses[one.kind](one.value),
  }));
  return (
    <Panel title={strings.use}>
      <div className={styles.use}>
        <Choice
          label={strings.by}
          value={uriOf(name, by)}
          groups={[{ options }]}
          onChoose={setChosen}
        />
        <p className={styles.soft}>{strings.means[by.kind](by.value)}</p>
        <Panels
          key={by.kind}
          label={strings.snippets}
          panels={snippets(use, by).map(({ name, text }) => ({
            name,
            content: <Code text={text} label={name} />,
          }))}
        />
        {!stored && version.source && (
          <p className={styles.soft}>{strings.elsewhere(version.source)}</p>
        )}
        {pickles.length > 0 && <p className={styles.soft}>{strings.pickled(pickles)}</p>}
      </div>
    </Panel>
  );
}
