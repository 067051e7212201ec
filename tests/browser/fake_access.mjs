// SPDX-License-Identifier: Apache-2.0
// Users, sessions, API keys, secrets and the audit log of the made-up server. The caller is alice, who administers.
import { createHash, randomBytes } from 'node:crypto';

const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const DAY = 86_400_000;
const CANARY = '<img src=x onerror="document.title=\'XSS\'">';
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36', `${CANARY}/1.0`];

export class Access {
  constructor(Problem, db) {
    Object.assign(this, { Problem, db });
    this.fill();
  }

  fill() {
    const now = Date.now();
    const user = (id, name, role, more = {}) => ({ id, name, email: `${name}@example.com`, full_name: null, role, disabled: false, has_password: true, password_link_until: null, login_at: iso(now - id * 4.1e6), password_at: iso(now - 90 * DAY), created_by: 'alice', created_at: iso(now - 200 * DAY), updated_at: iso(now - 90 * DAY), ...more });
    this.users = [
      user(1, 'alice', 'admin', { full_name: 'Alice Ayers', created_by: null }), user(2, 'otto', 'operator', { full_name: 'Otto Oduya' }), user(3, 'vera', 'viewer', { disabled: true }),
      user(4, 'build', 'operator', { email: null, has_password: false, password_at: null, login_at: null, password_link_until: iso(now + 20 * 3.6e6) }), user(5, CANARY, 'none', { email: null, full_name: CANARY }),
      user(6, 'somebody.with.a.rather.long.name.that.has.to.be.cut.somewhere@subsidiary.example.com', 'viewer', { email: 'somebody.with.a.rather.long.name.that.has.to.be.cut.somewhere@subsidiary.example.com' }),
    ];
    const session = (id, u, agent, more = {}) => ({ id, user: u, kind: 'cookie', current: false, address: `192.0.2.${id}`, agent, created_at: iso(now - id * 3e6), seen_at: iso(now - id * 61_000), ends_at: iso(now + 7 * DAY - id * 3e6), ...more });
    this.sessions = [session(1, 'alice', AGENTS[0], { current: true }), session(2, 'alice', AGENTS[1], { address: '2001:db8:85a3::8a2e:370:7334' }), session(3, 'alice', 'python-requests/2.32.3', { kind: 'tokens' }), session(4, 'otto', AGENTS[2]), session(5, 'otto', null, { kind: 'tokens', address: null })];
    const key = (id, name, u, more = {}) => ({ id, name, prefix: createHash('md5').update(name).digest('hex').slice(0, 8), user: u, role: 'viewer', scopes: null, expires_at: iso(now + 80 * DAY), last_used_at: iso(now - id * 7e6), created_by: u, created_at: iso(now - 10 * DAY), ...more });
    this.keys = [key(1, 'nightly build', 'alice', { role: 'operator', scopes: ['read', 'run'] }), key(2, 'dashboard of the team', 'alice', { scopes: ['read'], expires_at: iso(now + 6 * DAY) }), key(3, 'old laptop', 'alice', { expires_at: iso(now - DAY), last_used_at: null }), key(4, CANARY, 'alice', { expires_at: null, role: 'admin' }), key(5, 'gate of the pipeline', 'otto', { scopes: ['run'] })];
    const secret = (id, name, description, more = {}) => ({ id, name, description, project_id: 1, key_id: '2026-07', set_at: iso(now - id * 9 * DAY), last_used_at: iso(now - id * 2e6), created_by: 'alice', created_at: iso(now - 120 * DAY), updated_at: iso(now - id * 9 * DAY), ...more });
    this.secrets = [secret(1, 'anthropic', 'Account of the research group, limited to 200 a month'), secret(2, 'vllm', 'gpu-04 and gpu-05', { key_id: '2026-01' }), secret(3, 'webhook.signing', CANARY, { last_used_at: null, created_by: null }), secret(4, 'a-name-that-is-as-long-as-names-may-be-and-longer-than-any-column-of-a-table-wants-to-be', null)];
    const project = (id, name, description) => ({ id, name, description, created_by: id === 1 ? null : 'alice', created_at: iso(now - (10 - id) * DAY), updated_at: iso(now - DAY) });
    this.projects = [project(1, 'default', null), project(2, 'Assistants', 'What the assistants’ team measures'), project(3, CANARY, CANARY)];
    this.users[1].projects = [2, 1];
    const acts = [['PATCH /automations/{id}', '/automations/2', ['connection', 'max_in_flight']], ['POST /auth/login', '/auth/login', ['cookie', 'email', 'password']], ['DELETE /runs/{id}', '/runs/17', []], ['POST /runs/trigger', '/runs/9001', ['scenario_id']], ['POST /users', '/users/2', ['name', 'password', 'role']], ['PUT /secrets/{id}', '/secrets/2', ['value']], ['POST /engine/stop', '/engine/stop', []], ['POST /automations', `/automations/5`, ['name', 'connection', CANARY]], ['DELETE /users/{id}', '/users/9', []], ['POST /scenarios', '/scenarios/8', ['name', 'automation_id', 'inputs_template', 'run_settings', 'slos', 'labels']]];
    this.entries = Array.from({ length: 130 }, (_, i) => {
      const [action, object, members] = acts[(i * 7) % acts.length];
      const denied = i % 9 === 4;
      const actor = i % 23 === 7 ? null : i % 31 === 3 ? CANARY : ['alice', 'otto', 'build'][i % 3];
      return { id: i + 1, at: iso(now - (130 - i) * 1.7e6), actor, role: denied ? 'viewer' : 'admin', address: i % 2 ? '192.0.2.7' : '2001:db8:85a3::8a2e:370:7334', action, object, members, outcome: denied ? 'denied' : 'done', status: denied ? (actor ? 403 : 401) : 200, request_id: createHash('md5').update(String(i)).digest('hex').slice(0, 16) };
    });
  }

