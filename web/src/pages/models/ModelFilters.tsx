import { type Ref, useId, useState } from "react";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { SearchBox } from "../../components/Field";
import styles from "./Models.module.css";
import { stageColumns } from "./modelColumns";
import type { ModelsSearch } from "./route";
import { strings } from "./strings";

interface ModelFiltersProps {
  search: ModelsSearch;
  /** The stages that versions are in. */
  stages: readonly string[];
  owners: readonly string[];
  onChange: (part: ModelsSearch) => void;
  /** Goes to where a name is written. */
  ref: Ref<HTMLInputElement>;
}

/** By what the list of models is filtered: name, stage, owner, tag; and the metric that it shows. */
export function ModelFilters({ search, stages, owners, onChange, ref }: ModelFiltersProps) {
  const { q = "", folder, tag, stage, owner, metric } = search;
  return (
    <>
      <div className={styles.box}>
        <SearchBox
          ref={ref}
          label={strings.filter}
          value={q}
          onChange={(text) => onChange({ q: text || undefined })}
        />
      </div>
      <Choice
        label={strings.stageChoice}
        value={stage ?? ""}
        groups={options(strings.anyStage, stageColumns(stages), stage)}
        onChoose={(value) => onChange({ stage: value || undefined })}
      />
      <Choice
        label={strings.ownerChoice}
        value={owner ?? ""}
        groups={options(strings.anyOwner, owners, owner)}
        onChoose={(value) => onChange({ owner: value || undefined })}
      />
      {folder && (
        <Button className={styles.leave ?? ""} onClick={() => onChange({ folder: undefined })}>
          {strings.withoutFolder(folder)}
        </Button>
      )}
      {tag ? (
        <Button className={styles.leave ?? ""} onClick={() => onChange({ tag: undefined })}>
          {strings.withoutTag(...tag)}
        </Button>
      ) : (
        <TagBox onTag={(named) => onChange({ tag: named })} />
      )}
      {metric && (
        <Button onClick={() => onChange({ metric: undefined })}>
          {strings.withoutMetric(metric)}
        </Button>
      )}
    </>
  );
}

/** A tag as `key: value`, which counts when it is sent with Enter. */
function TagBox({ onTag }: { onTag: (tag: readonly [string, string]) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  return (
    <form
      className={styles.tag}
      onSubmit={(event) => {
        event.preventDefault();
        const [, key = "", value = ""] = /^([^:=]+?)\s*[:=]\s*(.*)$/.exec(text.trim()) ?? [];
        if (key) onTag([key, value]);
      }}
    >
      <label htmlFor={id}>{strings.tagBox}</label>
      <input
        id={id}
        value={text}
        placeholder={strings.tagHint}
        title={strings.tagTitle}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

/** No choice at all, what there is to choose from, and what the address names beside it. */
function options(none: string, known: readonly string[], chosen: string | undefined) {
  const values = new Set([...known, ...(chosen ? [chosen] : [])]);
  const named = [...values].map((value) => ({ value, text: value }));
  return [{ options: [{ value: "", text: none }, ...named] }];
}
