// SPDX-License-Identifier: Apache-2.0
// Rows that are selected stand in the address (`sel`), so that a reload, or somebody else, sees the same. No step back for each.
import { useEffect, useRef } from 'preact/hooks';
import { setParams, usePlace } from '../router';

type Ids = Set<number | string>;

/** The selection of the page's list; cleared when `view` (its filter, its page) becomes another. */
export function useSelection(view: string): [selected: Ids, select: (next: Ids) => void] {
  const ids: Ids = new Set((usePlace().params.get('sel') ?? '').split(',').filter((id) => /^\d+$/.test(id)).map(Number));
  const select = (next: Ids) => setParams({ sel: [...next].join(',') }, { replace: true });
  const seen = useRef(view);
  useEffect(() => {
    if (seen.current !== view && ids.size > 0) select(new Set());
    seen.current = view;
  }, [view]);
  return [ids, select];
}
