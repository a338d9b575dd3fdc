import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { usePolicy } from "../../api/models";
import { useHolderAt } from "../../api/versions";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { exact } from "../../lib/time";
import styles from "./HeldOn.module.css";
import { modelRoute } from "./route";
import { strings } from "./strings";

/** Which version held a stage at a moment; the question stands in the address. */
export function HeldOn({ name }: { name: string }) {
  const { stage: asked, at: moment = "" } = modelRoute.useSearch();
  const navigate = useNavigate();
  const stages = (usePolicy(name).data?.stages ?? []).filter(
    (one) => one !== "None" && one !== "Archived",
  );
  const usual = stages.includes("Production") ? "Production" : (stages.at(-1) ?? "");
  const [stage, setStage] = useState(asked);
  const [at, setAt] = useState(moment);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({
      to: "/models/$name",
      params: { name },
      search: { tab: "history", stage: stage ?? usual, at },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <Panel title={strings.held.title}>
      <form className={styles.form} onSubmit={submit}>
        <Field label={strings.heads.stage}>
          {(field) => (
            <select
              {...field}
              value={stage ?? usual}
              onChange={({ target }) => setStage(target.value)}
            >
              {stages.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={strings.held.at}>
          {(field) => (
            <input
              {...field}
              type="datetime-local"
              step={1}
              value={at}
              onChange={({ target }) => setAt(target.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={!at || !(stage ?? usual)}>
          {strings.held.ask}
        </Button>
      </form>
      {asked && moment && <Answer name={name} stage={asked} at={moment} />}
    </Panel>
  );
}

function Answer({ name, stage, at }: { name: string; stage: string; at: string }) {
  const time = new Date(at).getTime();
  const known = Number.isFinite(time);
  const query = useHolderAt(name, stage, known ? String(time) : "");
  if (!known) return <ErrorNote title={strings.held.nobody} problem={strings.held.unread(at)} />;
  if (query.isError) return <ErrorNote title={strings.held.nobody} problem={query.error} />;
  if (!query.data) return <Skeleton lines={1} />;
  const { model_version, holding } = query.data;
  const { version } = model_version;
  return (
    <p className={styles.answer} role="status">
      <Link to="/models/$name/versions/$version" params={{ name, version }}>
        {strings.heads.version} {version}
      </Link>{" "}
      {strings.held.answer(
        stage,
        exact(time),
        exact(holding.since),
        holding.until ? exact(holding.until) : "",
      )}
    </p>
  );
}
