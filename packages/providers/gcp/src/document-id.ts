/**
 * Keys as document ids, which take 1,500 bytes of UTF-8 but no "/", not "." or "..", and not `__...__`: those characters, "%" and
 * control characters are percent-encoded, and so is a "." or "_" that comes first.
 * https://cloud.google.com/firestore/quotas#collections_documents_and_fields
 */
export function idOf(key: string): string {
  return key.replace(
    /^[._]|[%/\x00-\x1f\x7f]/g,
    (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}

export function keyOf(id: string): string {
  return id.replace(/%([0-7][0-9A-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
