// SPDX-License-Identifier: Apache-2.0
// Builds into a scratch directory and compares with the committed dist/: every plain file byte for byte,
// every .gz and .br by what it unpacks to (the compressor's own bytes may differ between zlib builds).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const committed = join(root, 'dist');
const fresh = mkdtempSync(join(tmpdir(), 'bm-dist-'));

const walk = (dir, top = dir) => readdirSync(dir).flatMap((name) => {
  const path = join(dir, name);
  return statSync(path).isDirectory() ? walk(path, top) : [relative(top, path)];
}).sort();

const plain = (path) => {
  const bytes = readFileSync(path);
  if (path.endsWith('.gz')) return gunzipSync(bytes);
  if (path.endsWith('.br')) return brotliDecompressSync(bytes);
  return bytes;
};

let failed = 0;
try {
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'],
    { cwd: root, stdio: 'inherit' });
  const names = [...new Set([...walk(committed), ...walk(fresh)])].sort();
  for (const name of names) {
    let same = false;
    try { same = plain(join(committed, name)).equals(plain(join(fresh, name))); } catch { /* missing on one side */ }
    if (!same) { failed++; console.log(`differs: ${name}`); }
  }
  console.log(`${names.length - failed} passed, ${failed} failed`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
