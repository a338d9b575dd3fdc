import { type ReactNode, useEffect, useState } from "react";
import type { Owner } from "../../../api/files";
import { Empty } from "../../../components/Empty";
import { highlight, type State } from "../highlight";
import { Markdown } from "../Markdown";
import { type Cell, type Notebook, type Output, readNotebook } from "../notebook";
import { strings } from "../strings";
import { Read } from "./Read";
import styles from "./viewers.module.css";

interface NotebookViewProps {
  text: string;
  path: string;
  owner: Owner;
  href: (path: string) => string;
  /** Shows the text when it is no notebook. */
  fallback: ReactNode;
}

/** A notebook as it was saved; nothing in it runs. */
export default function NotebookView({ text, fallback, ...place }: NotebookViewProps) {
  return (
    <Read text={text} noun="notebook" read={readNotebook} fallback={fallback}>
      {(notebook) => <Cells notebook={notebook} place={place} />}
    </Read>
  );
}

function Cells({ notebook, place }: { notebook: Notebook; place: Place }) {
  if (!notebook.cells.length) return <Empty title={strings.noCells} />;
  return (
    <div className={styles.cells}>
      {notebook.cells.map((cell, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
        <CellView key={i} cell={cell} language={notebook.language} place={place} />
      ))}
    </div>
  );
}

type Place = Omit<NotebookViewProps, "text" | "fallback">;

function CellView({ cell, language, place }: { cell: Cell; language: string; place: Place }) {
  if (cell.kind === "markdown") {
    return (
      <div className={styles.cell}>
        <span />
        <Markdown text={cell.source} {...place} />
      </div>
    );
  }
  return (
    <div className={styles.cell}>
      <span className={styles.prompt}>{cell.kind === "code" && strings.cell(cell.count)}</span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className={styles.code} tabIndex={0}>
        <code>
          {cell.kind === "code" ? <Coloured text={cell.source} language={language} /> : cell.source}
        </code>
      </pre>
      {cell.outputs.length > 0 && (
        <div className={styles.out}>
          {cell.outputs.map((output, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an output is known by its place
            <OutputView key={i} output={output} />
          ))}
        </div>
      )}
    </div>
  );
}

const CLASSES: Record<string, string | undefined> = {
  word: styles.word,
  text: styles.string,
  number: styles.digits,
  comment: styles.comment,
  key: styles.key,
};

function Coloured({ text, language }: { text: string; language: string }) {
  let state: State;
  return text.split("\n").flatMap((line, i) => {
    const [pieces, next] = highlight(line, language, state);
    state = next;
    return [
      ...(i ? ["\n"] : []),
      ...pieces.map((piece, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place
        <span key={`${i} ${k}`} className={CLASSES[piece.kind]}>
          {piece.text}
        </span>
      )),
    ];
  });
}

function OutputView({ output }: { output: Output }) {
  if (output.kind === "image") return <Picture type={output.type} data={output.data} />;
  if (output.kind === "table") {
    return (
      <div className={styles.scroll}>
        <table>
          <tbody>
            {output.rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
              <tr key={i}>
                {row.map((cell, k) =>
                  cell.head ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
                    <th key={k}>{cell.text}</th>
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
                    <td key={k}>{cell.text}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  return (
    <>
      {output.html && <p className={styles.more}>{strings.htmlOutput}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className={output.bad ? styles.bad : undefined} tabIndex={0}>
        {output.text}
      </pre>
    </>
  );
}

/** An image of an output; its bytes become an address of the page's own. */
function Picture({ type, data }: { type: string; data: string }) {
  const [src, setSrc] = useState<string | undefined>();
  useEffect(() => {
    let made: string | undefined;
    try {
      const bytes = Uint8Array.from(atob(data.replace(/\s+/g, "")), (char) => char.charCodeAt(0));
      made = URL.createObjectURL(new Blob([bytes], { type }));
      setSrc(made);
    } catch {
      setSrc(undefined); // no base64
    }
    return () => {
      if (made) URL.revokeObjectURL(made);
    };
  }, [type, data]);
  return src ? <img src={src} alt={strings.output} /> : null;
}
