// SPDX-License-Identifier: Apache-2.0
// The upload of a dataset: a file chosen or dropped, or text pasted. What the server finds wrong stands at its line.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Dataset, DatasetUpload } from '../../api/types';
import { bytes, plural } from '../../format/number';
import { setGuard } from '../../router';
import { about, datasetsChanged } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl, shellQuote } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field, fieldError, FormError, SelectField, TextField } from '../../ui/form';
import { toast } from '../../ui/toast';
import { bodyBytes, curlOfFile, type Format, guessFormat, lineCount, linesOf, nameOfFile, placeIn, spanOfLine, wrongLine } from './content';
import { Lines } from './lines';

const QUESTION = 'Leave without uploading the dataset?';
/** A larger text is not put into a field, which would be slow. */
const EDITABLE = 256 * 1024;
const PREVIEW = 5;
/** After the last key, ms, as in the other editors: while one types, half of everything is wrong. */
const SETTLES = 500;
const FORMATS: readonly (readonly [Format, string])[] = [['jsonl', 'JSONL: a JSON object in each line'], ['csv', 'CSV: the first line has the names']];
const EXAMPLES: Record<Format, string> = {
  jsonl: '{"prompt": "What is a stopwatch?", "max_tokens": 100}\n{"prompt": "Name three cities.", "max_tokens": 20}',
  csv: 'prompt,max_tokens\n"What is a stopwatch?",100\n"Name three cities.",20',
};

interface Content { text: string; file: { name: string; size: number } | null }

async function readFile(file: File): Promise<Content | { wrong: string }> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    if (text.includes('\0')) return { wrong: `${file.name} is not a text file.` };
    return { text, file: { name: file.name, size: file.size } };
  } catch (error) {
    return { wrong: error instanceof TypeError ? `${file.name} is not UTF-8 text. Save it as UTF-8 and choose it again.` : `${file.name} could not be read: ${String(error)}` };
  }
}

/** Where files are dropped; also the button to choose one. */
function Drop({ take, children }: { take: (files: FileList | null) => void; children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class={`drop ${over ? 'over' : ''}`}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false); }}
      onDrop={(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer?.files ?? null); }}>
      <input ref={input} type="file" hidden accept=".jsonl,.ndjson,.json,.csv,.txt,application/x-ndjson,text/csv,text/plain" aria-label="File"
        onChange={(e) => { take(e.currentTarget.files); e.currentTarget.value = ''; }} />
      <p class="drop-line"><button type="button" data-autofocus onClick={() => input.current?.click()}>Choose a file</button><span class="note">or drop a JSONL or CSV file here</span></p>
      {children}
    </div>
  );
}

function FileCard({ content, drop, edit }: { content: Content; drop: () => void; edit: () => void }) {
  const lines = lineCount(content.text);
  return (
    <div class="file-card">
      <div class="file-line">
        <span><b>{content.file?.name}</b> <span class="note">{bytes(content.file?.size)}, {plural(lines, 'line')}</span></span>
        <span class="row">{content.text.length <= EDITABLE && <button type="button" class="small" onClick={edit}>Edit here</button>}<button type="button" class="small" onClick={drop}>Take out</button></span>
      </div>
      <Lines lines={linesOf(content.text, 1, PREVIEW)} label="First lines of the file" />
      {lines > PREVIEW && <p class="note">and {plural(lines - PREVIEW, 'more line')}</p>}
    </div>
  );
}

/** What is wrong with lines that are typed, once typing rests: what the server would say, before it is asked. */
function useTyped(content: Content, format: Format): string | undefined {
  const [settled, settle] = useState('');
  const looked = format === 'jsonl' && content.file === null && content.text.length <= EDITABLE ? content.text : '';
  useEffect(() => {
    const timer = setTimeout(() => settle(looked), SETTLES);
    return () => clearTimeout(timer);
  }, [looked]);
  return useMemo(() => (settled === looked ? wrongLine(settled) : undefined), [settled, looked]);
}

/** What was found wrong with the content: the sentence, the lines around, the way to them. */
function WrongContent({ sentence, text, field, id }: { sentence: string; text: string; field: HTMLTextAreaElement | null; id: string }) {
  const place = placeIn(sentence);
  const lines = place ? linesOf(text, place.line - 1, place.line + 1) : [];
  const show = () => {
    const span = place && spanOfLine(text, place.line);
    if (!field || !span) return;
    field.focus();
    field.setSelectionRange(...span);
    // a text area does not scroll to its selection by itself
    field.scrollTop = Math.max(0, (place.line - 3) * 18);
  };
  return (
    <div class="wrong-content" id={id}>
      <p class="error">{sentence}</p>
      {place && lines.length > 0 && <Lines lines={lines} wrong={place} label={`Lines around line ${place.line}`} />}
      {place && field && <button type="button" class="small" onClick={show}>Go to line {place.line}</button>}
    </div>
  );
}

