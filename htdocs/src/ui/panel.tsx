// SPDX-License-Identifier: Apache-2.0
// A panel of a page: title, sentence, actions, and what it shows while there is nothing, not yet, or an error.
import { Component, type ComponentChildren, Fragment, isValidElement } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client';
import { href, returnPlace } from '../router';
import type { Snapshot } from '../state/store';

/** Seconds until then, counted down; 0 when it has come or there is none. */
export function useSecondsTo(at: number | null): number {
  const [now, setNow] = useState(Date.now());
  const left = at === null ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
  useEffect(() => {
    if (at === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => { setNow(Date.now()); if (Date.now() >= at) clearInterval(timer); }, 250);
    return () => clearInterval(timer);
  }, [at]);
  return left;
}

/** The panel's detail, request id and Retry, with a count-down where the server named a time. */
export function Failure({ error, retry, small }: { error: ApiError; retry?: (() => void) | undefined; small?: boolean }) {
  const left = useSecondsTo(error.retryAt);
  const title = error.status === 403 ? 'Not allowed' : error.status === 401 ? 'Sign in to see this' : error.status === 404 ? 'Not found' : error.status === 429 ? 'Too many requests'
    : error.kind === 'network' ? 'No connection' : error.problem.title ?? 'Something went wrong';
  return (
    <div class={`failure ${small ? 'small' : ''}`} role="alert">
      <p><strong>{title}.</strong> {error.message}</p>
      <p class="note">
        {error.retryAt !== null && (left > 0 ? <span>Trying again in {left} s. </span> : <span>Trying again now. </span>)}
        {error.requestId && <span class="mono">request {error.requestId} </span>}
      </p>
      {error.status === 401 ? <a class="button" href={href('/login', { return: returnPlace() })}>Sign in</a> : retry && <button type="button" onClick={retry}>Retry</button>}
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

/** What is thrown inside is shown in its place, until Retry or another `at`. */
export class Boundary extends Component<{ children: ComponentChildren; what?: string; at?: string; framed?: boolean }, { error: Error | null }> {
  override state = { error: null as Error | null };
  static override getDerivedStateFromError(error: Error) { return { error }; }
  override componentDidCatch(error: Error) { console.error(error); }
  override componentDidUpdate(before: { at?: string }) { if (this.state.error && before.at !== this.props.at) this.setState({ error: null }); }
  override render() {
    if (!this.state.error) return this.props.children;
    const error = new ApiError('version', 0, { title: `This ${this.props.what ?? 'panel'} failed`, detail: this.state.error.message }, null, null);
    const failure = <Failure error={error} retry={() => this.setState({ error: null })} />;
    return this.props.framed ? <section class="panel full">{failure}</section> : failure;
  }
}

/** Each by itself, also those of a fragment; by place, so that one that is not there yet does not make others new. */
function apart(children: ComponentChildren, at = ''): ComponentChildren {
  if (Array.isArray(children)) return children.map((child, i) => apart(child as ComponentChildren, `${at}/${i}`));
  if (isValidElement(children) && children.type === Fragment) return apart((children.props as { children?: ComponentChildren }).children, `${at}/`);
  return isValidElement(children) ? <Boundary key={at} framed>{children}</Boundary> : children;
}

/** The panels of a page. What one of them throws takes none of the others. */
export function Grid({ children }: { children: ComponentChildren }) {
  return <div class="grid">{apart(children)}</div>;
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
