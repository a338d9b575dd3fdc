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

/** What only some pages need, and is heavy. */
const LAZY = /uplot|hyparquet|fzstd|marked|lib\/parquet|components\/(Plot|Markdown)/;
const SHARED = /src\/(\w+\.tsx?|(api|lib|state|components)\/|pages\/\w+\/(strings|route)\.)/;
/** Pages that share parts and lead to each other are one file: few requests, and small enough. */
const TRACKING = /src\/pages\/(experiments|runs\/(?!RunMetrics))/;
const REGISTRY = /src\/pages\/(approvals|models|versions)\//;
/** What draws the metrics of runs. */
const CURVES =
  /src\/pages\/(charts\/(Curves|ExperimentMetrics|MetricCharts?|NoRunsDrawn|Parallel\.module|Selected)|runs\/RunMetrics)/;
const SECTION = /src\/pages\/(audit|home|settings)\//;

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
        // Few files: what most pages need comes in two, each page in one, heavy parts in their own.
        codeSplitting: {
          groups: [
            {
              name: "vendor",
              test: (id) => /node_modules|rolldown\/runtime/.test(id) && !LAZY.test(id),
            },
            { name: "shared", test: (id) => SHARED.test(id) && !LAZY.test(id) },
            { name: "tracking", test: TRACKING },
            { name: "registry", test: REGISTRY },
            { name: "curves", test: CURVES },
            { name: (id) => SECTION.exec(id)?.[1] ?? null, test: SECTION },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:5000" } },
});
