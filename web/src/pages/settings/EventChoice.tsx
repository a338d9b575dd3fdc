import { useState } from "react";
import { Check, Field } from "../../components/Field";
import { Segments } from "../../components/Segments";
import styles from "./Settings.module.css";
import { strings } from "./webhookStrings";

const OFFERED: readonly string[] = strings.groups.map(([action]) => action);

interface EventChoiceProps {
  /** Beginnings of actions; none means all. */
  chosen: readonly string[];
  onChoose: (actions: readonly string[]) => void;
}

/** Which events a webhook tells of. */
export function EventChoice({ chosen, onChoose }: EventChoiceProps) {
  const [every, setEvery] = useState(chosen.length === 0);
  const [some, setSome] = useState(chosen);
  const [other, setOther] = useState(chosen.filter((a) => !OFFERED.includes(a)).join(" "));
  const offered = some.filter((action) => OFFERED.includes(action));
  const tell = (all: boolean, actions: readonly string[], more: string) => {
    const typed = more.split(/[\s,]+/).filter(Boolean);
    setEvery(all);
    setSome(actions);
    setOther(more);
    onChoose(all ? [] : [...actions, ...typed]);
  };
  return (
    <fieldset className={styles.set}>
      <legend>{strings.events}</legend>
      <div>
        <Segments
          label={strings.events}
          value={every ? "all" : "some"}
          choices={[
            ["some", strings.some],
            ["all", strings.everyEvent],
          ]}
          onChoose={(value) => tell(value === "all", offered, other)}
        />
      </div>
      {!every && (
        <>
          <div className={styles.checks}>
            {strings.groups.map(([action, name]) => (
              <Check
                key={action}
                checked={offered.includes(action)}
                onChange={(on) =>
                  tell(
                    false,
                    on ? [...offered, action] : offered.filter((one) => one !== action),
                    other,
                  )
                }
              >
                {name}
              </Check>
            ))}
          </div>
          <Field label={strings.other} hint={strings.otherHint}>
            {(field) => (
              <input
                {...field}
                value={other}
                spellCheck={false}
                autoComplete="off"
                onChange={({ target }) => tell(false, offered, target.value)}
              />
            )}
          </Field>
        </>
      )}
    </fieldset>
  );
}