  wrong(pointer, detail) { return new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer, detail }] }); }

  one(list, id, what) {
    const found = list.find((o) => o.id === Number(id));
    if (!found) throw new this.Problem(404, `There is no ${what} ${id}.`);
    return found;
  }

  drop(name, id, what) {
    const gone = this.one(this[name], id, what);
    this[name] = this[name].filter((o) => o !== gone);
    return { data: { message: `${what} ${id} is gone.` } };
  }

  /** Puts it into the audit log, as the module does with each change. */
  note(method, path, body, object = path) {
    const id = (this.entries.at(-1)?.id ?? 0) + 1;
    this.entries.push({ id, at: iso(Date.now()), actor: 'alice', role: 'admin', address: '127.0.0.1', action: `${method} ${path.replace(/\/\d+/, '/{id}')}`, object, members: Object.keys(body ?? {}).sort(), outcome: 'done', status: 200, request_id: randomBytes(8).toString('hex') });
  }

  user(method, id, action, q, body, page) {
    const text = q.get('q')?.toLowerCase();
    if (id === undefined && method === 'GET') return page(this.users.filter((u) => !text || `${u.name} ${u.full_name} ${u.email}`.toLowerCase().includes(text)), q, false);
    const { password, ...rest } = body;
    if (password !== undefined && String(password).length < 8) throw this.wrong('/password', 'Must have 8 to 1024 bytes.');
    if (rest.email && !rest.email.includes('@')) throw this.wrong('/email', 'Must be an address such as anna@example.com.');
    if (rest.name?.includes(':')) throw this.wrong('/name', 'Must have neither a colon nor control characters.');
    const secret = password ? { has_password: true, password_at: iso(Date.now()) } : {};
    if (id === undefined) {
      if (this.users.some((u) => u.name.toLowerCase() === rest.name.toLowerCase())) throw new this.Problem(409, 'There is a user of that name or address already.', { code: 'user_exists' });
      const made = { email: null, full_name: null, role: 'viewer', disabled: false, has_password: false, password_link_until: null, login_at: null, password_at: null, created_by: 'alice', created_at: iso(Date.now()), updated_at: iso(Date.now()), ...rest, ...secret, id: (this.users.at(-1)?.id ?? 0) + 1 };
      this.users.push(made);
      return { status: 201, data: made };
    }
    const user = this.one(this.users, id, 'user');
    if (action === 'logout' || rest.disabled || password) this.sessions = this.sessions.filter((s) => s.user !== user.name);
    if (action === 'logout') return { data: { message: `The sessions of user ${id} are over.` } };
    if (action === 'password-link') {
      if (method === 'DELETE') {
        user.password_link_until = null;
        return { data: { message: `The link of user ${id} holds no more.` } };
      }
      if (user.disabled) throw new this.Problem(409, `${user.name} is disabled: a link would be of no use.`, { code: 'user_disabled' });
      user.password_link_until = iso(Date.now() + 24 * 3.6e6);
      this.link = { user: user.name, token: randomBytes(32).toString('base64url') };
      return { status: 201, data: { ...this.link, url: `${this.db.home}setup#user=${encodeURIComponent(user.name)}&token=${this.link.token}`, expires_at: user.password_link_until } };
    }
    if (method === 'DELETE') return this.drop('users', id, 'User');
    if (method === 'PATCH') Object.assign(user, rest, secret);
    return { data: user };
  }

  /** POST /auth/password */
  setPassword({ token, password }) {
    if (token !== this.link?.token) throw new this.Problem(403, 'This link does not hold: it was used, replaced or withdrawn, or its time is over. Ask for another one.', { code: 'link_invalid' });
    if (String(password).length < 8 || password === 'password1') throw this.wrong('/password', password === 'password1' ? 'Is among the most common passwords: take another one.' : 'Must have 8 to 1024 bytes.');
    const { user } = this.link;
    this.link = null;
    return { data: { user } };
  }

  key(method, id, q, body, page) {
    if (method === 'GET') return id === undefined ? page(this.keys.filter((k) => q.get('all') === 'true' || k.user === 'alice'), q, false) : { data: this.one(this.keys, id, 'API key') };
    if (method === 'DELETE') return this.drop('keys', id, 'API key');
    if (body.expires_at && !/^\d{4}-\d\d-\d\dT/.test(body.expires_at)) throw this.wrong('/expires_at', 'Must be a time as in RFC 3339.');
    const made = { role: 'viewer', scopes: null, expires_at: null, ...body, id: (this.keys.at(-1)?.id ?? 0) + 1, prefix: randomBytes(4).toString('hex'), user: 'alice', last_used_at: null, created_by: 'alice', created_at: iso(Date.now()) };
    this.keys.push(made);
    return { status: 201, data: { key: `bmk_${made.prefix}_${randomBytes(32).toString('base64url')}`, api_key: made } };
  }

  secret(method, id, part, q, body, page) {
    if (id === 'keys' || id === 'rotate') {
      if (id === 'rotate') for (const s of this.secrets) s.key_id = '2026-07';
      const counted = [...new Set(this.secrets.map((s) => s.key_id))].sort().map((key_id) => ({ key_id, secrets: this.secrets.filter((s) => s.key_id === key_id).length, readable: true }));
      return { status: id === 'rotate' ? 202 : 200, data: { usable: true, trouble: null, active_key_id: '2026-07', keys: counted } };
    }
    const text = q.get('q')?.toLowerCase();
    if (id === undefined && method === 'GET') return page(this.secrets.filter((s) => !text || `${s.name} ${s.description}`.toLowerCase().includes(text)), q, false);
    const { value, ...rest } = body;
    const set = value === undefined ? {} : { set_at: iso(Date.now()), key_id: '2026-07' };
    if (id === undefined) {
      if (!/^[A-Za-z_][\w.-]*$/.test(rest.name)) throw this.wrong('/name', 'Must be letters, digits, _ . and -, with a letter or _ first.');
      if (this.secrets.some((s) => s.name === rest.name)) throw new this.Problem(409, 'There is a secret of this name.', { code: 'secret_exists' });
      const made = { description: null, project_id: 1, last_used_at: null, created_by: 'alice', created_at: iso(Date.now()), updated_at: iso(Date.now()), ...rest, ...set, id: (this.secrets.at(-1)?.id ?? 0) + 1 };
      this.secrets.push(made);
      return { status: 201, data: made };
    }
    const secret = this.one(this.secrets, id, 'secret');
    if (part === 'uses') return { data: [...this.db.automations.filter((a) => a.connection.secret === secret.name || JSON.stringify([a.connection, a.default_inputs]).includes(`{{secret.${secret.name}}}`)).map(({ id: n, name }) => ({ kind: 'automation', id: n, name })), ...this.db.scenarios.filter((s) => JSON.stringify(s.inputs_template).includes(`{{secret.${secret.name}}}`)).map(({ id: n, name }) => ({ kind: 'scenario', id: n, name }))] };
    if (method === 'DELETE') return this.drop('secrets', id, 'Secret');
    if (method === 'PATCH') Object.assign(secret, rest, set);
    return { data: secret };
  }

  audit(id, q, page) {
    if (id === 'verify') return { data: { intact: true, has_batch: null, first_broken_batch: null, batches: 10, entries: this.entries.length - 2, last_batch: 12, last_hash: createHash('sha256').update('12').digest('hex'), removed_to_batch: 2, open_entries: 2 } };
    const is = (e, name) => !q.get(name) || e[name] === q.get(name);
    return page(this.entries.filter((e) => is(e, 'actor') && is(e, 'action') && is(e, 'outcome') && is(e, 'request_id') && (!q.get('object') || e.object === q.get('object') || e.object.startsWith(`${q.get('object')}/`)) && (!q.get('from') || e.at >= q.get('from')) && (!q.get('to') || e.at < q.get('to'))), q, true);
  }

  project(method, id, q, body, page) {
    if (id === undefined && method === 'GET') return page(this.projects, q, false);
    if (body.name !== undefined && this.projects.some((p) => p.name === body.name && p.id !== Number(id))) throw new this.Problem(409, 'There is a project of that name already.', { code: 'project_exists' });
    if (id === undefined) {
      const made = { description: null, created_by: 'alice', created_at: iso(Date.now()), updated_at: iso(Date.now()), ...body, id: (this.projects.at(-1)?.id ?? 0) + 1 };
      this.projects.push(made);
      return { status: 201, data: made };
    }
    const project = this.one(this.projects, id, 'project');
    if (method === 'DELETE' && project.id === 2) throw new this.Problem(409, 'There is something in it: automations. Delete that first.', { code: 'still_referenced' });
    if (method === 'DELETE') return this.drop('projects', id, 'Project');
    if (method === 'PATCH') Object.assign(project, body);
    return { data: project };
  }

  /** What one may change of oneself. */
  me(body) {
    const { password, current_password, ...rest } = body;
    if ((password !== undefined || rest.email !== undefined) && current_password !== 'correct horse battery') throw this.wrong('/current_password', 'Is wrong.');
    return { data: Object.assign(this.users[0], rest) };
  }

  /** An answer to one of its paths, or undefined. */
  route(method, [, head, a, b], q, body, page) {
    const path = `/${[head, a, b].filter(Boolean).join('/')}`;
    const answer = head === 'users' ? this.user(method, a, b, q, body, page) : head === 'api-keys' ? this.key(method, a, q, body, page) : head === 'secrets' ? this.secret(method, a, b, q, body, page) : head === 'audit' ? this.audit(a, q, page) : head === 'projects' ? this.project(method, a, q, body, page)
      : head === 'auth' && a === 'sessions' ? (method === 'DELETE' ? this.drop('sessions', b, 'Session') : page(this.sessions.filter((s) => q.get('all') === 'true' || s.user === (q.get('user_id') ? this.users.find((u) => u.id === Number(q.get('user_id')))?.name : 'alice')), q, false))
        : head === 'auth' && a === 'password' ? this.setPassword(body) : head === 'auth' && a === 'me' ? { data: { id: 1, email: this.users[0].email, name: this.users[0].full_name ?? 'alice', role: 'admin' } } : head === 'me' && method === 'PATCH' ? this.me(body) : undefined;
    if (answer && method !== 'GET') this.note(method, path, body, answer.data?.id ? `/${head}/${answer.data.id}` : path);
    return answer;
  }
}
