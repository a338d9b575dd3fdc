import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Writes a .gz and a .br beside every built text, for the server to send as they are. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const data = readFileSync(join(folder, name));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(data, { level: 9 }));
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(data));
      }
    },
  };
}

/**
 * Files of the pages: pages that share parts and lead to each other are one, so that a visit needs
 * few requests, and each is small enough. What has no name here is a file of its own.
 */
const FILES: readonly (readonly [name: string, pages: RegExp])[] = [
  ["app", /src\/main\.tsx$/],
  ["curves", /src\/pages\/(charts\/(Curves|ExperimentMetrics)|runs\/Run(Metrics|System))\.tsx$/],
  ["plots", /src\/pages\/(charts\/ExperimentCharts|compare\/ComparePlots)\.tsx$/],
  ["compare", /src\/pages\/compare\/Compare\.tsx$/],
  ["texts", /src\/pages\/(compare\/texts\.ts|files\/viewers\/ConfusionView\.tsx)$/],
  ["tracking", /src\/pages\/(experiments|runs)\//],
  ["registry", /src\/pages\/(approvals|diff|models|settings|versions)\//],
  ["audit", /src\/pages\/audit\//],
  ["home", /src\/pages\/home\//],
];
/** Who draws lines, or imports what does: the others need the first's file anyway. */
const DRAWING = ["curves", "plots", "compare"];
/** What is heavy, and only some pages need. */
const HEAVY =
  /hyparquet|fzstd|marked|lib\/parquet|files\/(Markdown|summary|viewers\/(TableRows|parquet\.ts))/;
const DRAWS = /uplot/;

interface Modules {
  getModuleInfo(id: string): { importers: string[]; dynamicImporters: string[] } | null;
}

/** Find the files of the pages that cannot do without a module. */
function usersOf(id: string, modules: Modules): Set<string> {
  const found = new Set<string>();
  const seen = new Set([id]);
  for (const one of seen) {
    const info = modules.getModuleInfo(one);
    if (info?.dynamicImporters.length || one.endsWith("src/main.tsx"))
      found.add(FILES.find(([, pages]) => pages.test(one))?.[0] ?? one);
    for (const importer of info?.importers ?? []) seen.add(importer);
  }
  return found;
}

/** Say into which file a module goes. */
function fileOf(id: string, modules: Modules): string | null {
  if (HEAVY.test(id)) return null;
  if (DRAWS.test(id)) return "curves";
  if (/node_modules|rolldown\/runtime/.test(id)) return "app";
  const users = [...usersOf(id, modules)];
  if (users.length === 0) return "app"; // index.html
  const only = users.length === 1 && FILES.find(([name]) => name === users[0]);
  if (only) return only[0];
  if (users.length === 1) return null;
  return users.every((user) => DRAWING.includes(user)) ? "curves" : "app";
}

export default defineConfig({
  // Relative, so that the same files serve below any prefix; index.html has a <base>.
  base: "./",
  plugins: [react(), compressed()],
  build: {
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    cssCodeSplit: false, // all of it is smaller than what a request costs
    target: "es2023",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: fileOf, debugName: "pages" }],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:5000" } },
});
