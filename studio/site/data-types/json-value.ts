/** A JSON document as the database keeps it: keys by their length, then by their bytes (API 5.3). */
export function jsonbValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonbValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byLengthThenBytes(Buffer.from(a), Buffer.from(b)));
  return Object.fromEntries(entries.map(([key, item]) => [key, jsonbValue(item)]));
}

const byLengthThenBytes = (a: Buffer, b: Buffer): number => a.length - b.length || a.compare(b);
