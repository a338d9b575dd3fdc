import { queryOptions, useQuery } from "@tanstack/react-query";
import { CHART, type Curve, readChart } from "../lib/chart";
import { gather } from "../lib/gather";
import { type Course, courseOf } from "../lib/spark";
import { callBytes } from "./client";
import { getMetricSeries } from "./schema.gen";

/** The box that courses are drawn in. */
export const WIDTH = 96;
export const HEIGHT = 22;

const POINTS = 48; // a course has no more
const MOST = 500; // courses of one call
const AGAIN = 5000; // milliseconds between two looks at a metric that may grow

interface Asked {
  readonly run: string;
  readonly key: string;
  readonly done: (curve: Curve | undefined) => void;
  readonly failed: (problem: unknown) => void;
}

/** Read one course; all that are asked for at the same moment are read by one call. */
const read = (run: string, key: string) =>
  new Promise<Curve | undefined>((done, failed) => take({ run, key, done, failed }));

const take = gather(send);

function send(asked: Asked[]): void {
  const run_ids = [...new Set(asked.map(({ run }) => run))];
  const each = Math.max(1, Math.floor(MOST / run_ids.length)); // keys of a call
  const keys = [...new Set(asked.map(({ key }) => key))];
  for (let i = 0; i < keys.length; i += each) {
    const some = keys.slice(i, i + each);
    const mine = asked.filter(({ key }) => some.includes(key));
    callBytes(getMetricSeries, { run_ids, keys: some, points: POINTS }, CHART).then(
      (bytes) => {
        const curves = new Map(readChart(bytes).map((c) => [`${c.run_id} ${c.key}`, c]));
        for (const { run, key, done } of mine) done(curves.get(`${run} ${key}`));
      },
      (problem: unknown) => {
        for (const { failed } of mine) failed(problem);
      },
    );
  }
}

const courseQuery = (run: string, key: string, grows: boolean) =>
  queryOptions({
    queryKey: ["course", run, key, grows],
    queryFn: async (): Promise<Course | null> => {
      const curve = await read(run, key);
      return curve ? courseOf(curve, WIDTH, HEIGHT) : null;
    },
    staleTime: grows ? 0 : 60_000,
    refetchInterval: grows && AGAIN,
    placeholderData: (before: Course | null | undefined) => before,
  });

/** How a metric of a run went; `grows` while the run goes on. */
export const useCourse = (run: string, key: string, grows: boolean) =>
  useQuery(courseQuery(run, key, grows)).data ?? undefined;
