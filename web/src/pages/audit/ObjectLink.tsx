import { Link } from "@tanstack/react-router";
import { Fragment } from "react";

/** A name that breaks, where it must, behind what is no letter. */
export function Breaking({ text }: { text: string }) {
  const parts = text.split(/(?<=[./:_-])(?=[^./:_-])/);
  return parts.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

/** What an event is about, as a link to where it is shown. */
export function ObjectLink({ object }: { object: string }) {
  const colon = object.indexOf(":");
  const [noun, id] = [object.slice(0, colon), object.slice(colon + 1)];
  const cut = id.lastIndexOf("/");
  const text = (
    <code>
      <Breaking text={object} />
    </code>
  );
  if (noun === "model") {
    return (
      <Link to="/models/$name" params={{ name: id }} search={{}}>
        {text}
      </Link>
    );
  }
  if (noun === "version" && cut > 0) {
    const params = { name: id.slice(0, cut), version: id.slice(cut + 1) };
    return (
      <Link to="/models/$name/versions/$version" params={params}>
        {text}
      </Link>
    );
  }
  if (noun === "run") {
    return (
      <Link to="/runs/$runId" params={{ runId: id }}>
        {text}
      </Link>
    );
  }
  if (noun === "experiment") {
    return (
      <Link to="/experiments/$experimentId" params={{ experimentId: id }} search={{}}>
        {text}
      </Link>
    );
  }
  return text;
}
