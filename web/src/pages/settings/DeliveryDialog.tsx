import type { Delivery } from "../../api/schema.gen";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { duration } from "../../lib/time";
import { Scroll } from "./Scroll";
import styles from "./Settings.module.css";
import { strings } from "./webhookStrings";

interface DeliveryDialogProps {
  delivery: Delivery;
  onClose: () => void;
}

/** All requests of a delivery, and what is sent. */
export function DeliveryDialog({ delivery, onClose }: DeliveryDialogProps) {
  const { delivery_id, attempt_log: attempts = [], payload } = delivery;
  const { attemptHeads: heads } = strings;
  return (
    <Dialog title={strings.detailsOf(delivery_id.slice(0, 8))} onClose={onClose} wide>
      <div className={styles.details}>
        {attempts.length > 0 && (
          <Scroll label={strings.attempts}>
            <Table
              label={strings.attempts}
              heads={[
                { name: heads.when },
                { name: heads.took, align: "right" },
                { name: heads.status, align: "right" },
                { name: heads.problem },
              ]}
              rows={attempts}
              rowKey={({ started }) => String(started)}
              cells={(attempt) => [
                <Time key="w" at={attempt.started} />,
                duration(attempt.duration),
                attempt.status ?? strings.noAnswer,
                attempt.problem || "–",
              ]}
            />
          </Scroll>
        )}
        {payload && <Code label={strings.payload} text={pretty(payload)} />}
      </div>
    </Dialog>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
