// SPDX-License-Identifier: Apache-2.0
// Views of the made-up server.

export class Views {
  constructor(Problem) {
    this.Problem = Problem;
    const at = new Date().toISOString().replace('Z', '000Z');
    this.list = [{ id: 1, name: 'Failed', page: 'runs', query: 'status=cancelled', project_id: 1, created_by: 'alice', created_at: at, updated_at: at }];
  }

  /** An answer to `/views/...`: `{data, status}`. */
  route(method, id, q, body, page) {
    if (id === undefined && method === 'GET') return page(this.list.filter((v) => !q.get('page') || v.page === q.get('page')), q, false);
    const view = id === undefined ? null : this.list.find((v) => v.id === Number(id));
    if (id !== undefined && !view) throw new this.Problem(404, `There is no view ${id}.`);
    if (method === 'GET') return { data: view };
    if (method === 'DELETE') {
      this.list = this.list.filter((v) => v !== view);
      return { data: { message: `View ${id} was deleted.` } };
    }
    const is = { ...view, ...body };
    if (this.list.some((v) => v !== view && v.page === is.page && v.name.toLowerCase() === is.name.toLowerCase())) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '/name', detail: 'There is a view of this name already.' }] });
    const at = new Date().toISOString().replace('Z', '000Z');
    if (view) return { data: Object.assign(view, body, { updated_at: at }) };
    const made = { query: '', project_id: 1, created_by: 'alice', created_at: at, updated_at: at, ...body, id: (this.list.at(-1)?.id ?? 0) + 1 };
    this.list.push(made);
    return { status: 201, data: made };
  }
}
