import { type ReactNode, useId, useState } from "react";
import { useUserNames } from "../../api/people";
import { Button } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { ACTIONS } from "../../lib/actions";
import styles from "./Audit.module.css";
import { type AuditSearch, localOf, stamp } from "./filter";
import { strings } from "./strings";

const CLEAR = {
  actor: undefined,
  token: undefined,
  address: undefined,
  action: undefined,
  object: undefined,
  why: undefined,
  since: undefined,
  until: undefined,
};

interface AuditFiltersProps {
  search: AuditSearch;
  onChange: (part: Partial<AuditSearch>) => void;
}

/** Who, what, about what, why and when: each counts when it is sent with Enter, or left. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const names = useUserNames().data ?? [];
  const { actor, token, address, action, object, why, since, until } = search;
  const filtered = actor || token || address || action || object || why || since || until;
  return (
    <search className={styles.filters} aria-label={strings.filters}>
      <Choice
        label={strings.actor}
        value={actor}
        choices={names}
        onChange={(text) => onChange({ actor: text })}
      />
      {token && (
        <Choice
          label={strings.token}
          value={token}
          choices={[]}
          onChange={(text) => onChange({ token: text })}
        />
      )}
      {address && (
        <Choice
          label={strings.address}
          value={address}
          choices={[]}
          onChange={(text) => onChange({ address: text })}
        />
      )}
      <Choice
        label={strings.action}
        value={action}
        choices={ACTIONS}
        hint={strings.actionHint}
        onChange={(text) => onChange({ action: text })}
      />
      <Choice
        label={strings.object}
        value={object}
        choices={[]}
        wide
        hint="model:wine, version:wine/2, run:…, user:ann"
        onChange={(text) => onChange({ object: text })}
      />
      <Choice
        label={strings.why}
        value={why}
        choices={[]}
        hint={strings.whyHint}
        onChange={(text) => onChange({ why: text })}
      />
      <Moment label={strings.from} value={since} onChange={(text) => onChange({ since: text })} />
      <Moment label={strings.to} value={until} onChange={(text) => onChange({ until: text })} />
      <Menu align="start" trigger={<Button>{strings.last}</Button>}>
        {strings.spans.map(([key, name, length]) => (
          <MenuItem
            key={key}
            onSelect={() => onChange({ since: stamp(Date.now() - length), until: undefined })}
          >
            {name}
          </MenuItem>
        ))}
      </Menu>
      {filtered && (
        <Button kind="quiet" onClick={() => onChange(CLEAR)}>
          {strings.clear}
        </Button>
      )}
    </search>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  choices: readonly string[];
  hint?: string;
  wide?: boolean;
  onChange: (text: string | undefined) => void;
}

function Choice({ label, value = "", choices, hint, wide, onChange }: ChoiceProps) {
  const list = useId();
  return (
    <Labelled label={label}>
      {(id) => (
        <>
          <Draft
            key={value}
            id={id}
            value={value}
            className={`${styles.input} ${wide ? styles.wide : ""}`}
            list={choices.length ? list : undefined}
            placeholder={hint}
            title={hint}
            onCommit={(text) => text !== value && onChange(text || undefined)}
          />
          <datalist id={list}>
            {choices.map((choice) => (
              <option key={choice} value={choice} />
            ))}
          </datalist>
        </>
      )}
    </Labelled>
  );
}

interface DraftProps {
  id: string;
  value: string;
  className: string;
  list: string | undefined;
  placeholder: string | undefined;
  title: string | undefined;
  onCommit: (text: string) => void;
}

function Draft({ value, onCommit, ...rest }: DraftProps) {
  const [text, setText] = useState(value);
  const commit = () => onCommit(text.trim());
  return (
    <input
      {...rest}
      value={text}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}

interface MomentProps {
  label: string;
  value: string | undefined;
  onChange: (text: string | undefined) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          className={styles.input}
          value={localOf(value)}
          onChange={({ target }) =>
            onChange(target.value ? stamp(new Date(target.value).getTime()) : undefined)
          }
        />
      )}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
