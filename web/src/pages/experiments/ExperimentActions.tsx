import { useState } from "react";
import { call } from "../../api/client";
import { NOTE, then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import {
  deleteExperiment,
  type Experiment,
  restoreExperiment,
  setExperimentTag,
  updateExperiment,
} from "../../api/schema.gen";
import { IconButton } from "../../components/Button";
import { EditDialog, TextDialog } from "../../components/EditDialog";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { strings as shell } from "../../strings";
import { strings as all } from "./strings";

const strings = all.acts;
const OLD = ["experiment", "experiments"];

/** What can be done with an experiment: rename it, describe it, archive it, restore it. */
export function ExperimentActions({ experiment }: { experiment: Experiment }) {
  const [open, setOpen] = useState<"" | "name" | "note" | "archive" | "restore">("");
  const { experiment_id, name, lifecycle_stage, tags = [] } = experiment;
  const object = `experiment:${experiment_id}`;
  const noEdit = useWhyNot(object, "CAN_EDIT");
  const noManage = useWhyNot(object, "CAN_MANAGE");
  const deleted = lifecycle_stage === "deleted";
  const unless = (why: string | undefined) => (deleted ? strings.isArchived : why);
  const about = { experiment_id };
  const close = () => setOpen("");
  return (
    <>
      <Menu trigger={<IconButton icon="more" kind="plain" label={shell.actions} />}>
        <MenuItem why={unless(noEdit)} onSelect={() => setOpen("name")}>
          {strings.rename}
        </MenuItem>
        <MenuItem why={unless(noEdit)} onSelect={() => setOpen("note")}>
          {strings.describe}
        </MenuItem>
        <MenuLine />
        {deleted ? (
          <MenuItem why={noManage} onSelect={() => setOpen("restore")}>
            {strings.restore}
          </MenuItem>
        ) : (
          <MenuItem danger why={noManage} onSelect={() => setOpen("archive")}>
            {strings.archive}
          </MenuItem>
        )}
      </Menu>
      {open === "name" && (
        <TextDialog
          title={strings.rename}
          label={all.name}
          hint={all.nameHint}
          text={name}
          failed={strings.failed}
          save={(new_name) => then(call(updateExperiment, { ...about, new_name }), ...OLD)}
          onClose={close}
        />
      )}
      {open === "note" && (
        <TextDialog
          title={strings.describe}
          label={strings.description}
          text={tags.find(({ key }) => key === NOTE)?.value ?? ""}
          lines
          empty
          failed={strings.failed}
          save={(value) => then(call(setExperimentTag, { ...about, key: NOTE, value }), ...OLD)}
          onClose={close}
        />
      )}
      {open === "archive" && (
        <EditDialog
          title={strings.archiveTitle(name)}
          submit={strings.archiveIt}
          danger
          failed={strings.failed}
          said={strings.archived(name)}
          save={() => then(call(deleteExperiment, about), ...OLD)}
          onClose={close}
        >
          <p>{strings.archiveText}</p>
        </EditDialog>
      )}
      {open === "restore" && <RestoreDialog experiment={experiment} onClose={close} />}
    </>
  );
}

interface RestoreDialogProps {
  experiment: Pick<Experiment, "experiment_id" | "name">;
  onClose: () => void;
}

/** Brings an archived experiment back, or says why one may not. */
export function RestoreDialog({ experiment, onClose }: RestoreDialogProps) {
  const { experiment_id, name } = experiment;
  return (
    <EditDialog
      title={strings.restoreTitle(name)}
      submit={strings.restoreIt}
      why={useWhyNot(`experiment:${experiment_id}`, "CAN_MANAGE")}
      failed={strings.failed}
      said={strings.restored(name)}
      save={() => then(call(restoreExperiment, { experiment_id }), ...OLD)}
      onClose={onClose}
    >
      <p>{strings.restoreText}</p>
    </EditDialog>
  );
}
