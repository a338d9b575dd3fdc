import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useCloseEmergency, useEmergencies } from "../../api/requests";
import type { Emergency } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { LinesField } from "../../components/Field";
import { Filtered } from "../../components/Filtered";
import { FormDialog, saying } from "../../components/FormDialog";
import { Icon } from "../../components/Icon";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import lists from "./Approvals.module.css";
import styles from "./Emergencies.module.css";
import { strings } from "./emergencyStrings";
import { NothingAsked } from "./NothingAsked";

export function isOpen(emergency: Emergency): boolean {
  return !emergency.closed_timestamp;
}

/** Moves past a review, of one model or of all, the open ones first. */
export function Emergencies({ model, onClear }: { model: string; onClear: () => void }) {
  const query = useEmergencies(model);
  return (
    <Loaded query={query} failed={strings.failed} lines={6}>
      {(found) => (
        <Panel title={strings.title} bare flush>
          {found.length ? (
            <ul className={lists.list} aria-label={strings.title}>
              {[...found.filter(isOpen), ...found.filter((one) => !isOpen(one))].map((one) => (
                <Row key={one.id} emergency={one} />
              ))}
            </ul>
          ) : model ? (
            <EmergenciesFiltered model={model} onClear={onClear} />
          ) : (
            <NothingAsked tab="emergencies" />
          )}
        </Panel>
      )}
    </Loaded>
  );
}

function EmergenciesFiltered({ model, onClear }: { model: string; onClear: () => void }) {
  return (
    <Filtered
      title={strings.noneOf(model)}
      without={useEmergencies().data?.length}
      said={strings.hidden}
      clear={strings.allModels}
      onClear={onClear}
    />
  );
}

function Row({ emergency }: { emergency: Emergency }) {
  const { name, version, stage } = emergency;
  const open = isOpen(emergency);
  return (
    <li className={lists.row}>
      <div className={lists.head}>
        <Link
          to="/models/$name/versions/$version"
          params={{ name, version }}
          className={lists.open}
        >
          {strings.whatOf(name, version, stage)}
        </Link>
        <Badge tone={open ? "bad" : "plain"}>{open ? strings.open : strings.closed}</Badge>
        <span className={lists.when}>
          <Time at={emergency.creation_timestamp} />
        </span>
      </div>
      <p className={lists.why}>{emergency.comment}</p>
      <div className={lists.line}>
        <Avatar name={emergency.user_id} />
        {open ? (
          <CloseButton emergency={emergency} />
        ) : (
          <>
            <span className={lists.soft}>{strings.closedBy}</span>
            <Avatar name={emergency.closed_by} />
            <span className={lists.soft}>{emergency.conclusion}</span>
          </>
        )}
      </div>
    </li>
  );
}

/** What everybody must see: a model's, or one version's, moves past a review that are open. */
export function OpenEmergencies({ name, version }: { name: string; version?: string }) {
  const id = useId();
  const found = (useEmergencies(name).data ?? []).filter(
    (one) => isOpen(one) && (version === undefined || one.version === version),
  );
  if (!found.length) return null;
  return (
    <section className={styles.open} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        <Icon name="warn" /> {strings.openTitle}
      </h2>
      <ul className={styles.list}>
        {found.map((one) => (
          <li key={one.id} className={styles.one}>
            <div className={styles.what}>
              <p className={styles.strong}>{strings.what(one.version, one.stage)}</p>
              <p className={styles.text}>{one.comment}</p>
              <p className={styles.line}>
                <Avatar name={one.user_id} />
                <Time at={one.creation_timestamp} />
              </p>
            </div>
            <CloseButton emergency={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CloseButton({ emergency }: { emergency: Emergency }) {
  const [closing, setClosing] = useState(false);
  const refused = emergency.refused ?? "";
  if (refused) return <p className={styles.refused}>{refused}</p>;
  return (
    <>
      <Button onClick={() => setClosing(true)}>{strings.close}</Button>
      {closing && <CloseDialog emergency={emergency} onClose={() => setClosing(false)} />}
    </>
  );
}

interface CloseDialogProps {
  emergency: Emergency;
  onClose: () => void;
}

function CloseDialog({ emergency, onClose }: CloseDialogProps) {
  const [conclusion, setConclusion] = useState("");
  const close = useCloseEmergency();
  const { id, name, version, stage, comment } = emergency;
  const submit = () =>
    close.mutate(
      { id, comment: conclusion.trim() },
      { onSuccess: saying(strings.closedToast, onClose) },
    );
  return (
    <FormDialog
      title={strings.closeTitle}
      submit={strings.closeSubmit}
      disabled={!conclusion.trim() || close.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.closeFailed}
      problem={close.error}
    >
      <p>{strings.whatOf(name, version, stage)}</p>
      <p className={styles.text}>{comment}</p>
      <p>{strings.closeText}</p>
      <LinesField
        label={strings.conclusion}
        hint={strings.conclusionHint}
        required
        value={conclusion}
        onChange={setConclusion}
      />
    </FormDialog>
  );
}
