// SPDX-License-Identifier: Apache-2.0
// Build of the dashboard. The mount path is not known here: index.html carries the literal /__bm_base__/, which the
// server replaces when it serves the page; scripts and styles find their neighbours relative to themselves.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { OutputChunk, OutputBundle } from 'rolldown';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, runnerImport } from 'vite';

const FIRST_LOAD_LIMIT = 80_000; // gzip bytes of JavaScript: entry, what it imports, and the overview page
const PAGE_LIMIT = 40_000; // gzip bytes of one page chunk
const CSS_LIMIT = 15_000; // gzip bytes of all styles

const JSX = { jsx: { runtime: 'automatic', importSource: 'preact' } } as const;

const gz = (text: string | Uint8Array) => gzipSync(text, { level: 9 }).length;

/** Fails the build when a chunk outgrows its budget; prints what each one weighs. */
function budget(): Plugin {
  return {
    name: 'bm-budget',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle: OutputBundle) {
      const chunks = Object.values(bundle).filter((o): o is OutputChunk => o.type === 'chunk');
      const byName = new Map(chunks.map((c) => [c.fileName, c]));
      const entry = chunks.find((c) => c.name === 'index');
      const main = chunks.find((c) => c.name === 'main');
      const overview = chunks.find((c) => c.name === 'overview');
      const first = new Set<string>();
      const take = (file: string) => {
        if (first.has(file)) return;
        first.add(file);
        byName.get(file)?.imports.forEach(take);
      };
      if (entry) take(entry.fileName);
      if (main) take(main.fileName);
      if (overview) take(overview.fileName);
      const size = (file: string) => gz(byName.get(file)?.code ?? '');
      const total = [...first].reduce((sum, file) => sum + size(file), 0);
      const over: string[] = [];
      for (const chunk of chunks) {
        const bytes = size(chunk.fileName);
        this.info(`${chunk.name.padEnd(14)} ${String(bytes).padStart(6)} B gz`);
        if (!chunk.isEntry && bytes > PAGE_LIMIT) over.push(`${chunk.fileName}: ${bytes} > ${PAGE_LIMIT} B gz`);
      }
      const css = Object.values(bundle).reduce((sum, o) => sum + (o.type === 'asset' && o.fileName.endsWith('.css') ? gz(o.source as string) : 0), 0);
      this.info(`first load     ${String(total).padStart(6)} B gz of ${FIRST_LOAD_LIMIT}, css ${css} B gz of ${CSS_LIMIT}`);
      if (total > FIRST_LOAD_LIMIT) over.push(`first load: ${total} > ${FIRST_LOAD_LIMIT} B gz`);
      if (css > CSS_LIMIT) over.push(`css: ${css} > ${CSS_LIMIT} B gz`);
      if (over.length) this.error(`over budget\n  ${over.join('\n  ')}`);
    },
  };
}

/** Writes .gz and .br beside each compressible asset, so that httpd never has to compress them itself. */
function precompress(): Plugin {
  return {
    name: 'bm-precompress',
    apply: 'build',
    writeBundle(options, bundle) {
      for (const file of Object.keys(bundle)) {
        if (!/^assets\/.*\.(js|css|svg)$/.test(file)) continue;
        const path = join(options.dir ?? 'dist', file);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
        }));
      }
    },
  };
}

/** What index.html has beyond the tags of its scripts: the frame (src/shell.tsx), and each page's title and chunks, in a comment. The
 *  server, which knows the path, makes preloads of one line of it (what begins with > is asked of the API: src/start.ts) and leaves out the rest. Read from the table of routes. */
