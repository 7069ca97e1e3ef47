import type { Dataset } from '../site/ports.ts';

/** A file of a version. The storage knows versions by their codes alone, and nothing of who may see which. */
export interface StoredFile {
  readonly path: string;
  /** Code of the version in ShotGrid. */
  readonly code: string;
  readonly megabytes: number;
  archivedBy: string | null;
}

const KINDS = ['exr', 'mov'] as const;

/** Files for the versions of the demo: one or two each. */
export const demoFiles = ({ rows }: Pick<Dataset, 'rows'>): StoredFile[] =>
  (rows['Version'] ?? []).flatMap(({ id, code }) =>
    KINDS.slice(0, 1 + (id % KINDS.length)).map((kind, index) => ({
      path: `/proj/${String(code)}/${String(code)}.${kind}`,
      code: String(code),
      megabytes: 20 + ((id * 37 + index * 11) % 900),
      archivedBy: null,
    })),
  );
