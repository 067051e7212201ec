// SPDX-License-Identifier: Apache-2.0
// What schema.d.ts says of each path: its answer, its parameters, its body. A name that the server does not know is a compile error.
import type { paths } from './schema';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Paths that have the method. */
export type Path<M extends Method> = { [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never }[keyof paths];

type Operation<M extends Method, P extends keyof paths> = M extends keyof paths[P] ? NonNullable<paths[P][M]> : never;
type JsonOf<R> = R extends { content: { 'application/json': infer T } } ? T : never;
type Good<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? JsonOf<R[S]> : never }[keyof R];
type Parameters<M extends Method, P extends keyof paths> = Operation<M, P> extends { parameters: infer A } ? A : never;

/** What it answers when all is well. */
export type AnswerOf<M extends Method, P extends keyof paths> = Operation<M, P> extends { responses: infer R } ? Good<R> : never;

/** What is sent to it. */
export type BodyOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody?: infer B } ? (NonNullable<B> extends { content: { 'application/json': infer T } } ? T : undefined) : undefined;

/** Its query: the names are the server's, values may be as an address has them; what is null, undefined or empty is left out. */
export type QueryOf<P extends keyof paths, M extends Method = 'get'> = Parameters<M, P> extends { query?: infer Q }
  ? { [K in keyof NonNullable<Q>]?: string | number | boolean | null | undefined } : never;

/** The numbers in its path. */
export type PlaceOf<P extends keyof paths, M extends Method> = Parameters<M, P> extends { path: infer A } ? A : undefined;
