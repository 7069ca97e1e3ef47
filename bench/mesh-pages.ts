/** What the gateway can answer that is nearest to a page of ours: the same rows and fields, in the shape of the REST API. */
export interface MeshPage {
  /** Of the page of ours. */
  readonly name: string;
  readonly query: string;
  variables(selectedIds: readonly number[]): object;
  /** Stands in the answer when its deepest rows were found. */
  readonly deepest: string;
}

const all = (...conditions: readonly unknown[]): object => ({ logical_operator: 'and', conditions });
const SEARCH = '$input: Search_Input';
const MY_TASKS = all(
  ['task_assignees', 'in', [{ type: 'HumanUser', id: 31 }]],
  ['sg_status_list', 'not_in', ['fin', 'omt']],
);

export const MESH_PAGES: readonly MeshPage[] = [
  {
    name: 'fifty-versions',
    query: `query (${SEARCH}) {
      versionsSearch(input: $input) { data { id attributes { code sg_status_list created_at }
        relationships { entity { data { id type name } } sg_task { data { id name } } user { data { id type name } } } } }
    }`,
    variables: () => ({
      input: {
        filters: all(['project', 'is', { type: 'Project', id: 1 }]),
        fields: 'code,sg_status_list,created_at,entity,sg_task,user',
        sort: '-id',
        page: { size: 50, number: 1 },
      },
    }),
    deepest: '"type":"HumanUser","name":"',
  },
  {
    name: 'review-app',
    query: `query (${SEARCH}) {
      versionsSearch(input: $input) { data { id type
        attributes { code description sg_status_list image created_at }
        relationships { project { data { id name } } entity { data { id type name } } sg_task { data { id name } } user { data { id name } } }
        shot { relationships { sg_sequence { data { id name } } } } } }
    }`,
    variables: (selectedIds) => ({
      input: {
        filters: all(['id', 'in', selectedIds]),
        fields: 'code,description,sg_status_list,image,created_at,project,entity,sg_task,user',
        page: { size: 50, number: 1 },
      },
    }),
    deepest: '"sg_sequence":{"data":{"id":',
  },
  {
    name: 'shot-page',
    query: `{
      shots(fields: "code,description,sg_status_list,sg_sequence,project", filter_LEFT_SQUARE_BRACE_id_RIGHT_SQUARE_BRACE_: [2]) {
        data { attributes { code description sg_status_list } relationships { project { data { id name } } }
          sequence { id attributes { code } }
          tasks { attributes { content sg_status_list due_date } relationships { step { data { id } } } stepRow { attributes { code } } }
          versions { attributes { code sg_status_list created_at } relationships { user { data { id name } } } }
          assets { attributes { code sg_asset_type } } } }
    }`,
    variables: () => ({}),
    deepest: '"stepRow":{"attributes":{"code":"',
  },
  {
    name: 'my-tasks',
    query: `query (${SEARCH}, $summary: Summary_Input) {
      tasksSearch(input: $input) { data { id attributes { content due_date sg_status_list }
        relationships { entity { data { id type name } } project { data { name } } }
        shot { relationships { sg_sequence { data { id } } } sequence { attributes { code } } } stepRow { attributes { code color } } } }
      tasksSummary(input: $summary) { data }
    }`,
    variables: () => ({
      input: {
        filters: MY_TASKS,
        fields: 'content,due_date,sg_status_list,entity,project,step',
        sort: 'due_date',
        page: { size: 20, number: 1 },
      },
      summary: { filters: MY_TASKS, summary_fields: [{ field: 'id', type: 'count' }] },
    }),
    deepest: '"sequence":{"attributes":{"code":"',
  },
];
