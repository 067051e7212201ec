// SPDX-License-Identifier: Apache-2.0
// The text of a dataset before it is uploaded: its format, its lines, and the line that the server found wrong.
import type { Dataset, DatasetUpload } from '../../api/types';
import { readText } from '../../editor/json_text';

export type Format = Dataset['format'];

/** By the file's name; a text without one is JSONL if it begins as an object does. Null: neither is likely. */
export function guessFormat(name: string, text: string): Format | null {
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  const begin = text.slice(0, 1000).replace(/^\ufeff/, '').trimStart();
  if (begin === '') return null;
  return begin.startsWith('{') ? 'jsonl' : 'csv';
}

/** The file's name without folder and ending. */
export const nameOfFile = (name: string): string => name.replace(/^.*[/\\]/, '').replace(/\.(jsonl|ndjson|json|csv|txt)$/i, '');

/** Lines, of which a last empty one is none. */
export function lineCount(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) n++;
  return text === '' || text.endsWith('\n') ? n : n + 1;
}

/** "Line 12, column 5: …" and its like. */
export function placeIn(sentence: string | undefined): { line: number; column: number | null } | null {
  const found = /^Line (\d+)(?:, column (\d+))?\b/.exec(sentence ?? '');
  return found ? { line: Number(found[1]), column: found[2] ? Number(found[2]) : null } : null;
}

/** What the server would say of the first line that is no JSON object, in its form; undefined: nothing. Blank lines are passed over. */
export function wrongLine(text: string): string | undefined {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readText(line);
    if ('wrong' in read) return `Line ${i + 1}, column ${read.wrong.at + 1}: ${read.wrong.sentence}`;
    if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return `Line ${i + 1} is not a JSON object.`;
  }
  return undefined;
}

/** Where a line begins and ends in the text, its line break not included; null beyond the end. */
export function spanOfLine(text: string, line: number): [number, number] | null {
  let begin = 0;
  for (let n = 1; n < line; n++) {
    const stop = text.indexOf('\n', begin);
    if (stop < 0) return null;
    begin = stop + 1;
  }
  const stop = text.indexOf('\n', begin);
  const end = stop < 0 ? text.length : stop;
  return [begin, end > begin && text[end - 1] === '\r' ? end - 1 : end];
}

export interface TextLine { number: number; text: string }

/** The lines `from` to `to` that there are. */
export function linesOf(text: string, from: number, to: number): TextLine[] {
  const lines: TextLine[] = [];
  for (let number = Math.max(1, from); number <= to; number++) {
    const span = spanOfLine(text, number);
    if (!span || (span[0] === text.length && number > 1)) break;
    lines.push({ number, text: text.slice(...span) });
  }
  return lines;
}

/** A line in three pieces, the middle one being the character at `column`; long ones are cut, around that character. */
export function cutLine(text: string, column: number | null, room = 160): [before: string, at: string, after: string] {
  const at = column === null ? -1 : Math.min(Math.max(0, column - 1), Math.max(0, text.length - 1));
  const from = at < room * 0.7 ? 0 : at - Math.round(room / 2);
  const to = Math.min(text.length, from + room);
  const [head, tail] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  if (at < 0) return [`${head}${text.slice(from, to)}${tail}`, '', ''];
  return [head + text.slice(from, at), text.slice(at, at + 1), text.slice(at + 1, to) + tail];
}

/** What the request weighs: JSON escapes quotes and line breaks, so that it is more than the file. */
export const bodyBytes = (upload: DatasetUpload): number => new TextEncoder().encode(JSON.stringify(upload)).length;

/** The command that uploads a file of any size the server takes; jq makes a JSON string of it. */
export function curlOfFile(curl: string, upload: DatasetUpload, file: string, quote: (text: string) => string): string {
  return `jq -Rs --arg name ${quote(upload.name)} '{name: $name, format: "${upload.format}", content: .}' ${quote(file)} |\n  ${curl} \\\n  -d @-`;
}
