/** A look of a table that is kept for all with the experiment, as one of its tags. */
export interface SharedView {
  readonly id: string;
  readonly name: string;
  readonly search: object;
}

export interface SharedViews {
  /** By name. */
  readonly views: readonly SharedView[];
  /** The one with which the experiment opens. */
  readonly start: SharedView | undefined;
}

export const VIEW_TAG = "cuvee.view.";
export const START_TAG = "cuvee.view-default";

/** Whether a tag holds views, which are shown as such. */
export const isViewTag = (key: string) => key.startsWith(VIEW_TAG) || key === START_TAG;

/** The views that tags hold; anyone can write a tag, so what is none is passed over. */
export function viewsOf(tags: readonly { key: string; value?: string }[]): SharedViews {
  const views = tags.flatMap(({ key, value = "" }): SharedView | [] => {
    if (!key.startsWith(VIEW_TAG)) return [];
    try {
      const { name, search } = JSON.parse(value);
      if (typeof name !== "string" || !name) return [];
      if (typeof search !== "object" || search === null || Array.isArray(search)) return [];
      return { id: key.slice(VIEW_TAG.length), name, search };
    } catch {
      return [];
    }
  });
  views.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const wanted = tags.find(({ key }) => key === START_TAG)?.value;
  return { views, start: views.find(({ id }) => id === wanted) };
}

/** What the tag of a view holds. */
export const viewText = (name: string, search: object) => JSON.stringify({ name, search });
