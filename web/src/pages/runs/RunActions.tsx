import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { call } from "../../api/client";
import { NOTE, then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import type { ShownRun } from "../../api/runs";
import { deleteRun, restoreRun, setTag, updateRun } from "../../api/schema.gen";
import { Button, IconButton } from "../../components/Button";
import { TextDialog } from "../../components/EditDialog";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { PARENT, tagOf } from "./facts";
import { strings as all } from "./strings";

const strings = all.acts;
const CloneDialog = lazy(() => import("./CloneDialog").then((m) => ({ default: m.CloneDialog })));
const Register = lazy(() => import("./Register").then((m) => ({ default: m.Register })));

/** What can be done with a run: register its model, compare, clone, rename, delete it and so on. */
export function RunActions({ run }: { run: ShownRun }) {
  const [open, setOpen] = useState<"" | "name" | "note" | "register" | "clone">("");
  const { run_id, run_name, experiment_id, lifecycle_stage } = run.info;
  const object = `experiment:${experiment_id}`;
  const noEdit = useWhyNot(object, "CAN_EDIT");
  const noManage = useWhyNot(object, "CAN_MANAGE");
  const deleted = lifecycle_stage === "deleted";
  const close = () => setOpen("");
  const about = { run_id };
  const navigate = useNavigate();
  const compare = () => {
    const params = { experimentId: experiment_id };
    // Nested ones would be folded away.
    const search = { sel: run_id, ...(tagOf(run, PARENT) && { nest: "flat" as const }) };
    void navigate({ to: "/experiments/$experimentId", params, search });
  };
  return (
    <>
      {!deleted && <Button onClick={() => setOpen("register")}>{strings.register}</Button>}
      <Menu trigger={<IconButton icon="more" kind="plain" label={shell.actions} />}>
        <MenuItem why={deleted ? strings.isDeleted : undefined} onSelect={compare}>
          {strings.compare}
        </MenuItem>
        <MenuItem why={deleted ? strings.isDeleted : noEdit} onSelect={() => setOpen("clone")}>
          {strings.clone}
        </MenuItem>
        <MenuLine />
        <MenuItem why={deleted ? strings.isDeleted : noEdit} onSelect={() => setOpen("name")}>
          {strings.rename}
        </MenuItem>
        <MenuItem why={deleted ? strings.isDeleted : noEdit} onSelect={() => setOpen("note")}>
          {strings.describe}
        </MenuItem>
        <MenuLine />
        {deleted ? (
          <MenuItem why={noManage} onSelect={() => void restore(run_id)}>
            {strings.restore}
          </MenuItem>
        ) : (
          <MenuItem danger why={noManage} onSelect={() => void remove(run_id)}>
            {strings.remove}
          </MenuItem>
        )}
      </Menu>
      {open === "name" && (
        <TextDialog
          title={strings.rename}
          label={strings.name}
          text={run_name ?? ""}
          failed={strings.failed}
          save={(name) => then(call(updateRun, { ...about, run_name: name }), "run", "runs")}
          onClose={close}
        />
      )}
      {open === "note" && (
        <TextDialog
          title={strings.describe}
          label={all.description}
          hint={strings.markdown}
          text={tagOf(run, NOTE)}
          lines
          empty
          failed={strings.failed}
          save={(value) => then(call(setTag, { ...about, key: NOTE, value }), "run", "runs")}
          onClose={close}
        />
      )}
      {open === "clone" && (
        <Suspense>
          <CloneDialog run={run} onClose={close} />
        </Suspense>
      )}
      {open === "register" && (
        <Suspense>
          <Register run={run} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

async function act(work: Promise<unknown>): Promise<boolean> {
  try {
    await then(work, "run", "runs");
    return true;
  } catch (problem) {
    say("bad", strings.failed, problem instanceof Error ? problem.message : undefined);
    return false;
  }
}

async function remove(run_id: string): Promise<void> {
  const undo = { label: strings.undo, run: () => void restore(run_id) };
  if (await act(call(deleteRun, { run_id }))) say("good", strings.removed, undefined, undo);
}

async function restore(run_id: string): Promise<void> {
  if (await act(call(restoreRun, { run_id }))) say("good", strings.restored);
}
