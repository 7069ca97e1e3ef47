import type { EntityRef } from '../ports.ts';

/** Followers and the entities they follow. No entity field contains this; only the routes of API 9.3 do. */
export interface Follows {
  add(userId: number, entity: EntityRef): void;
  remove(userId: number, entity: EntityRef): void;
  followersOf(entity: EntityRef): readonly number[];
  followedBy(userId: number): readonly EntityRef[];
  clear(): void;
}

export function createFollows(): Follows {
  const byUser = new Map<number, Map<string, EntityRef>>();
  const key = ({ type, id }: EntityRef): string => `${type}:${id}`;
  return {
    add(userId, { type, id }) {
      const entities = byUser.get(userId) ?? new Map<string, EntityRef>();
      entities.set(key({ type, id }), { type, id });
      byUser.set(userId, entities);
    },
    remove(userId, entity) {
      byUser.get(userId)?.delete(key(entity));
    },
    followersOf(entity) {
      return [...byUser].filter(([, entities]) => entities.has(key(entity))).map(([userId]) => userId);
    },
    followedBy: (userId) => [...(byUser.get(userId)?.values() ?? [])],
    clear: () => byUser.clear(),
  };
}
