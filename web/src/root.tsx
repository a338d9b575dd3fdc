import { createRootRoute } from "@tanstack/react-router";
import { Shell } from "./components/Shell";

/** Every page's route has this one as its parent. */
export const rootRoute = createRootRoute({ component: Shell });
