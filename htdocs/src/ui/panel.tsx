// SPDX-License-Identifier: Apache-2.0
// A panel of a page: title, sentence, actions, and what it shows while there is nothing, not yet, or an error.
import { Component, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client';
import type { Snapshot } from '../state/store';

/** The panel's detail, request id and Retry, with a count-down where the server named a time. */
export function Failure({ error, retry, small }: { error: ApiError; retry?: (() => void) | undefined; small?: boolean }) {
  const [now, setNow] = useState(Date.now());
  const waiting = error.retryAt !== null && error.retryAt > now;
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [waiting]);
  const title = error.status === 403 ? 'Not allowed' : error.status === 401 ? 'Please log in' : error.status === 404 ? 'Not found'
    : error.kind === 'network' ? 'No connection' : error.problem.title ?? 'Something went wrong';
  return (
    <div class={`failure ${small ? 'small' : ''}`} role="alert">
      <p><strong>{title}.</strong> {error.message}</p>
      <p class="note">
        {error.retryAt !== null && (waiting ? <span>Trying again in {Math.ceil((error.retryAt - now) / 1000)} s. </span> : <span>Trying again now. </span>)}
        {error.requestId && <span class="mono">request {error.requestId} </span>}
      </p>
      {retry && <button type="button" onClick={retry}>Retry</button>}
    </div>
  );
}

/** Nothing here: what will be here, and what fills it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="empty"><p class="empty-title">{title}</p>{children}</div>;
}

/** Grey bars of the content's own size; invisible for the first 200 ms. */
export function Skeleton({ rows = 4, height }: { rows?: number; height?: number }) {
  return (
    <div class="skeleton" aria-hidden="true" style={height ? { height: `${height}px` } : undefined}>
      {height ? <i style={{ height: '100%' }} /> : Array.from({ length: rows }, (_, i) => <i key={i} />)}
    </div>
  );
}

interface PanelProps {
  title: ComponentChildren;
  /** one sentence that says what the panel shows */
  sentence?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
  label?: string;
}

class Boundary extends Component<{ children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null as Error | null };
  static override getDerivedStateFromError(error: Error) { return { error }; }
  override componentDidCatch(error: Error) { console.error(error); }
  override render() {
    if (!this.state.error) return this.props.children;
    const error = new ApiError('version', 0, { title: 'This panel failed', detail: this.state.error.message }, null, null);
    return <Failure error={error} retry={() => this.setState({ error: null })} />;
  }
}

/** One framed part of a page. What fails inside stays inside. */
export function Panel({ title, sentence, actions, children, class: name = '', label }: PanelProps) {
  return (
    <section class={`panel ${name}`} aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      <header class="panel-head">
        <div><h2>{title}</h2>{sentence && <p class="sentence">{sentence}</p>}</div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      <Boundary>{children}</Boundary>
    </section>
  );
}

/** Content of a store: skeleton before the first answer, failure instead of it, or the content with a stale note above. */
export function Loaded<T>({ from, retry, skeleton, children }: {
  from: Snapshot<T>; retry?: (() => void) | undefined; skeleton?: ComponentChildren; children: (data: T) => ComponentChildren;
}) {
  if (from.data === undefined) return from.error ? <Failure error={from.error} retry={retry} /> : <>{skeleton ?? <Skeleton />}</>;
  return <>{from.error && <Failure error={from.error} retry={retry} small />}{children(from.data)}</>;
}
