import "./arrival";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { shortenAddresses } from "./api/keptViews";
import { stayLive } from "./api/live";
import { queries } from "./api/queries";
import { copyInFull } from "./lib/copy";
import { router } from "./router";
import { arrived } from "./state/arrived";
import { drawn } from "./state/drawn";
import "./styles/tokens.css";
import "./styles/base.css";

shortenAddresses(router);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
const arriving = router.subscribe("onRendered", () => {
  arriving();
  arrived.set(true);
});
copyInFull();
const waiting = drawn.follow(() => {
  waiting();
  stayLive();
});
