/** Where an address of MLflow's web page leads here: its clients print such addresses. */
export function legacyPlace(hash: string): string | undefined {
  const [path = ""] = hash.replace(/^#/, "").split("?");
  const run = /^\/experiments\/[^/]+\/runs\/([^/]+)/.exec(path);
  if (run) return `/runs/${run[1]}`;
  const place = /^\/(experiments|models)(\/[^/]+(\/versions\/\d+)?)?/.exec(path);
  return place?.[0];
}
