import { once } from "node:events";
import type {
  MethodDefinition,
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { ApiFault, grpcCode } from "./faults.ts";
import { unauthenticated } from "./rest.ts";
import type { Tokens } from "./tokens.ts";

/** One row of a gRPC service's table of calls. */
export interface RpcMethod {
  readonly call: string;
  /** Message names; a list for the answer of a streaming call comes from `run`. */
  readonly request: string;
  readonly response: string;
  readonly streams?: true;
  readonly run: (request: never) => unknown;
}

export interface RpcService {
  /** "google.firestore.v1" */
  readonly package: string;
  readonly name: string;
  readonly schema: protobuf.Root;
  readonly methods: readonly RpcMethod[];
}

/** A method of the table, typed. */
export function unary<Q, A>(call: string, request: string, response: string, run: (request: Q) => A): RpcMethod {
  return { call, request, response, run: run as (request: never) => unknown };
}

/** A method that answers with a stream; all of it is made before the first message leaves, so it is one consistent view. */
export function streaming<Q, A>(
  call: string,
  request: string,
  response: string,
  run: (request: Q) => readonly A[],
): RpcMethod {
  return { call, request, response, streams: true, run: run as (request: never) => unknown };
}

/** Reads a schema in the protocol buffers language. A field of the message type Unserved is refused where it is given. */
export function readSchema(text: string): protobuf.Root {
  const { root, package: name } = protobuf.parse(text, { keepCase: false });
  root.resolveAll();
  const unserved = root.lookupType(`${name}.Unserved`);
  unserved.decode = () => {
    throw new ApiFault("UNIMPLEMENTED", "The request has a field that is not served by this local cloud.");
  };
  return root;
}

/** Every number a JavaScript number cannot hold is a string, every enum a number; absent fields are absent. */
export function toPlain<T>(type: protobuf.Type, message: protobuf.Message): T {
  return type.toObject(message, { longs: String, enums: Number, oneofs: false }) as T;
}

/** Adds the service; calls that are not in its table get gRPC's own UNIMPLEMENTED. */
export function registerRpc(server: Server, service: RpcService, tokens: Tokens): void {
  const definition: Record<string, MethodDefinition<Buffer, Buffer>> = {};
  const handlers: UntypedServiceImplementation = {};
  for (const method of service.methods) {
    const request = service.schema.lookupType(`${service.package}.${method.request}`);
    const response = service.schema.lookupType(`${service.package}.${method.response}`);
    const same = (bytes: Buffer) => bytes;
    definition[method.call] = {
      path: `/${service.package}.${service.name}/${method.call}`,
      requestStream: false,
      responseStream: method.streams === true,
      // Bytes go through as they are: what they mean, and who may ask, is judged below with proper codes.
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const run = (call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>) => {
      const found = tokens.check(call.metadata.get("authorization")[0]?.toString());
      if (found !== "valid") throw unauthenticated(found);
      return method.run(readRequest(request, call.request) as never);
    };
    const encode = (answer: unknown) => Buffer.from(response.encode(answer as protobuf.Message).finish());
    handlers[method.call] =
      method.streams === true
        ? (call: ServerWritableStream<Buffer, Buffer>) =>
            void stream(call, () => run(call) as readonly unknown[], encode)
        : (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
            answerOne(() => encode(run(call)), done);
  }
  server.addService(definition, handlers);
}

function readRequest(type: protobuf.Type, bytes: Buffer): unknown {
  try {
    return toPlain(type, type.decode(bytes));
  } catch (e) {
    if (e instanceof ApiFault) throw e;
    throw new ApiFault("INVALID_ARGUMENT", "The request is no valid protocol buffers message.");
  }
}

function answerOne(run: () => Buffer, done: sendUnaryData<Buffer>): void {
  try {
    done(null, run());
  } catch (e) {
    done(toStatus(e));
  }
}

async function stream(
  call: ServerWritableStream<Buffer, Buffer>,
  run: () => readonly unknown[],
  encode: (answer: unknown) => Buffer,
): Promise<void> {
  try {
    for (const answer of run()) {
      if (call.cancelled) return;
      if (!call.write(encode(answer))) await Promise.race([once(call, "drain"), once(call, "cancelled")]);
    }
    call.end();
  } catch (e) {
    call.emit("error", toStatus(e));
  }
}

function toStatus(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof ApiFault) return { code: grpcCode(error.code), details: error.message };
  return { code: grpcCode("INTERNAL"), details: "Internal error encountered." };
}
