import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

const MS_PER_SECOND = 1000;
const DAY_SECONDS = 86_400;

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
}

/** Keeps the records of one provider. The package's own memory adapter is shared by a whole process and warns. */
export function createMemoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>();
  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined && entry.expiresAtMs > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  const find = (model: string, test: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of entries.keys()) {
      const payload = key.startsWith(`${model}:`) ? live(key) : undefined;
      if (payload !== undefined && test(payload)) return payload;
    }
    return undefined;
  };
  return (model): Adapter => ({
    async upsert(id, payload, expiresIn) {
      entries.set(`${model}:${id}`, {
        payload,
        expiresAtMs: Date.now() + (expiresIn ?? DAY_SECONDS) * MS_PER_SECOND,
      });
    },
    find: async (id) => live(`${model}:${id}`),
    findByUid: async (uid) => find(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => find(model, (payload) => payload.userCode === userCode),
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / MS_PER_SECOND);
    },
    async revokeByGrantId(grantId) {
      // Of this model alone: the interaction that will replace the session contains the grant's id too.
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) entries.delete(key);
      }
    },
  });
}
