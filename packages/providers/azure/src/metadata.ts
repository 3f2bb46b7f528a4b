/**
 * Metadata names as Azure takes them, which are C# identifiers: "-" becomes "__", and "_" goes before a digit at the start.
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#metadata-names
 */
export function toAzure(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return mapped(metadata, (name) => name.replaceAll("-", "__").replace(/^(?=[0-9])/, "_"));
}

export function fromAzure(metadata: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return mapped(metadata ?? {}, (name) => name.replace(/^_(?=[0-9])/, "").replaceAll("__", "-"));
}

function mapped(metadata: Readonly<Record<string, string>>, rename: (name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [rename(name), value]));
}
