// SPDX-License-Identifier: Apache-2.0
// What is opened now and then is fetched then: the page that opens it need not wait for it.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client';
import { toastError } from './toast';

/** Says that a part of the page could not be fetched. */
export const partMissing = () => toastError('Not opened', new ApiError('network', 0, { detail: 'A part of the page could not be loaded. Reload it.' }, null, null));

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let found: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, redraw] = useState(0);
    useEffect(() => {
      if (!found) load().then((its) => { found = its; redraw(1); }, partMissing);
    }, []);
    const Found = found;
    return Found && <Found {...props} />;
  };
}
