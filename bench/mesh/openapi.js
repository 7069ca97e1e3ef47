/**
 * The operations that the pages need, as an OpenAPI document. The site's own `spec.json` names the paths, but neither the
 * types of rows nor the parameters: Mesh makes a JSON scalar of every answer of it, which can neither be selected from nor linked.
 */

const integer = { type: 'integer' };
const text = { type: 'string' };
const object = (properties) => ({ type: 'object', properties });
const list = (items) => ({ type: 'array', items });
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const inFull = (properties, value) => Object.fromEntries(properties.split(' ').map((name) => [name, value]));
const row = (attributes, links) =>
  object({
    id: integer,
    type: text,
    attributes: object(inFull(attributes, text)),
    relationships: object(inFull(links, object({ data: ref('Link') }))),
  });

/** Path of a type, and its attributes and single links on the pages. */
const TYPES = {
  Version: [
    'versions',
    'code description sg_status_list image created_at',
    'project entity sg_task user sg_uploaded_movie',
  ],
  Shot: ['shots', 'code description sg_status_list', 'project sg_sequence'],
  Sequence: ['sequences', 'code', 'project'],
  Task: ['tasks', 'content sg_status_list due_date', 'project entity step'],
  Step: ['steps', 'code color', 'department'],
  Asset: ['assets', 'code sg_asset_type', 'project'],
};

const query = (name, schema, more) => ({ in: 'query', name, schema, ...more });
const answer = (schema) => ({ 200: { description: 'rows', content: { 'application/json': { schema } } } });

function pathsOf(type, path) {
  return {
    [`/entity/${path}`]: {
      get: {
        operationId: path,
        parameters: [
          query('fields', text),
          query('page[size]', integer),
          query('filter[id]', list(integer), { style: 'form', explode: false }),
          query('filter[entity.Shot.id]', integer),
          query('filter[shots.Shot.id]', integer),
        ],
        responses: answer(ref(`${type}Rows`)),
      },
    },
    [`/entity/${path}/_search`]: {
      post: {
        operationId: `${path}Search`,
        requestBody: {
          required: true,
          content: { 'application/vnd+shotgun.api3_hash+json': { schema: ref('Search') } },
        },
        responses: answer(ref(`${type}Rows`)),
      },
    },
  };
}

export const openapi = {
  openapi: '3.0.0',
  info: { title: 'Site', version: '1' },
  paths: Object.assign(
    {
      '/entity/tasks/_summarize': {
        post: {
          operationId: 'tasksSummary',
          requestBody: {
            required: true,
            content: { 'application/vnd+shotgun.api3_hash+json': { schema: ref('Summary') } },
          },
          responses: answer(object({ data: {} })),
        },
      },
    },
    ...Object.entries(TYPES).map(([type, [path]]) => pathsOf(type, path)),
  ),
  components: {
    schemas: {
      Link: object({ id: integer, type: text, name: text }),
      Search: object({
        filters: {},
        fields: text,
        sort: text,
        page: object({ size: integer, number: integer }),
      }),
      Summary: object({ filters: {}, summary_fields: {} }),
      ...Object.fromEntries(
        Object.entries(TYPES).flatMap(([type, [, attributes, links]]) => [
          [type, row(attributes, links)],
          [`${type}Rows`, object({ data: list(ref(type)) })],
        ]),
      ),
    },
  },
};

/** Operations that are a POST and only read. */
export const SEARCHES = ['tasksSummary', ...Object.values(TYPES).map(([path]) => `${path}Search`)];
