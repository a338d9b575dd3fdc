import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { call } from "../../api/client";
import { then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import {
  deleteRegisteredModelTag,
  type RegisteredModel,
  setRegisteredModelTag,
} from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { TagsPanel } from "../../components/TagsPanel";
import styles from "./Models.module.css";
import { strings } from "./strings";

const Markdown = lazy(() => import("../files/Markdown").then((m) => ({ default: m.Markdown })));
const OWN = ["cuvee.", "mlflow."]; // written by clients, and shown where they belong
const SHOWN = 6; // tags beside the owner
const LONGEST = 40; // characters of a tag's value there
const OLD = ["models", "model"];

/** A registered model's tags, without those that only programs read. */
function tagsOf(model: RegisteredModel | undefined) {
  return (model?.tags ?? []).filter(({ key }) => !OWN.some((own) => key.startsWith(own)));
}

/** What a model is, whose, and its tags: below its name. */
export function ModelAbout({ model }: { model: RegisteredModel | undefined }) {
  const { description, user_id: owner } = model ?? {};
  const tags = tagsOf(model);
  return (
    <div className={styles.about}>
      {description && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className={styles.text} tabIndex={0} aria-label={strings.heads.description}>
          <Suspense fallback={<p className={styles.plain}>{description}</p>}>
            <Markdown text={description} />
          </Suspense>
        </section>
      )}
      {(owner || tags.length > 0) && (
        <div className={styles.marks}>
          {owner && (
            <Link to="/models" search={{ owner }} className={styles.person} title={strings.owned}>
              <Avatar name={owner} />
            </Link>
          )}
          {tags.slice(0, SHOWN).map(({ key, value = "" }) => (
            <Link
              key={key}
              to="/models"
              search={{ tag: [key, value] as const }}
              title={strings.onlyTag(key, value)}
              className={styles.chip}
            >
              {key}: {value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}
            </Link>
          ))}
          {tags.length > SHOWN && (
            <Link
              to="/models/$name"
              params={{ name: model?.name ?? "" }}
              search={{ tab: "settings" }}
            >
              {strings.moreTags(tags.length - SHOWN)}
            </Link>
          )}
        </div>
      )}
    </div>
  );
}

/** A model's tags, which are set, changed and taken away here. */
export function ModelTags({ model }: { model: RegisteredModel }) {
  const { name } = model;
  return (
    <TagsPanel
      tags={tagsOf(model)}
      none={strings.noTags}
      why={useWhyNot(`model:${name}`, "CAN_EDIT")}
      set={(key, value) => then(call(setRegisteredModelTag, { name, key, value }), ...OLD)}
      remove={(key) => then(call(deleteRegisteredModelTag, { name, key }), ...OLD)}
    />
  );
}
