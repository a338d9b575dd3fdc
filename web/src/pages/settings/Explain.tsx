import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { type ExplanationAsked, explanationQuery } from "../../api/grants";
import { useUserNames } from "../../api/people";
import { useRights } from "../../api/session";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { GrantTable } from "./GrantTable";
import { LevelField } from "./LevelField";
import { ObjectField } from "./ObjectField";
import { strings as all } from "./permissionStrings";
import { LEVELS, type PermissionsSearch } from "./route";
import styles from "./Settings.module.css";

const strings = all.explain;

interface ExplainProps {
  search: PermissionsSearch;
  onChange: (part: Partial<PermissionsSearch>) => void;
}

/** Says why someone has, or lacks, a level on an object; the question stands in the address. */
export function Explain({ search, onChange }: ExplainProps) {
  const { name } = useRights();
  const users = useUserNames().data ?? [];
  const { who = "", level = "CAN_READ", object = "", stage = "" } = search;
  const [asked, setAsked] = useState({ who, level, object, stage });
  const list = useId();
  const set = (part: Partial<typeof asked>) => setAsked({ ...asked, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange({
      who: asked.who.trim() || undefined,
      level: asked.level,
      object: asked.object.trim(),
      stage: asked.stage.trim() || undefined,
    });
  };
  return (
    <Panel title={strings.title}>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.row}>
          <Field label={strings.who} hint={strings.whoHint}>
            {(field) => (
              <>
                <input
                  {...field}
                  list={list}
                  placeholder={name}
                  autoComplete="off"
                  value={asked.who}
                  onChange={({ target }) => set({ who: target.value })}
                />
                <datalist id={list}>
                  {users.map((user) => (
                    <option key={user} value={user} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <LevelField
            label={strings.level}
            value={asked.level}
            levels={LEVELS}
            onChange={(next) => set({ level: next })}
          />
          <ObjectField
            label={strings.object}
            hint={strings.objectHint}
            value={asked.object}
            onChange={(next) => set({ object: next })}
          />
          <Field label={strings.stage} hint={strings.stageHint}>
            {(field) => (
              <input
                {...field}
                value={asked.stage}
                autoComplete="off"
                onChange={({ target }) => set({ stage: target.value })}
              />
            )}
          </Field>
        </div>
        <div>
          <Button type="submit" kind="primary" disabled={!asked.object.trim()}>
            {strings.ask}
          </Button>
        </div>
      </form>
      {object && <Answer asked={{ object, permission: level, user: who, stage }} />}
    </Panel>
  );
}

function Answer({ asked }: { asked: ExplanationAsked }) {
  const query = useQuery({
    ...explanationQuery({
      ...asked,
      user: asked.user || undefined,
      stage: asked.stage || undefined,
    }),
  });
  return (
    <div className={styles.answer} role="status">
      <Loaded query={query} failed={strings.failed} lines={3}>
        {({ allowed, user, permission, object, because, next, grants = [] }) => (
          <>
            <p className={allowed ? styles.yes : styles.no}>
              {(allowed ? strings.yes : strings.no)(user, permission, object)}
            </p>
            <p>{because}</p>
            {next && <p>{next}</p>}
            {grants.length > 0 && (
              <div>
                <h3>{strings.grants}</h3>
                <GrantTable label={strings.grants} grants={grants} />
              </div>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
