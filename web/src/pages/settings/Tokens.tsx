import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { hurry } from "../../api/client";
import type { Token } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { useRevokeToken, useTokens } from "../../api/tokens";
import { Badge, type Tone } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { Segments } from "../../components/Segments";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { NewToken } from "./NewToken";
import { OpenNotice } from "./OpenNotice";
import { ReasonDialog } from "./ReasonDialog";
import { tokensRoute } from "./route";
import { Scroll } from "./Scroll";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.tokens;

/** The tokens that log programs in: one's own, or as an admin everybody's. */
export function Tokens() {
  const { all: everyone = false } = tokensRoute.useSearch();
  const { known, open, admin } = useRights();
  const navigate = useNavigate();
  useEffect(hurry, []); // who one is says what is to be asked
  const [making, setMaking] = useState(false);
  const shown = admin && everyone ? "*" : "";
  const query = useTokens(shown, known && !open);
  const choose = (value: "mine" | "all") =>
    void navigate({ to: "/settings/tokens", search: value === "all" ? { all: true } : {} });
  return (
    <div className={styles.part}>
      <div className={styles.intro}>
        <p>{strings.about}</p>
        {admin && !open && (
          <Segments
            label={strings.whose}
            value={shown ? "all" : "mine"}
            choices={[
              ["mine", strings.mine],
              ["all", strings.all],
            ]}
            onChoose={choose}
          />
        )}
        <ReasonButton
          kind="primary"
          why={open ? all.open.disabled : undefined}
          disabled={!known}
          onClick={() => setMaking(true)}
        >
          {strings.create}
        </ReasonButton>
      </div>
      <OpenNotice />
      {!known && <Skeleton lines={4} />}
      {known && !open && (
        <Loaded query={query} failed={strings.failed} lines={4}>
          {(tokens) => <TokenTable tokens={tokens} withUser={shown === "*"} />}
        </Loaded>
      )}
      {making && <NewToken onClose={() => setMaking(false)} />}
    </div>
  );
}

type State = "active" | "expired" | "revoked";
const TONES: Record<State, Tone> = { active: "good", expired: "plain", revoked: "bad" };

function stateOf({ revoked, expires }: Token): State {
  if (revoked) return "revoked";
  return expires <= Date.now() ? "expired" : "active";
}

function TokenTable({ tokens, withUser }: { tokens: readonly Token[]; withUser: boolean }) {
  const [leaving, setLeaving] = useState<Token>();
  const revoke = useRevokeToken();
  const { heads } = strings;
  const user = withUser ? [{ name: heads.user }] : [];
  return (
    <Panel title={all.tabs.tokens} bare flush>
      {tokens.length ? (
        <Scroll label={all.tabs.tokens}>
          <Table
            label={all.tabs.tokens}
            heads={[
              { name: heads.name },
              ...user,
              { name: heads.scopes },
              { name: heads.created },
              { name: heads.expires },
              { name: heads.used },
              { name: heads.state },
              { name: heads.actions, align: "right" },
            ]}
            rows={tokens}
            rowKey={({ token_id }) => token_id}
            cells={(token) => {
              const state = stateOf(token);
              return [
                <span key="n" className={styles.name} title={token.token_id}>
                  {token.name}
                </span>,
                ...(withUser ? [token.username] : []),
                scopeText(token.scopes),
                <Time key="c" at={token.created} />,
                <Time key="e" at={token.expires} />,
                token.last_used ? <Time key="u" at={token.last_used} /> : strings.never,
                <Badge key="s" tone={TONES[state]}>
                  {strings.states[state]}
                </Badge>,
                <div key="a" className={styles.end}>
                  <Link to="/audit" search={{ token: token.token_id }} title={strings.didTitle}>
                    {strings.did}
                  </Link>
                  {state === "active" && (
                    <Button kind="danger" onClick={() => setLeaving(token)}>
                      {strings.revoke}
                    </Button>
                  )}
                </div>,
              ];
            }}
          />
        </Scroll>
      ) : (
        <Empty title={strings.none}>
          <p>{strings.noneText}</p>
        </Empty>
      )}
      {leaving && (
        <ReasonDialog
          title={strings.revokeTitle(leaving.name)}
          text={strings.revokeText}
          action={strings.revoke}
          danger
          failed={strings.revokeFailed}
          done={strings.revoked(leaving.name)}
          run={(comment) => revoke.mutateAsync({ token_id: leaving.token_id, comment })}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Panel>
  );
}

function scopeText(scopes: readonly string[]): string {
  const key = [...scopes].sort().join(" ");
  return (strings.scopes as Record<string, string>)[key] ?? scopes.join(", ");
}