export function Upload({ onClose, onDone, guarded }: { onClose: () => void; onDone: (made: Dataset) => void; guarded: boolean }) {
  const [name, setName] = useState('');
  const [format, setFormat] = useState<Format>('jsonl');
  const [content, setContent] = useState<Content>({ text: '', file: null });
  const [unread, setUnread] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const limit = useStore(about).data?.limits?.['max_body_bytes'];
  const dirty = name !== '' || content.text !== '';
  const typed = useTyped(content, format);
  const upload: DatasetUpload = { name: name.trim(), format, content: content.text };
  useEffect(() => {
    if (!guarded) return undefined; // the form below has a guard of its own
    setGuard(dirty ? () => QUESTION : null);
    return () => setGuard(null);
  }, [dirty]);
  const setGuardless = () => { if (guarded) setGuard(null); };
  const put = (next: Content) => { setError(null); setUnread(null); setContent(next); };
  const take = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    const read = await readFile(file);
    if ('wrong' in read) { setUnread(read.wrong); return; }
    put(read);
    setUnread(files.length > 1 ? `One file at a time: ${file.name} was taken.` : null);
    setFormat(guessFormat(file.name, read.text) ?? format);
    setName((was) => was || nameOfFile(file.name));
  };
  // the exact weight is worked out only where it may matter
  const weight = typeof limit === 'number' && content.text.length > limit / 2 ? bodyBytes(upload) : 0;
  const tooLarge = typeof limit === 'number' && weight > limit
    ? `As a request this is ${bytes(weight)}; the server takes at most ${bytes(limit)} (BenchmarkMaxBody). Split it, or have the limit raised.` : null;
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await api.datasetAdd(upload);
      setGuardless();
      datasetsChanged();
      toast(`Uploaded ${made.name}: ${plural(made.entries, 'entry', 'entries')}`);
      onDone(made);
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.upload [aria-invalid]')?.focus());
    }
    setBusy(false);
  };
  const wrong = fieldError(error, '/content') ?? typed;
  const close = () => { setGuardless(); onClose(); };
  const command = () => curlOfFile(curl('POST', '/datasets'), upload, content.file?.name ?? `questions.${format}`, shellQuote);
  return (
    <Dialog title="Upload a dataset" kind="sheet" onClose={close} mayClose={() => !dirty || confirm(QUESTION)}>
      <form class="editor upload" onSubmit={(e) => { e.preventDefault(); if (!busy && tooLarge === null) void submit(); }}
        onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 's') { e.preventDefault(); e.currentTarget.requestSubmit(); } }}>
        <div class="dialog-body">
          <p class="lead">What load tests are to ask: each entry is laid over the inputs of a scenario, one for each request.</p>
          <Drop take={(files) => void take(files)}>
            {content.file
              ? <FileCard content={content} drop={() => put({ text: '', file: null })} edit={() => put({ text: content.text, file: null })} />
              : (
                <Field label="or paste it" error={undefined} class={wrong ? 'wrong' : ''}>
                  {(p) => (
                    <textarea {...p} {...(wrong ? { 'aria-invalid': true, 'aria-describedby': 'content-wrong' } : {})} ref={area} class="mono" rows={8} wrap="off" spellcheck={false} value={content.text} placeholder={EXAMPLES[format]}
                      onPaste={(e) => { if (content.text === '') setFormat(guessFormat('', e.clipboardData?.getData('text') ?? '') ?? format); }}
                      onInput={(e) => put({ text: e.currentTarget.value, file: null })} />
                  )}
                </Field>
              )}
          </Drop>
          <div role="alert">
            {unread && <p class="error">{unread}</p>}
            {tooLarge && <p class="error">{tooLarge}</p>}
            {wrong && <WrongContent sentence={wrong} text={content.text} field={content.file ? null : area.current} id="content-wrong" />}
          </div>
          <div class="columns">
            <TextField label="Name" value={name} onValue={setName} error={fieldError(error, '/name')} input={{ required: true, maxLength: 200 }} />
            <SelectField label="Format" value={format} onValue={(next) => { setError(null); setFormat(next); }} options={FORMATS} error={fieldError(error, '/format')} help={format === 'csv' ? 'A value without quotes that is a number becomes one.' : 'Blank lines are passed over.'} />
          </div>
          <FormError error={error} known={['/name', '/format', '/content']} word="Not uploaded." />
        </div>
        <footer class="dialog-foot">
          <Copy class="ghost" text={command}>Copy as curl</Copy>
          <span class="grow" />
          <button type="submit" class="primary" disabled={busy || upload.name === '' || content.text.trim() === '' || tooLarge !== null}>{busy ? 'Uploading' : 'Upload'}</button>
        </footer>
      </form>
    </Dialog>
  );
}
