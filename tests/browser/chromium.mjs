// SPDX-License-Identifier: Apache-2.0
// How Chromium is started. Where the archive has it, without the window that nobody sees: that one draws its own tabs and bars in further
// processes, at the very moments in which the page under test works.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../htdocs/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const SHELL = '/usr/bin/chromium-headless-shell';

export const executablePath = process.env.BENCHMARK_CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium');

export const launch = (more = {}) => chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...more,
});
