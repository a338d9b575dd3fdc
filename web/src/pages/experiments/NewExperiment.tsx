import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { createExperiment } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { strings } from "./strings";

export function NewExperiment({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const navigate = useNavigate();
  const form = useId();
  const create = useMutation({
    mutationFn: () => call(createExperiment, { name }),
    onSuccess: ({ experiment_id }) => {
      void queries.invalidateQueries({ queryKey: ["experiments"] });
      say("good", strings.created(name));
      onClose();
      const params = { experimentId: experiment_id };
      void navigate({ to: "/experiments/$experimentId", params });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button kind="primary" type="submit" form={form} disabled={!name || create.isPending}>
        {strings.create}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.create} onClose={onClose} actions={actions}>
      <form id={form} onSubmit={submit}>
        <Field label={strings.name} hint={strings.nameHint}>
          {(field) => (
            <input {...field} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </form>
      {create.isError && <ErrorNote title={strings.createFailed} problem={create.error} />}
    </Dialog>
  );
}
