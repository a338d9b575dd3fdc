import { lexer, type Token, type Tokens } from "marked";
import { type ReactNode, useMemo } from "react";
import { type Owner, viewAddress } from "../../api/files";
import { linked } from "../../lib/kinds";
import styles from "./Markdown.module.css";
import { strings } from "./strings";

/** Where a text is, for the files that it links to. */
interface Place {
  readonly path: string;
  readonly owner: Owner;
  readonly href: (path: string) => string;
}

interface MarkdownProps extends Partial<Place> {
  text: string;
}

/**
 * Markdown as elements of our own: no HTML is ever made of it, so that there is none to be cleaned.
 * HTML in it is shown as it is written, images come from the same root only.
 */
export function Markdown({ text, path, owner, href }: MarkdownProps) {
  const tokens = useMemo(() => {
    try {
      return lexer(text, { gfm: true });
    } catch {
      return undefined; // nested deeper than it can be read
    }
  }, [text]);
  if (!tokens) return <pre>{text}</pre>;
  const place = path !== undefined && owner && href ? { path, owner, href } : undefined;
  return <div className={styles.text}>{blocks(tokens, place)}</div>;
}

function blocks(tokens: readonly Token[], place: Place | undefined): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
  return tokens.map((token, i) => <Block key={i} token={token} place={place} />);
}

function Block({ token, place }: { token: Token; place: Place | undefined }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      // The page has the first two levels itself.
      const Tag = `h${Math.min(depth + 2, 6)}` as "h3";
      return (
        <Tag className={depth === 1 ? styles.first : depth === 2 ? styles.second : styles.third}>
          {inline(tokens, place)}
        </Tag>
      );
    }
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens, place)}</p>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre className={styles.code} tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens, place)}</blockquote>;
    case "hr":
      return <hr />;
    case "list":
      return <List list={token as Tokens.List} place={place} />;
    case "table":
      return <Grid table={token as Tokens.Table} place={place} />;
    case "html":
      return <pre className={styles.html}>{token.raw.trim()}</pre>;
    default:
      return <p>{"tokens" in token && token.tokens ? inline(token.tokens, place) : token.raw}</p>;
  }
}

function List({ list, place }: { list: Tokens.List; place: Place | undefined }) {
  const items = list.items.map((item, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an item is known by its place
    <li key={i} className={item.task ? styles.task : undefined}>
      {item.task && (
        <input
          type="checkbox"
          checked={Boolean(item.checked)}
          disabled
          aria-label={item.checked ? strings.done : strings.toDo}
        />
      )}
      {item.tokens.map((token, k) =>
        token.type === "text" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
          <span key={k}>{inline((token as Tokens.Text).tokens ?? [], place)}</span>
        ) : token.type === "checkbox" ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
          <Block key={k} token={token} place={place} />
        ),
      )}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Grid({ table, place }: { table: Tokens.Table; place: Place | undefined }) {
  const side = (i: number) => (table.align[i] === "right" ? styles.right : undefined);
  return (
    <div className={styles.scroll}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
              <th key={i} scope="col" className={side(i)}>
                {inline(cell.tokens, place)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
            <tr key={k}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
                <td key={i} className={side(i)}>
                  {inline(cell.tokens, place)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: readonly Token[], place: Place | undefined): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
  return tokens.map((token, i) => <Inline key={i} token={token} place={place} />);
}

function Inline({ token, place }: { token: Token; place: Place | undefined }): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline((token as Tokens.Strong).tokens, place)}</strong>;
    case "em":
      return <em>{inline((token as Tokens.Em).tokens, place)}</em>;
    case "del":
      return <del>{inline((token as Tokens.Del).tokens, place)}</del>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "escape":
      return (token as Tokens.Escape).text;
    case "image": {
      const { href, text } = token as Tokens.Image;
      const file = place && linked(place.path, href);
      if (file) return <img src={viewAddress(place.owner, file)} alt={text} loading="lazy" />;
      return <Away to={href}>{strings.remoteImage(text)}</Away>;
    }
    case "link": {
      const { href, tokens } = token as Tokens.Link;
      const file = place && linked(place.path, href);
      if (file) return <a href={place.href(file)}>{inline(tokens, place)}</a>;
      return <Away to={href}>{inline(tokens, place)}</Away>;
    }
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens ? inline(tokens, place) : text;
    }
    default:
      return token.raw;
  }
}

/** A link to another place of the web, or its text when it leads to anything else. */
function Away({ to, children }: { to: string; children: ReactNode }) {
  if (!/^(https?|mailto):/i.test(to)) return <span>{children}</span>;
  return (
    <a href={to} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  );
}
