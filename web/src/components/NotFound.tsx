import { Link } from "@tanstack/react-router";
import { strings } from "../strings";
import { Page } from "./Page";

export function NotFound() {
  return (
    <Page title={strings.notFound.title}>
      <p>{strings.notFound.text}</p>
      <p>
        <Link to="/">{strings.notFound.home}</Link>
      </p>
    </Page>
  );
}
