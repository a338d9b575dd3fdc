import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Field } from "../../components/Field";
import {
  type HeaderRow,
  headerProblems,
  headersChanged,
  headersOf,
  keptRows,
  MOST_HEADERS,
  oneMore,
} from "../../lib/hookHeaders";
import styles from "./Settings.module.css";
import { strings } from "./webhookStrings";

/** The headers of a webhook while they are edited; `moved` when none of its values stays. */
export function useHeaderRows(names: readonly string[], moved = false) {
  const [rows, setRows] = useState<readonly HeaderRow[]>(() => keptRows(names));
  const [tried, setTried] = useState(0);
  return {
    rows,
    setRows,
    tried,
    problems: headerProblems(rows, moved, tried > 0),
    headers: headersChanged(rows, names) ? headersOf(rows) : undefined,
    /** Say whether they can be sent; if not, show what is wrong. */
    check() {
      const found = headerProblems(rows, moved, true);
      const good = found.every(({ name, value }) => !name && !value);
      if (!good) setTried(tried + 1);
      return good;
    },
  };
}

/** Names and values of headers; a value that a webhook has is not shown, and may be written anew. */
export function HeaderRows({ rows, setRows, tried, problems }: ReturnType<typeof useHeaderRows>) {
  const set = useRef<HTMLFieldSetElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (tried) set.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [tried]);
  const write = (id: number, part: Partial<HeaderRow>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const said = strings.headerProblems;
  return (
    <fieldset ref={set} className={styles.set}>
      <legend>{strings.headers}</legend>
      <p className={styles.soft}>{strings.headersHint}</p>
      {rows.map((row, i) => {
        const { name, value } = problems[i] ?? {};
        return (
          <div key={row.id} className={styles.row}>
            <Field label={strings.headerName(i + 1)} problem={name && said[name]}>
              {(field) => (
                <input
                  {...field}
                  value={row.name}
                  readOnly={row.kept}
                  // biome-ignore lint/a11y/noAutofocus: it was just asked for
                  autoFocus={!row.kept}
                  spellCheck={false}
                  autoComplete="off"
                  onChange={({ target }) => write(row.id, { name: target.value.trim() })}
                />
              )}
            </Field>
            <Field
              label={strings.headerValue(i + 1)}
              problem={value && said[value]}
              {...(row.kept && !row.value ? { hint: strings.headerKept } : {})}
            >
              {(field) => (
                <input
                  {...field}
                  type="password"
                  value={row.value}
                  autoComplete="new-password"
                  onChange={({ target }) => write(row.id, { value: target.value })}
                />
              )}
            </Field>
            <IconButton
              icon="close"
              label={strings.dropHeader(row.name || strings.thisHeader)}
              onClick={() => {
                setRows(rows.filter(({ id }) => id !== row.id));
                add.current?.focus();
              }}
            />
          </div>
        );
      })}
      <div>
        <Button
          ref={add}
          disabled={rows.length >= MOST_HEADERS}
          onClick={() => setRows(oneMore(rows))}
        >
          {strings.addHeader}
        </Button>
      </div>
    </fieldset>
  );
}
