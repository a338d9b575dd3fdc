import { count } from "../../lib/number";

export const strings = {
  title: "Emergencies",
  failed: "The emergencies could not be read.",
  noneOf: (model: string) => `Nobody has broken the glass for ${model}`,
  hidden: (hidden: number) =>
    `${count(hidden, "emergency is", "emergencies are")} hidden by the choice of a model.`,
  allModels: "All models",
  openTitle: "Open emergencies",
  what: (version: string, stage: string) => `Version ${version} went to ${stage} past its review`,
  whatOf: (name: string, version: string, stage: string) =>
    `Version ${version} of ${name} went to ${stage} past its review`,
  open: "Open",
  closed: "Closed",
  closedBy: "closed by",
  close: "Close…",
  closeTitle: "Close the emergency",
  closeText: "Closing says that somebody else has looked at the move. It stands in the history.",
  conclusion: "Conclusion",
  conclusionHint: "Required: was it right, and what follows from it?",
  closeSubmit: "Close the emergency",
  closeFailed: "The emergency was not closed.",
  closedToast: "The emergency is closed.",
  break: "Break glass",
  breakTitle: (version: string, stage: string) => `Move version ${version} to ${stage} at once`,
  opens:
    "The move goes past the review. It opens an emergency, which everybody sees until somebody else has reviewed and closed it.",
  reasonHint: "Required: what is the emergency?",
} as const;
