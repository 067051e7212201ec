// SPDX-License-Identifier: Apache-2.0
// Where this dashboard is mounted. The server writes the mount path into index.html; every URL is built from it.

/** The mount path, with a slash at both ends: "/" or "/benchmark/". */
export const base: string = (() => {
  const said = typeof document === 'undefined' ? null : document.querySelector<HTMLMetaElement>('meta[name="bm-base"]')?.content;
  return said && said.startsWith('/') && said.endsWith('/') ? said : '/';
})();
