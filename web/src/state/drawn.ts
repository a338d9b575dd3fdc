import { createStore } from "./store";

const AT_LAST = 1000; // milliseconds; a hidden page is never painted

/** Whether any content has been painted: what stands around the page's own content waits for it. */
export const drawn = createStore(false);

const set = () => {
  if (!drawn.get()) drawn.set(true);
};
new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) set();
}).observe({ type: "paint", buffered: true });
setTimeout(set, AT_LAST);
