import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { createExperiment } from "../../api/schema.gen";
import { TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../state/toasts";
import { strings } from "./strings";

export function NewExperiment({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const navigate = useNavigate();
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
  const submit = () => {
    create.mutate();
  };
  return (
    <FormDialog
      title={strings.create}
      submit={strings.create}
      disabled={!name || create.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.createFailed}
      problem={create.error}
    >
      <TextField label={strings.name} hint={strings.nameHint} value={name} onChange={setName} />
    </FormDialog>
  );
}
