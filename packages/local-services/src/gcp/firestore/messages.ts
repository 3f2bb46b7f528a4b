/** The messages of `schema.ts` as they are after decoding: absent fields are absent, 64-bit integers are texts. */
export interface Timestamp {
  readonly seconds?: string | number;
  readonly nanos?: number;
}
export type Fields = Readonly<Record<string, Value>>;
export interface ArrayValue {
  readonly values?: readonly Value[];
}
interface MapValue {
  readonly fields?: Fields;
}
export interface LatLng {
  readonly latitude?: number;
  readonly longitude?: number;
}
export type Value =
  | { readonly nullValue: 0 }
  | { readonly booleanValue: boolean }
  | { readonly integerValue: string }
  | { readonly doubleValue: number }
  | { readonly timestampValue: Timestamp }
  | { readonly stringValue: string }
  | { readonly bytesValue: Uint8Array }
  | { readonly referenceValue: string }
  | { readonly geoPointValue: LatLng }
  | { readonly arrayValue: ArrayValue }
  | { readonly mapValue: MapValue };

export interface Document {
  readonly name: string;
  readonly fields?: Fields;
  readonly createTime?: Timestamp;
  readonly updateTime?: Timestamp;
}
export interface DocumentMask {
  readonly fieldPaths?: readonly string[];
}
export interface Precondition {
  readonly exists?: boolean;
  readonly updateTime?: Timestamp;
}
export interface TransactionOptions {
  readonly readOnly?: object;
  readonly readWrite?: object;
}
export interface FieldTransform {
  readonly fieldPath?: string;
  readonly setToServerValue?: number;
  readonly increment?: Value;
  readonly maximum?: Value;
  readonly minimum?: Value;
  readonly appendMissingElements?: ArrayValue;
  readonly removeAllFromArray?: ArrayValue;
}
export interface Write {
  readonly update?: Partial<Document>;
  readonly delete?: string;
  readonly transform?: { readonly document?: string; readonly fieldTransforms?: readonly FieldTransform[] };
  readonly updateMask?: DocumentMask;
  readonly currentDocument?: Precondition;
  readonly updateTransforms?: readonly FieldTransform[];
}
export interface WriteResult {
  readonly updateTime?: Timestamp;
  readonly transformResults?: readonly Value[];
}

export interface FieldReference {
  readonly fieldPath?: string;
}
export interface Cursor {
  readonly values?: readonly Value[];
  readonly before?: boolean;
}
export interface Filter {
  readonly compositeFilter?: { readonly op?: number; readonly filters?: readonly Filter[] };
  readonly fieldFilter?: { readonly field?: FieldReference; readonly op?: number; readonly value?: Value };
  readonly unaryFilter?: { readonly field?: FieldReference; readonly op?: number };
}
export interface StructuredQuery {
  readonly select?: { readonly fields?: readonly FieldReference[] };
  readonly from?: readonly { readonly collectionId?: string; readonly allDescendants?: boolean }[];
  readonly where?: Filter;
  readonly orderBy?: readonly { readonly field?: FieldReference; readonly direction?: number }[];
  readonly limit?: { readonly value?: number };
  readonly offset?: number;
  readonly startAt?: Cursor;
  readonly endAt?: Cursor;
}
export interface Aggregation {
  readonly count?: { readonly upTo?: { readonly value?: string } };
  readonly sum?: { readonly field?: FieldReference };
  readonly avg?: { readonly field?: FieldReference };
  readonly alias?: string;
}
