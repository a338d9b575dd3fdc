import { type FormEvent, type ReactNode, useId, useState } from "react";
import { type GrantsAsked, useGrants, useManaged } from "../../api/grants";
import { useGroups, useUserNames } from "../../api/people";
import type { Grant } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { GrantTable } from "./GrantTable";
import { ObjectField } from "./ObjectField";
import { strings as all } from "./permissionStrings";
import { RevokeDialog } from "./RevokeDialog";
import type { PermissionsSearch } from "./route";
import styles from "./Settings.module.css";

const strings = all.list;

interface GrantsProps {
  search: PermissionsSearch;
  onChange: (part: Partial<PermissionsSearch>) => void;
  actions: ReactNode;
}

/** `user:ann` or `group:risk` as the call takes them; a name alone is a user's. */
function whose(text: string): GrantsAsked {
  const [noun, ...rest] = text.split(":");
  const name = rest.join(":");
  if (!text) return {};
  if (noun === "group") return { group: name };
  return { user: noun === "user" && name ? name : text };
}

/** What was given: to whom, or on what; and taking it back. */
export function Grants({ search, onChange, actions }: GrantsProps) {
  const { of = "", on = "" } = search;
  const { admin } = useRights();
  const query = useGrants({ ...whose(of), object: on || undefined });
  const managed = useManaged((query.data ?? []).map(({ object }) => object));
  const [leaving, setLeaving] = useState<Grant>();
  const filtered = Boolean(of || on);
  const why = (grant: Grant) => (managed.has(grant.object) ? undefined : strings.notYours);
  return (
    <Panel title={strings.title} count={query.data?.length} actions={actions} flush>
      <GrantFilter key={`${of} ${on}`} of={of} on={on} onChange={onChange} />
      <Loaded query={query} failed={strings.failed} lines={4}>
        {(grants) =>
          grants.length ? (
            <GrantTable
              label={strings.title}
              grants={grants}
              actions={(grant) => (
                <ReasonButton kind="danger" why={why(grant)} onClick={() => setLeaving(grant)}>
                  {strings.revoke}
                </ReasonButton>
              )}
            />
          ) : (
            <Empty title={filtered ? strings.noneFits : strings.none}>
              {!filtered && admin && <p>{strings.noneText}</p>}
            </Empty>
          )
        }
      </Loaded>
      {leaving && <RevokeDialog grant={leaving} onClose={() => setLeaving(undefined)} />}
    </Panel>
  );
}

interface GrantFilterProps {
  of: string;
  on: string;
  onChange: (part: Partial<PermissionsSearch>) => void;
}

function GrantFilter({ of, on, onChange }: GrantFilterProps) {
  const [asked, setAsked] = useState({ of, on });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange({ of: asked.of.trim() || undefined, on: asked.on.trim() || undefined });
  };
  return (
    <form className={`${styles.row} ${styles.filter}`} onSubmit={submit}>
      <WhoseField
        label={strings.of}
        value={asked.of}
        onChange={(next) => setAsked({ ...asked, of: next })}
      />
      <ObjectField
        label={strings.on}
        hint={strings.onHint}
        value={asked.on}
        onChange={(next) => setAsked({ ...asked, on: next })}
      />
      <Button type="submit">{strings.show}</Button>
      {(of || on) && (
        <Button kind="quiet" onClick={() => onChange({ of: undefined, on: undefined })}>
          {strings.clear}
        </Button>
      )}
    </form>
  );
}

interface WhoseFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A user or a group, as `user:ann` or `group:risk`. */
export function WhoseField({ label, value, onChange }: WhoseFieldProps) {
  const users = useUserNames().data ?? [];
  const groups = useGroups().data ?? [];
  const list = useId();
  const choices = [
    ...users.map((name) => `user:${name}`),
    ...["everyone", ...groups.map(({ name }) => name)].map((name) => `group:${name}`),
  ];
  return (
    <Field label={label} hint={strings.ofHint}>
      {(field) => (
        <>
          <input
            {...field}
            list={list}
            value={value}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id={list}>
            {choices.map((choice) => (
              <option key={choice} value={choice} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

export { whose };
