// SPDX-License-Identifier: Apache-2.0
// src/api/schema.d.ts from docs/openapi.json: a member that the server names otherwise is then a compile error.
// With --check nothing is written; it fails if the file is not what the document makes.
import { readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const target = new URL('../src/api/schema.d.ts', import.meta.url);
const nodes = await openapi(new URL('../../docs/openapi.json', import.meta.url), { defaultNonNullable: false });
const made = `/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from docs/openapi.json by \`npm run types\`. */\n${astToString(nodes)}`;

if (!process.argv.includes('--check')) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  console.error('src/api/schema.d.ts is not what docs/openapi.json makes: npm run types');
  process.exit(1);
}
