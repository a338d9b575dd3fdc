import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client";
import { then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import {
  deleteRegisteredModel,
  type RegisteredModel,
  renameRegisteredModel,
  updateRegisteredModel,
} from "../../api/schema.gen";
import { IconButton } from "../../components/Button";
import { TextDialog } from "../../components/EditDialog";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { RemoveDialog } from "../../components/RemoveDialog";
import { strings as shell } from "../../strings";
import { strings as all } from "./strings";

const strings = all.acts;
const OLD = ["models", "model", "versions", "version"];

/** What can be done with a registered model: describe it, rename it, delete it. */
export function ModelActions({ model }: { model: RegisteredModel }) {
  const [open, setOpen] = useState<"" | "text" | "name" | "delete">("");
  const { name } = model;
  const noEdit = useWhyNot(`model:${name}`, "CAN_EDIT");
  const noManage = useWhyNot(`model:${name}`, "CAN_MANAGE");
  const navigate = useNavigate();
  const close = () => setOpen("");
  const rename = async (new_name: string) => {
    await call(renameRegisteredModel, { name, new_name });
    const there = navigate({ to: "/models/$name", params: { name: new_name }, replace: true });
    await then(there, ...OLD); // the page of the old name is left first: it would ask for it
  };
  return (
    <>
      <Menu trigger={<IconButton icon="more" kind="plain" label={shell.actions} />}>
        <MenuItem why={noEdit} onSelect={() => setOpen("text")}>
          {strings.describe}
        </MenuItem>
        <MenuItem why={noManage} onSelect={() => setOpen("name")}>
          {strings.rename}
        </MenuItem>
        <MenuLine />
        <MenuItem danger why={noManage} onSelect={() => setOpen("delete")}>
          {strings.remove}
        </MenuItem>
      </Menu>
      {open === "text" && (
        <TextDialog
          title={strings.describe}
          label={all.heads.description}
          text={model.description ?? ""}
          lines
          empty
          failed={strings.failed}
          save={(description) => then(call(updateRegisteredModel, { name, description }), ...OLD)}
          onClose={close}
        />
      )}
      {open === "name" && (
        <TextDialog
          title={strings.rename}
          label={all.heads.name}
          hint={strings.renameHint}
          text={name}
          failed={strings.failed}
          save={rename}
          onClose={close}
        />
      )}
      {open === "delete" && <Delete name={name} onClose={close} />}
    </>
  );
}

function Delete({ name, onClose }: { name: string; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = async (comment: string) => {
    await call(deleteRegisteredModel, { name, comment });
    await then(navigate({ to: "/models" }), ...OLD);
  };
  return (
    <RemoveDialog
      title={strings.removeTitle(name)}
      text={strings.removeText}
      typed={name}
      failed={strings.notRemoved}
      said={strings.removed(name)}
      remove={remove}
      onClose={onClose}
    />
  );
}
