import { useState } from "react";
import { useExplanation, useHolder, useRollback } from "../../api/versions";
import { StageBadge } from "../../components/Badge";
import { Facts } from "../../components/Facts";
import { LinesField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { Loaded } from "../../components/Loaded";
import { Glass } from "./Glass";
import { Missing } from "./Missing";
import styles from "./MoveDialog.module.css";
import { strings } from "./strings";

interface RollbackDialogProps {
  name: string;
  stage: string;
  /** Where the present holder goes. */
  former: string | undefined;
  onClose: () => void;
}

/** Gives a stage back to the version that held it before; says which, and why. */
export function RollbackDialog({ name, stage, former = "Archived", onClose }: RollbackDialogProps) {
  const [reason, setReason] = useState("");
  const holder = useHolder(name, stage);
  const back = holder.data?.former ?? "";
  const now = holder.data?.model_version.version ?? "";
  const gate = useExplanation(name, back, stage).data;
  const [glass, setGlass] = useState(false);
  const breaks = glass && gate?.break_glass === true;
  const blocked = !breaks && (Boolean(gate?.refused) || (gate && gate.state !== "allowed"));
  const rollback = useRollback();
  const submit = () => {
    rollback.mutate(
      { name, stage, comment: reason.trim(), expected_holder: now, break_glass: breaks },
      {
        onSuccess: saying(strings.rollback.done(back, stage), onClose),
      },
    );
  };
  return (
    <FormDialog
      title={strings.rollback.title(stage)}
      submit={strings.rollback.submit}
      danger={breaks}
      disabled={!reason.trim() || !back || blocked || rollback.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.rollback.failed}
      problem={rollback.error}
    >
      <Loaded query={holder} failed={strings.rollback.readFailed} lines={2}>
        {() => (
          <>
            <Facts
              items={[
                [strings.rollback.now, `${strings.heads.version} ${now}`],
                [strings.rollback.back, back && `${strings.heads.version} ${back}`],
                [strings.move.to, <StageBadge key="s" stage={stage} />],
              ]}
            />
            {back ? (
              <p>{strings.rollback.leaves(now, former)}</p>
            ) : (
              <p className={styles.soft}>{strings.rollback.none}</p>
            )}
            <Gate refused={gate?.refused ?? ""} missing={gate?.missing ?? []} />
            {gate?.break_glass && <Glass checked={glass} onChange={setGlass} />}
          </>
        )}
      </Loaded>
      <LinesField
        label={strings.move.reason}
        hint={strings.move.reasonHint}
        required
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  );
}

/** What the version that comes back lacks: a rollback passes the same gate as every move. */
function Gate({ refused, missing = [] }: { refused?: string; missing?: readonly string[] }) {
  return (
    <>
      {refused && <p className={styles.soft}>{refused}</p>}
      <Missing texts={missing} />
    </>
  );
}
