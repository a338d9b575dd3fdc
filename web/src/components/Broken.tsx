import { strings } from "../strings";
import { ErrorNote } from "./ErrorNote";
import { Page } from "./Page";

/** What a page shows that failed while it was drawn, or whose code did not arrive. */
export function Broken({ error }: { error: unknown }) {
  return (
    <Page title={strings.problem.broken}>
      <ErrorNote
        title={strings.problem.broken}
        problem={error}
        onRetry={() => window.location.reload()}
      />
    </Page>
  );
}
