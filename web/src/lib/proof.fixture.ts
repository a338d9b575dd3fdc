import type { Checkpoint, Consistency, Inclusion, LogEntry } from "../api/schema.gen";

// Written by the server's own code: a log of 7 entries, of which the fifth has a comment.
const KEY = "cuvee-log-test+f28a7901+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const LEAF = "XhMSDUXiJjyB/h8orejPsidPmcfGq/xaE2dawRD4N24=";
const ROOT = "GBn5E0sYsoZylXC2tSG3qkL54r2GNKEnmSlStTGHyXk=";

export const entry: LogEntry = {
  sequence: 5,
  leaf: LEAF,
  entry:
    '{"action":"version.transitioned","actor":"ann","after":{"stage":"Production"},"before":{"stage":"None"},"comment":"commitment:88d4c88489e50677ba45f2db3a719ba65a68d46213d972d0376f707f17f71c68","details":null,"id":5,"object":"version:wine/5","time":1795000000004,"via":"session"}',
  texts: [
    {
      event: 5,
      field: "comment",
      salt: "00112233445566778899aabbccddeeff",
      text: "better on 2026 – ja",
    },
  ],
};

export const inclusion: Inclusion = {
  sequence: 5,
  size: 7,
  leaf: LEAF,
  root: ROOT,
  proof: [
    "lwPw6yuvMPe/3odXnrQltHNU5ezD76lV94vHjda82Xc=",
    "6G4ZeBmzgBW3BOv1ZF7Sqwc/dlSWJejMvxPh7CzzUSs=",
    "TipBaxHr0ppcDl46DlYfoek3sOpJVq7XeF3ASbDaKqE=",
  ],
};

export const checkpoint: Checkpoint = {
  size: 7,
  root: ROOT,
  key: KEY,
  note: `cuvee-log-test\n7\n${ROOT}\nprevious 3\ntime 1795000001000\n\n— cuvee-log-test 8op5Ad284mn3qbp3AbP+77SYWGY3CZ8LAU50D0MUWhbl9nzlvsFFzZ8/2Ixde4ibYUmCituY90+2u7HQtNviqva2uwo=\n`,
  created: 1_795_000_001_000,
};

/** The checkpoints of the first 3 and 4 entries, and the proofs that the 7 continue them. */
export const kept = {
  size: 3,
  root: "8uVWeW5UTicL2VG9V/8usida3D5ddk+wllfaUXsrIYw=",
  key: KEY,
  time: 1_795_000_000_500,
};
export const keptFour = { ...kept, size: 4, root: "TipBaxHr0ppcDl46DlYfoek3sOpJVq7XeF3ASbDaKqE=" };

export const consistency: Consistency = {
  from_size: 3,
  to_size: 7,
  from_root: kept.root,
  to_root: ROOT,
  proof: [
    "LcoijkTMhtuG5fxZ1R9wtz5XT50sr3BfnQ3vLvCCklA=",
    "uc0wCcA3vm5Sq8/tNEYdUIP8D8wAxOgpIu2fXmERDdI=",
    "L5odQYulwHY57yD4t/iP4d18ZpfOi1NC7CNqVAbnZP8=",
    "whgeGNUzpaV7ac4ELR8xC0uR36Abb7Moika9N+kXFec=",
  ],
};
export const consistencyFour = {
  ...consistency,
  from_size: 4,
  from_root: keptFour.root,
  proof: ["whgeGNUzpaV7ac4ELR8xC0uR36Abb7Moika9N+kXFec="],
};
