/** The parts of a comparison that need what the runs have written down, in one part of the bundle. */
export { CompareArtifacts } from "./CompareArtifacts";
export { CompareCode } from "./CompareCode";
export { CompareEnvironment } from "./CompareEnvironment";
