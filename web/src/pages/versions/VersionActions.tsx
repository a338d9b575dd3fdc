import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client";
import { useDeploymentsOf } from "../../api/deployments";
import { then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import { usePolicy } from "../../api/models";
import { useRequestsOf } from "../../api/requests";
import {
  deleteModelVersion,
  deleteRegisteredModelAlias,
  type ModelVersion,
  setRegisteredModelAlias,
  updateModelVersion,
} from "../../api/schema.gen";
import { useVersionsOf } from "../../api/versions";
import { Button, IconButton } from "../../components/Button";
import { TextDialog } from "../../components/EditDialog";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../components/Menu";
import { RemoveDialog } from "../../components/RemoveDialog";
import { strings as shell } from "../../strings";
import { MoveDialog } from "../models/MoveDialog";
import { strings as all } from "./strings";

const strings = all.acts;
const OLD = ["version", "versions", "model", "models"];
const MOST = 3; // places that are named

/** What can be done with a version: move it, describe it, point aliases at it, delete it. */
export function VersionActions({ version }: { version: ModelVersion }) {
  const [open, setOpen] = useState<"" | "text" | "alias" | "delete">("");
  const { name, version: number, aliases = [] } = version;
  const noEdit = useWhyNot(`model:${name}`, "CAN_EDIT");
  const noManage = useWhyNot(`model:${name}`, "CAN_MANAGE");
  const close = () => setOpen("");
  const about = { name, version: number };
  return (
    <>
      <Move version={version} />
      <Menu trigger={<IconButton icon="more" kind="plain" label={shell.actions} />}>
        <MenuItem why={noEdit} onSelect={() => setOpen("text")}>
          {strings.describe}
        </MenuItem>
        <MenuItem why={noEdit} onSelect={() => setOpen("alias")}>
          {strings.alias}
        </MenuItem>
        {aliases.map((alias) => (
          <MenuItem
            key={alias}
            why={noEdit}
            onSelect={() => void then(call(deleteRegisteredModelAlias, { name, alias }), ...OLD)}
          >
            {strings.dropAlias(alias)}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem danger why={noManage} onSelect={() => setOpen("delete")}>
          {strings.remove}
        </MenuItem>
      </Menu>
      {open === "text" && (
        <TextDialog
          title={strings.describe}
          label={all.description}
          text={version.description ?? ""}
          lines
          empty
          failed={strings.failed}
          save={(description) => then(call(updateModelVersion, { ...about, description }), ...OLD)}
          onClose={close}
        />
      )}
      {open === "alias" && (
        <TextDialog
          title={strings.alias}
          label={strings.aliasName}
          hint={strings.aliasHint}
          text=""
          failed={strings.failed}
          save={(alias) => then(call(setRegisteredModelAlias, { ...about, alias }), ...OLD)}
          onClose={close}
        />
      )}
      {open === "delete" && <Delete version={version} onClose={close} />}
    </>
  );
}

/** The stages that a version can be moved to; the dialog says what that takes. */
function Move({ version }: { version: ModelVersion }) {
  const { name } = version;
  const [stage, setStage] = useState("");
  const policy = usePolicy(name).data;
  const versions = useVersionsOf(name).data ?? [];
  const requests = useRequestsOf(name).data ?? [];
  const others = (policy?.stages ?? []).filter((one) => one !== version.current_stage);
  return (
    <>
      <Menu trigger={<Button kind="primary">{strings.move}</Button>}>
        <MenuLabel>{strings.moveTo}</MenuLabel>
        {others.map((one) => (
          <MenuItem key={one} onSelect={() => setStage(one)}>
            {one}
          </MenuItem>
        ))}
      </Menu>
      {stage && (
        <MoveDialog
          name={name}
          version={version}
          stage={stage}
          held={versions.filter((v) => v.current_stage === stage)}
          policy={policy?.policy?.stages.find((s) => s.name === stage)}
          requests={requests.filter((r) => r.version === version.version)}
          onClose={() => setStage("")}
        />
      )}
    </>
  );
}

function Delete({ version, onClose }: { version: ModelVersion; onClose: () => void }) {
  const navigate = useNavigate();
  const { name, version: number, current_stage } = version;
  const places = useDeploymentsOf(name, number).data ?? [];
  const holds = current_stage !== "None" && current_stage !== "Archived";
  const uses = [
    ...(holds ? [strings.holds(current_stage)] : []),
    ...places.slice(0, MOST).map(({ target }) => strings.runs(target)),
  ];
  const remove = async (comment: string, force: boolean) => {
    const asked = { name, version: number, comment, ...(force ? { force } : {}) };
    await call(deleteModelVersion, asked);
    await then(navigate({ to: "/models/$name", params: { name } }), ...OLD);
  };
  return (
    <RemoveDialog
      title={strings.removeTitle(number)}
      text={strings.removeText}
      typed={`${name}/${number}`}
      force={uses.length > 0 ? strings.force(uses) : undefined}
      failed={strings.notRemoved}
      said={strings.removed(number)}
      remove={remove}
      onClose={onClose}
    />
  );
}
