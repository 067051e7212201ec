// SPDX-License-Identifier: Apache-2.0
// Regenerates src/api/schema.d.ts from the OpenAPI document once docs/openapi.json exists.
// Until then the hand-written file stands; its `components["schemas"]` has the same shape.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../../docs/openapi.json', import.meta.url);
if (!existsSync(source)) {
  console.error(`no ${fileURLToPath(source)}: src/api/schema.d.ts stays as written by hand`);
  process.exit(1);
}
const { default: openapi, astToString } = await import('openapi-typescript');
const nodes = await openapi(source);
writeFileSync(new URL('../src/api/schema.d.ts', import.meta.url),
  `/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from docs/openapi.json by \`npm run types\`. */\n${astToString(nodes)}`);
