import { Link } from "@tanstack/react-router";

/** What an event is about, as a link to where it is shown. */
export function ObjectLink({ object }: { object: string }) {
  const colon = object.indexOf(":");
  const [noun, id] = [object.slice(0, colon), object.slice(colon + 1)];
  const cut = id.lastIndexOf("/");
  const text = <code>{object}</code>;
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
