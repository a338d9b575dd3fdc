import { useId, useState } from "react";
import { useModelsNamed } from "../../api/models";
import { Button } from "../../components/Button";
import styles from "./Approvals.module.css";
import { strings } from "./strings";

const MOST = 20; // names that are offered

interface ModelFilterProps {
  /** The model whose requests are shown; empty for all. */
  model: string;
  onChoose: (name: string) => void;
}

/** The model whose requests are shown: it counts when one that is offered is taken, or with Enter. */
export function ModelFilter({ model, onChoose }: ModelFilterProps) {
  const [text, setText] = useState(model);
  const [asked, setAsked] = useState(false); // names are only asked for when somebody writes
  const id = useId();
  const offered = useModelsNamed(text, MOST, asked).data?.registered_models ?? [];
  return (
    <search>
      <form
        className={styles.filter}
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(text.trim());
        }}
      >
        <label htmlFor={id}>{strings.model}</label>
        <input
          id={id}
          list={`${id}-names`}
          value={text}
          placeholder={strings.allModels}
          spellCheck={false}
          autoComplete="off"
          onFocus={() => setAsked(true)}
          onChange={({ target }) => {
            setText(target.value);
            if (offered.some(({ name }) => name === target.value)) onChoose(target.value);
          }}
        />
        <datalist id={`${id}-names`}>
          {offered.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {model && (
          <Button kind="quiet" onClick={() => onChoose("")}>
            {strings.allModels}
          </Button>
        )}
      </form>
    </search>
  );
}
