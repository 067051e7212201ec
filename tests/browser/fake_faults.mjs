// SPDX-License-Identifier: Apache-2.0
// What the made-up server refuses: who may come in, which answers fail, which files are gone. POST /__fake {"fail": {…}} with any of
//   answers: [{ path, status, retry_after, detail, code, times, body }]   calls that begin with the path; `body` goes out instead of a problem
//   script: "x"       the page names another script than it did, as after an upgrade; files: ["engine-"]   assets that are gone
// With --auth session it takes the password below and gives a cookie, with --auth basic it leaves that to the browser's prompt.
export const EMAIL = 'alice@example.com';
export const PASSWORD = 'correct horse battery';
const TRIES = 3; // wrong ones; the next is throttled
const THROTTLE_SECONDS = 2;
const RANK = ['none', 'viewer', 'operator', 'admin'];
/** What a call needs that is not read by everyone, as the module's table of routes has it. */
const needs = (method, path) => (/^\/(users|secrets|audit)\b/.test(path) ? 'admin' : /^\/(api-keys|sessions|me|auth)\b/.test(path) && path !== '/me' ? 'viewer' : path === '/me' || path === '/health' ? 'none' : method === 'GET' ? 'viewer' : method === 'DELETE' || /^\/engine\//.test(path) ? 'admin' : 'operator');

export class Faults {
  constructor({ auth, role, mount }) {
    Object.assign(this, { auth, role, mount, answers: [], script: null, files: [], wrong: 0, until: 0, sessions: new Set() });
  }

  bend(fail) {
    Object.assign(this, { answers: [], script: null, files: [] }, fail);
    if (fail.end) this.sessions.clear();
  }

  credential() { return { session: 'session', basic: 'none', off: 'password' }[this.auth]; }

  signedIn(request) {
    if (this.auth === 'basic') return request.headers.authorization === `Basic ${btoa(`${EMAIL}:${PASSWORD}`)}`;
    return this.sessions.has(/\bbm_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]);
  }

  lets(request) { return this.auth === 'off' || this.signedIn(request); }

  page(html) { return this.script ? html.replace(/assets\/index-[\w-]+\.js/, `assets/index-${this.script}.js`) : html; }

  file(path, response) {
    if (!this.files.some((f) => path.includes(f))) return false;
    response.writeHead(404);
    response.end();
    return true;
  }

  problem(status, detail, code, headers = {}) { return { status, headers, data: { type: `urn:mod_benchmark:problem:${code}`, title: { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests', 503: 'Service Unavailable' }[status] ?? 'Error', status, detail, code } }; }

  /** The answer to a call that does not come to its route; undefined lets it pass. */
  answer(request, path, text, headers) {
    const own = this.refusal(request, path, text);
    if (own?.data?.code) own.data.request_id = headers['X-Request-Id'];
    return own;
  }

  refusal(request, path, text) {
    const { method } = request;
    if (path.startsWith('/auth/') && path !== '/auth/me' && path !== '/auth/password' && this.auth === 'session') return this.session(request, path, text);
    if (method === 'OPTIONS') return this.problem(404, `There is nothing at ${path}.`, 'not_found');
    if (!this.lets(request)) {
      if (this.auth === 'basic') return this.problem(401, 'This needs a user who is known to the server.', 'unauthorized', { 'WWW-Authenticate': 'Basic realm="bench"' });
      if (path === '/me') return { status: 200, headers: {}, data: { user: null, role: 'none', anonymous: true, id: null, credential: 'none', scopes: [] } };
      return this.problem(401, `This needs the role ${needs(method, path)}; requests without a user have the role none here.`, 'not_authenticated', { 'WWW-Authenticate': 'Bearer realm="benchmark"' });
    }
    const rule = this.answers.find((a) => path.startsWith(a.path) && a.times !== 0);
    if (rule) {
      if (rule.times) rule.times--;
      return rule.body !== undefined ? { status: 200, headers: {}, data: rule.body, bent: true }
        : this.problem(rule.status, rule.detail ?? 'It was told to fail.', rule.code ?? 'told', rule.retry_after ? { 'Retry-After': String(rule.retry_after) } : {});
    }
    const role = needs(method, path);
    if (!request.headers['x-fake-admin'] && RANK.indexOf(this.role) < RANK.indexOf(role)) return this.problem(403, `This needs the role ${role}; alice has the role ${this.role}.`, 'role_too_low');
    return undefined;
  }

  session(request, path, text) {
    if (request.method === 'OPTIONS') return { status: 204, headers: { Allow: 'POST, OPTIONS' }, data: undefined };
    if (path === '/auth/logout') {
      this.sessions.delete(/\bbm_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]);
      return { status: 200, headers: { 'Set-Cookie': `bm_session=; Path=${this.mount}; Max-Age=0` }, data: { message: 'signed out' } };
    }
    if (Date.now() < this.until) return this.problem(429, 'Too many attempts to log in.', 'login_throttled', { 'Retry-After': String(Math.ceil((this.until - Date.now()) / 1000)) });
    const { email, password, cookie } = JSON.parse(text);
    if (email !== EMAIL || password !== PASSWORD) {
      if (++this.wrong >= TRIES) { this.wrong = 0; this.until = Date.now() + THROTTLE_SECONDS * 1000; }
      return this.problem(401, 'The name or the password is wrong.', 'login_refused', { 'WWW-Authenticate': 'Bearer realm="benchmark"' });
    }
    const id = Math.random().toString(36).slice(2);
    if (!this.cookieless && cookie) this.sessions.add(id);
    return { status: 200, headers: { 'Set-Cookie': `bm_session=${id}; Path=${this.mount}; HttpOnly; SameSite=Lax` }, data: { token_type: 'bearer', expires_in: 28_800, user: { id: 1, email, name: 'Alice' } } };
  }
}