function pageChunks(): Plugin {
  return {
    name: 'bm-page-chunks',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle: OutputBundle) {
      const chunks = Object.values(bundle).filter((o): o is OutputChunk => o.type === 'chunk');
      const byName = new Map(chunks.map((c) => [c.fileName, c]));
      const main = chunks.find((c) => c.name === 'main');
      if (!main) { this.error('no main'); return; }
      const have = new Set([main.fileName, ...main.imports]);
      const preload = (file: string, more = '') => `<link rel="modulepreload"${more} crossorigin href="/__bm_base__/${file}">\n`;
      const lines: string[] = [];
      const routes = readFileSync(new URL('src/routes.ts', import.meta.url), 'utf8');
      for (const [, paths, title, alone, said, module] of routes.matchAll(/paths: \[([^\]]+)\], title: '([^'<>&|]+)',( alone: true,)?([^]*?)load: [^]*?import\('\.\/([^']+)'\)/g)) {
        const chunk = chunks.find((c) => c.facadeModuleId?.endsWith(`/src/${module}.tsx`));
        if (!chunk) { this.error(`route ${paths} has no chunk`); return; }
        const need = new Set<string>();
        const take = (file: string) => {
          if (have.has(file) || need.has(file)) return;
          need.add(file);
          const its = byName.get(file);
          its?.imports.forEach(take);
          if (its?.name === 'charts') its.dynamicImports.forEach(take); // is asked for a moment later
        };
        take(chunk.fileName);
        const asked = [...(said ?? '').matchAll(/'(\/[^']+)'/g)].map(([, name]) => `>${name?.replaceAll('&', '&amp;')}`);
        for (const [, path] of (paths ?? '').matchAll(/'([^']+)'/g)) lines.push(`${path}|${alone ? '!' : ''}${title}|${[...need, ...asked].join('|')}`);
      }
      const page = bundle['index.html'];
      if (page?.type !== 'asset' || lines.length === 0) { this.error('no index.html or no routes'); return; }
      const { module } = await runnerImport<typeof import('./src/shell')>(fileURLToPath(new URL('src/shell.tsx', import.meta.url)), { oxc: JSX, configFile: false, logLevel: 'warn' });
      page.source = String(page.source)
        // what the frame needs comes before what it does not
        .replace(/( *<script type="module"[^\n]*\n)( *<link rel="stylesheet"[^\n]*\n)/, '$2$1')
        .replace('</head>', `${[...have].map((file) => preload(file, file === main.fileName ? ' id="main-script"' : '')).join('')}<!--bm-pages\n${lines.join('\n')}\n-->\n</head>`)
        .replace('<div id="app"></div>', `<div id="app">${module.shell('/__bm_base__/')}</div>`)
        .replace('<title>Benchmark</title>', `<title>${module.TITLE_MARK} · Benchmark</title>`);
    },
  };
}

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/__bm_base__/' : '/',
  oxc: JSX,
  plugins: [
    {
      name: 'bm-dev-base',
      apply: 'serve',
      transformIndexHtml: (html: string) => html.replaceAll('/__bm_base__/', '/'),
    },
    budget(),
    pageChunks(),
    precompress(),
  ],
  experimental: {
    renderBuiltUrl: (_file: string, { hostType }: { hostType: string }) => (hostType === 'html' ? undefined : { relative: true }),
  },
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    cssCodeSplit: false,
    modulePreload: false, // the server names what a page needs (pageChunks), and the other pages are fetched in idle time (routes.ts)
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: 'index.html', main: 'src/main.tsx' },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: {
          // what every page needs, and the charts; each page is the rest of its own import
          groups: [
            { name: 'core', test: /node_modules\/preact|vite\/preload-helper|\/src\/(ui|state|format|api|views)\/.*\.tsx?$|\/src\/(router|base|routes|app|main)\.tsx?/, includeDependenciesRecursively: false },
            { name: 'editor', test: /\/src\/editor\//, includeDependenciesRecursively: false },
            { name: 'uplot', test: /node_modules\/uplot.*js$/, includeDependenciesRecursively: false },
            { name: 'charts', test: /\/src\/charts\//, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: {
    // `npm run dev` beside a running quickstart (or tests/browser/fake_api.mjs)
    proxy: { '/api': process.env.BENCHMARK_URL ?? 'http://127.0.0.1:8080' },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
}));
