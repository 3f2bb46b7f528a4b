/** Google's canonical codes with their HTTP and gRPC numbers: https://cloud.google.com/apis/design/errors */
const canonical = {
  INVALID_ARGUMENT: { http: 400, grpc: 3 },
  FAILED_PRECONDITION: { http: 400, grpc: 9 },
  UNAUTHENTICATED: { http: 401, grpc: 16 },
  PERMISSION_DENIED: { http: 403, grpc: 7 },
  NOT_FOUND: { http: 404, grpc: 5 },
  ALREADY_EXISTS: { http: 409, grpc: 6 },
  ABORTED: { http: 409, grpc: 10 },
  RESOURCE_EXHAUSTED: { http: 429, grpc: 8 },
  INTERNAL: { http: 500, grpc: 13 },
  UNIMPLEMENTED: { http: 501, grpc: 12 },
} as const;

export type CanonicalCode = keyof typeof canonical;

/** What a service refuses, in the terms of gRPC and of the JSON APIs that share its codes. */
export class ApiFault extends Error {
  override readonly name = "ApiFault";
  readonly code: CanonicalCode;

  constructor(code: CanonicalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function grpcCode(code: CanonicalCode): number {
  return canonical[code].grpc;
}

export function httpStatus(code: CanonicalCode): number {
  return canonical[code].http;
}

/** What Cloud Storage refuses: its older error form has an HTTP status and a reason. */
export class StorageFault extends Error {
  override readonly name = "StorageFault";
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;

  constructor(status: number, reason: string, message: string, location?: string) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.location = location;
  }
}
