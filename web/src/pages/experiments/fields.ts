import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { FEW_KEYS, runKeys } from "../../api/runKeys";
import { field } from "../../lib/filter";

const MOST_VARYING = 12;

/** The chosen columns, else those in which the runs differ, else what they have. */
export function useFields(experiments: readonly string[], chosen: readonly string[] | undefined) {
  const wanted = chosen === undefined;
  const vary = useQuery({ ...runKeys(experiments, true, "", FEW_KEYS), enabled: wanted });
  const none = vary.data !== undefined && !vary.data.keys?.length;
  const all = useQuery({ ...runKeys(experiments, false, "", FEW_KEYS), enabled: wanted && none });
  const found = none ? all.data : vary.data;
  const text = JSON.stringify(
    chosen ??
      (found?.keys ?? [])
        .filter(({ kind }) => kind !== "tag")
        .sort((a, b) => a.kind.localeCompare(b.kind))
        .slice(0, MOST_VARYING)
        .map(({ kind, key }) => field(`${kind as "metric" | "param"}s`, key)),
  );
  const fields = useMemo(() => JSON.parse(text) as string[], [text]);
  // Without the keys the rows are still worth seeing.
  const known = !wanted || found !== undefined || vary.isError || all.isError;
  return { fields, known };
}

/** Whether some time has passed since the component came. */
export function useLate(milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return late;
}
