import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { keptView } from "../api/keptViews";
import { strings } from "../strings";
import { ErrorNote } from "./ErrorNote";
import { Page } from "./Page";
import { Skeleton } from "./Skeleton";

/** Stands for a page until it is known what the id in its address means. */
export function KeptView({ id }: { id: string }) {
  const router = useRouter();
  const { data, isError, error, refetch } = useQuery(keptView(id));
  useEffect(() => {
    if (data !== undefined) void router.load(); // reads the same address with what it means
  }, [data, router]);
  if (!isError) return <Skeleton lines={8} />;
  return (
    <Page title={strings.kept.title}>
      <ErrorNote title={strings.kept.failed} problem={error} onRetry={() => void refetch()} />
      <p>
        <Link to="." search={{}}>
          {strings.kept.without}
        </Link>
      </p>
    </Page>
  );
}
