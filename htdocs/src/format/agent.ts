// SPDX-License-Identifier: Apache-2.0
// What a User-Agent means to people: "Firefox on Windows". What is not known is shown as it begins.
const BROWSERS: readonly (readonly [RegExp, string])[] = [[/\bEdg(?:A|iOS)?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\b(?:Firefox|FxiOS)\//, 'Firefox'], [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'], [/\bVersion\/.*Safari\//, 'Safari']];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [[/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bAndroid\b/, 'Android'], [/\bWindows\b/, 'Windows'], [/\bMac OS X\b/, 'macOS'], [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b/, 'Linux']];
const MOST = 60;

export function agentWords(agent: string | null | undefined): string {
  if (!agent) return 'unknown';
  const browser = BROWSERS.find(([mark]) => mark.test(agent))?.[1];
  if (agent.startsWith('Mozilla/') && browser) {
    const system = SYSTEMS.find(([mark]) => mark.test(agent))?.[1];
    return system ? `${browser} on ${system}` : browser;
  }
  const first = /^[^\s/(]+(?:\/[\d.]+)?/.exec(agent)?.[0] ?? agent;
  return first.replace('/', ' ').slice(0, MOST);
}
