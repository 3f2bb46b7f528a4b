/**
 * Keys as partition keys, which take 512 characters of UTF-16 but no control characters and none of `/ \ # ?`; "%" is left out because
 * clients decode it. Each of those becomes "!" and the character 0x100 above it.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#characters-disallowed-in-key-fields
 */
export function partitionOf(key: string): string {
  return key.replace(/[\0-\x1f\x7f-\x9f!/\\#?%]/g, (c) => `!${String.fromCharCode(0x100 + c.charCodeAt(0))}`);
}

export function keyOf(partition: string): string {
  return partition.replace(/!([\u0100-\u019f])/g, (_, c: string) => String.fromCharCode(c.charCodeAt(0) - 0x100));
}
