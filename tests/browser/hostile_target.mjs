// SPDX-License-Identifier: Apache-2.0
// A target whose every word is a script that wants to run: model, text, headers, reason, and error. `http://…/fine/v1` answers a stream,
// `http://…/refuse/v1` an error.
import { createServer } from 'node:http';

export async function hostileTarget(word) {
  const ascii = word.replace(/[^\x20-\x7e]/g, ''); // as headers can have it
  const server = createServer((request, response) => {
    request.resume();
    const headers = { 'X-Request-Id': ascii, 'X-Model': ascii, Server: ascii };
    if (request.url.startsWith('/refuse')) {
      response.writeHead(500, ascii.slice(0, 60), { 'Content-Type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message: word, type: word, code: word } }));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', ...headers });
    const chunk = (more) => response.write(`data: ${JSON.stringify({ id: word, object: 'chat.completion.chunk', created: 1, model: word, system_fingerprint: word, ...more })}\n\n`);
    for (let i = 0; i < 4; i++) chunk({ choices: [{ index: 0, delta: { content: `${word} ` }, finish_reason: null }] });
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: word }] });
    chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
    response.end('data: [DONE]\n\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { url: (kind) => `http://127.0.0.1:${server.address().port}/${kind}/v1`, close: () => server.close() };
}
