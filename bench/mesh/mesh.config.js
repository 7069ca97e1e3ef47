import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { openapi, SEARCHES } from './openapi.js';

const argument = (name) =>
  name.replaceAll('[', '_LEFT_SQUARE_BRACE_').replaceAll(']', '_RIGHT_SQUARE_BRACE_').replaceAll('.', '_');
const source = (field) => `sourceName: "Site", sourceTypeName: "Query", sourceFieldName: "${field}"`;

/** The rows that a link of this type leads to: Mesh gathers the ids of one level into one GET. */
const linked = (link, field, fields) => `@resolveTo(
  ${source(field)}, requiredSelectionSet: "{ relationships { ${link} { data { id } } } }"
  keyField: "relationships.${link}.data.id", keysArg: "${argument('filter[id]')}"
  additionalArgs: { fields: "${fields}", ${argument('page[size]')}: 500 }
  result: "data", valueKeyField: "id")`;

/** The rows whose own link leads to this one: one GET for each parent. */
const children = (field, path, fields) => `@resolveTo(
  ${source(field)}, requiredSelectionSet: "{ id }"
  sourceArgs: { ${argument(`filter[${path}]`)}: "{root.id}", fields: "${fields}", ${argument('page[size]')}: 500 }
  result: "data")`;

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('Site', {
        source: openapi,
        // Mesh-compose hands nothing else to its configuration.
        endpoint: process.env.SITE_API,
        operationHeaders: { Authorization: '{context.headers.authorization}' },
        selectQueryOrMutationField: SEARCHES.map((fieldName) => ({ type: 'query', fieldName })),
      }),
    },
  ],
  additionalTypeDefs: `
    extend type Version { shot: Shot ${linked('entity', 'shots', 'code,sg_sequence')} }
    extend type Shot {
      sequence: Sequence ${linked('sg_sequence', 'sequences', 'code')}
      tasks: [Task] ${children('tasks', 'entity.Shot.id', 'content,sg_status_list,due_date,step')}
      versions: [Version] ${children('versions', 'entity.Shot.id', 'code,sg_status_list,created_at,user')}
      assets: [Asset] ${children('assets', 'shots.Shot.id', 'code,sg_asset_type')}
    }
    extend type Task {
      shot: Shot ${linked('entity', 'shots', 'code,sg_sequence')}
      stepRow: Step ${linked('step', 'steps', 'code,color')}
    }
  `,
});
