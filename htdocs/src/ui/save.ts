// SPDX-License-Identifier: Apache-2.0
// Files made in the browser.

/** Offers bytes as a file. */
export function save(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser reads it after this turn
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
