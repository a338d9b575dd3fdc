import { useMutation, useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { call } from "../../api/client";
import { then } from "../../api/edits";
import { useModelsNamed } from "../../api/models";
import {
  createModelVersion,
  createRegisteredModel,
  getLoggedModel,
  type Run,
  searchRegisteredModels,
} from "../../api/schema.gen";
import { Choice } from "../../components/Choice";
import { LinesField, TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { literal } from "../../lib/filter";
import { say } from "../../state/toasts";
import { tagOf } from "./facts";
import { strings as all } from "./strings";

const strings = all.register;
const MOST = 20;

/** What a version can be made of: where it is, and the id if it is a logged model. */
interface Source {
  readonly source: string;
  readonly text: string;
  readonly model_id?: string;
}

/** The models that a run has logged, the last first; by older clients as paths of its files. */
function useSources(run: Run): readonly Source[] {
  const ids = (run.outputs?.model_outputs ?? []).map((m) => m.model_id).slice(-MOST);
  const found = useQueries({
    queries: ids.map((model_id) => ({
      queryKey: ["logged model", model_id],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await call(getLoggedModel, { model_id }, signal)).model.info.name,
    })),
  });
  const logged = ids.map((model_id, i) => {
    const text = `${found[i]?.data ?? ""} ${model_id.slice(0, 14)}`.trim();
    return { source: `models:/${model_id}`, text, model_id };
  });
  if (logged.length) return logged.reverse();
  return pathsOf(run).map((path) => ({ source: `${run.info.artifact_uri}/${path}`, text: path }));
}

/** The paths that a client before MLflow 3 noted in a tag. */
function pathsOf(run: Run): readonly string[] {
  try {
    const noted: unknown = JSON.parse(tagOf(run, "mlflow.log-model.history") || "[]");
    if (!Array.isArray(noted)) return [];
    const paths = noted.map((one: { artifact_path?: unknown }) => String(one.artifact_path ?? ""));
    return [...new Set(paths.filter(Boolean))].reverse();
  } catch {
    return [];
  }
}

/** Registers a model of a run as the next version of a registered model, old or new. */
export function Register({ run, onClose }: { run: Run; onClose: () => void }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [path, setPath] = useState("model");
  const [description, setDescription] = useState("");
  const list = useId();
  const navigate = useNavigate();
  const known = useModelsNamed(name, MOST).data?.registered_models ?? [];
  const sources = useSources(run);
  const typed = { source: `${run.info.artifact_uri}/${path}` };
  const picked: Omit<Source, "text"> = sources.length
    ? (sources.find(({ source }) => source === chosen) ?? sources[0] ?? typed)
    : typed;
  const register = useMutation({
    mutationFn: () => then(submit(name.trim(), run.info.run_id, picked, description), ...OLD),
    onSuccess: (version) => {
      say("good", strings.done(name.trim(), version));
      onClose();
      const params = { name: name.trim(), version };
      void navigate({ to: "/models/$name/versions/$version", params });
    },
  });
  const isNew = name.trim() !== "" && !known.some((model) => model.name === name.trim());
  return (
    <FormDialog
      title={strings.title}
      submit={strings.submit}
      disabled={!name.trim() || (!sources.length && !path) || register.isPending}
      onSubmit={() => register.mutate()}
      onClose={onClose}
      failed={strings.failed}
      problem={register.error}
    >
      <TextField
        label={strings.name}
        hint={isNew ? strings.isNew : strings.nameHint}
        value={name}
        onChange={setName}
        list={list}
        data-first
      />
      <datalist id={list}>
        {known.map((model) => (
          <option key={model.name} value={model.name} />
        ))}
      </datalist>
      {sources.length > 1 && (
        <Choice
          label={strings.which}
          value={picked.source}
          groups={[{ options: sources.map(({ source, text }) => ({ value: source, text })) }]}
          onChoose={setChosen}
        />
      )}
      {!sources.length && (
        <TextField label={strings.path} hint={strings.pathHint} value={path} onChange={setPath} />
      )}
      <LinesField
        label={all.description}
        hint={strings.descriptionHint}
        rows={3}
        value={description}
        onChange={setDescription}
      />
    </FormDialog>
  );
}

const OLD = ["models", "model", "versions", "version", "run"];

async function submit(
  name: string,
  run_id: string,
  { source, model_id }: Omit<Source, "text">,
  description: string,
): Promise<string> {
  const filter = `name = ${literal(name)}`;
  const there = await call(searchRegisteredModels, { filter, max_results: 1 });
  if (!there.registered_models?.length) await call(createRegisteredModel, { name });
  const asked = { name, run_id, source, description, ...(model_id ? { model_id } : {}) };
  return (await call(createModelVersion, asked)).model_version.version;
}
