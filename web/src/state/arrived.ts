import { createStore } from "./store";

/** Whether the first page is there, and has asked for what it shows. */
export const arrived = createStore(false);
