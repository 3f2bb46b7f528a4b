/**
 * Keys as S3 names. S3 takes any UTF-8 up to 1,024 bytes, except that a segment "." or ".." is walked like a path: by S3 itself when
 * it leads above the bucket, by many clients always. So a "!" goes behind a "." that begins a segment wherever a byte up to "/"
 * or the end follows. Names sort like their keys, since "!" keeps the group's place: before ".0", after all that is below ".".
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export function nameOf(key: string): string {
  return key.replace(/(^|\/)\.(?=$|[\x01-\x2f])/g, "$1.!");
}

/** What the names of all keys with this prefix begin with. */
export function namePrefixOf(prefix: string): string {
  return prefix.replace(/(^|\/)\.(?=[\x01-\x2f])/g, "$1.!");
}

export function keyOf(name: string): string {
  return name.replace(/(^|\/)\.!/g, "$1.");
}
