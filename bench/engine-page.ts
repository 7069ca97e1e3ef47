import { demoDataset } from '../studio/site/demo/dataset.ts';

/** The page that all engines answer: 50 Versions with ten fields and three links. */
export const ENGINE_QUERY = `query Page {
  versions(first: 50) {
    nodes {
      id code description sgStatusList sgVersionType clientCode frameCount frameRange createdAt updatedAt
      project { id type name } sgTask { id type name } user { id type name }
    }
  }
}`;

/** The same for servers whose schema was written by hand. */
export const SDL = `
  type Ref { id: Int! type: String! name: String }
  type Version {
    id: Int! code: String description: String sgStatusList: String sgVersionType: String clientCode: String
    frameCount: Int frameRange: String createdAt: String updatedAt: String
    project: Ref sgTask: Ref user: Ref
  }
  type Connection { nodes: [Version!]! }
  type Query { versions(first: Int): Connection! }
`;

interface Link {
  readonly type: string;
  readonly id: number;
  readonly name: string | null;
}

/** 50 rows of the demo with system names, links with their names. */
export function engineRows() {
  const { rows } = demoDataset();
  const nameOf = ({ type, id }: Link): string => {
    const row = rows[type]?.find((candidate) => candidate.id === id) ?? {};
    const text = (row as Record<string, unknown>)['name'] ?? (row as Record<string, unknown>)['content'];
    return typeof text === 'string' ? text : `${type} ${id}`;
  };
  const link = (value: unknown): Link | null =>
    value === null || value === undefined ? null : { ...(value as Link), name: nameOf(value as Link) };
  return (rows['Version'] ?? []).slice(0, 50).map((row) => ({
    id: row.id,
    code: String(row['code']),
    description: (row['description'] as string | undefined) ?? null,
    sg_status_list: String(row['sg_status_list']),
    sg_version_type: (row['sg_version_type'] as string | undefined) ?? null,
    client_code: null,
    frame_count: (row['frame_count'] as number | undefined) ?? null,
    frame_range: (row['frame_range'] as string | undefined) ?? null,
    created_at: String(row['created_at']),
    updated_at: String(row['updated_at']),
    project: link(row['project']),
    sg_task: link(row['sg_task']),
    user: link(row['user']),
  }));
}

/** The same under the names of the graph. */
export const enginePage = () =>
  engineRows().map(({ sg_status_list, sg_version_type, client_code, frame_count, frame_range, ...row }) => {
    const { created_at, updated_at, sg_task, ...rest } = row;
    return {
      ...rest,
      sgStatusList: sg_status_list,
      sgVersionType: sg_version_type,
      clientCode: client_code,
      frameCount: frame_count,
      frameRange: frame_range,
      createdAt: created_at,
      updatedAt: updated_at,
      sgTask: sg_task,
    };
  });
