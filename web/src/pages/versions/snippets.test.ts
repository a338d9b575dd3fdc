import { expect, test } from "vitest";
import { addressesOf, snippets, uriOf } from "./snippets";

const use = {
  server: "https://ml.example:8443/cuvee",
  login: false,
  name: "red wine's",
  version: "3",
  stored: true,
  example: true,
};
const version = {
  name: use.name,
  version: "3",
  creation_timestamp: 1,
  last_updated_timestamp: 1,
  current_stage: "Production",
  aliases: ["champion"],
  digest: "ab".repeat(32),
};

test("a version is named by its number, its stage, its aliases and its digest", () => {
  expect(addressesOf(version).map((by) => uriOf("wine", by))).toEqual([
    "models:/wine/3",
    "models:/wine/Production",
    "models:/wine@champion",
    `models:/wine@sha256:${version.digest}`,
  ]);
});

test("no stage is named where versions rest, and no digest of files that are elsewhere", () => {
  const resting = { ...version, current_stage: "Archived", aliases: [], digest: "" };
  expect(addressesOf(resting)).toEqual([{ kind: "version", value: "3" }]);
});

test("every snippet has the server's own address, and asks for a token only behind a login", () => {
  for (const by of addressesOf(version)) {
    for (const { text } of snippets(use, by)) {
      expect(text).toContain(use.server);
      expect(text).not.toContain("CUVEE_TRACKING_TOKEN");
    }
    for (const { text } of snippets({ ...use, login: true }, by)) {
      expect(text).toContain("CUVEE_TRACKING_TOKEN");
    }
  }
});

test("names with blanks and quotes are one word of a shell, and one parameter of an address", () => {
  const by = { kind: "version", value: "3" } as const;
  const [python, batch, curl, cli, serve, docker, deployed] = snippets(use, by);
  expect(python?.text).toContain(`load_model("models:/red wine's/3")`);
  expect(batch?.text).toContain(`load_model("models:/red wine's/3")`);
  expect(serve?.text).toContain("-m 'models:/red wine'\\''s/3' --port");
  expect(docker?.text).toContain("docker run -p 5001:8080 red-wine-s-3");
  expect(curl?.text).toContain("?name=red+wine%27s&version=3'");
  expect(deployed?.text).toContain("record 'red wine'\\''s' 3 k8s/prod-eu");
  expect(cli?.text).toContain("versions show 'red wine'\\''s' 3");
});
