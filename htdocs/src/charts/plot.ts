// SPDX-License-Identifier: Apache-2.0
// uPlot, read by the browser only when there is something to draw: it asks for the tables of the browser's language first of all, and the
// words of a page need not wait for those.
import type uPlot from 'uplot';

export type Plot = typeof uPlot;
let plot: Plot | null = null;

/** It, if it is there already. */
export const plotNow = (): Plot | null => plot;

/** It. Rejects if it is not to be had. */
export const fetchPlot = async (): Promise<Plot> => (plot ??= (await import('uplot')).default);
