import { useState } from "react";
import { useComment, useDeleteComment, useEditComment } from "../../api/requests";
import type { VersionComment } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { Time } from "../../components/Time";
import type { Said } from "../../lib/review";
import { strings as shell } from "../../strings";
import styles from "./Request.module.css";
import { strings } from "./strings";

interface EntryProps {
  said: Said;
  /** How a request that is over ended. */
  ended?: "cancelled" | "closed";
}

/** Something that was said; who wrote a comment changes and removes it. */
export function Entry({ said, ended = "closed" }: EntryProps) {
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const { comment } = said;
  const may = comment?.available_actions ?? [];
  const edited = comment && comment.last_updated_timestamp > comment.creation_timestamp;
  return (
    <li className={styles.said} data-kind={said.kind}>
      <div className={styles.line}>
        <Avatar name={said.user} />
        <span className={styles.soft}>
          {strings.kinds[said.kind === "ended" ? ended : said.kind]}
        </span>
        <span className={styles.soft}>
          <Time at={said.time} />
          {edited && ` · ${strings.edited}`}
        </span>
        <span className={styles.actions}>
          {may.includes("EDIT_COMMENT") && !editing && (
            <Button kind="quiet" onClick={() => setEditing(true)}>
              {strings.edit}
            </Button>
          )}
          {may.includes("DELETE_COMMENT") && !editing && (
            <Button kind="quiet" onClick={() => setRemoving(true)}>
              {strings.remove}
            </Button>
          )}
        </span>
      </div>
      {comment && editing ? (
        <EditComment comment={comment} onClose={() => setEditing(false)} />
      ) : (
        said.text && <p className={styles.text}>{said.text}</p>
      )}
      {comment && removing && (
        <RemoveComment comment={comment} onClose={() => setRemoving(false)} />
      )}
    </li>
  );
}

/** A box for a comment on a version. */
export function NewComment({ name, version }: { name: string; version: string }) {
  const [text, setText] = useState("");
  const add = useComment();
  const submit = () =>
    add.mutate({ name, version, comment: text.trim() }, { onSuccess: () => setText("") });
  return (
    <div className={styles.new}>
      <Field label={strings.addComment}>
        {(field) => (
          <textarea {...field} value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      <Button disabled={!text.trim() || add.isPending} onClick={submit}>
        {strings.comment}
      </Button>
      {add.error && <ErrorNote title={strings.commentFailed} problem={add.error} />}
    </div>
  );
}

interface CommentProps {
  comment: VersionComment;
  onClose: () => void;
}

function EditComment({ comment, onClose }: CommentProps) {
  const [text, setText] = useState(comment.comment);
  const edit = useEditComment();
  const save = () =>
    edit.mutate({ id: comment.id, comment: text.trim() }, { onSuccess: () => onClose() });
  return (
    <div className={styles.form}>
      <Field label={strings.editComment}>
        {(field) => (
          <textarea
            {...field}
            // biome-ignore lint/a11y/noAutofocus: the button that was pressed has gone
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className={styles.buttons}>
        <Button kind="primary" disabled={!text.trim() || edit.isPending} onClick={save}>
          {strings.save}
        </Button>
        <Button onClick={onClose}>{shell.cancel}</Button>
      </div>
      {edit.error && <ErrorNote title={strings.commentFailed} problem={edit.error} />}
    </div>
  );
}

function RemoveComment({ comment, onClose }: CommentProps) {
  const remove = useDeleteComment();
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind="danger"
        disabled={remove.isPending}
        onClick={() => remove.mutate({ id: comment.id }, { onSuccess: () => onClose() })}
      >
        {strings.remove}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.removeTitle} onClose={onClose} actions={actions}>
      <p>{strings.removeText}</p>
      <p className={styles.text}>{comment.comment}</p>
      {remove.error && <ErrorNote title={strings.commentFailed} problem={remove.error} />}
    </Dialog>
  );
}
