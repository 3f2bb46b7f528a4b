import type { AzureRequest } from "../wire/request.ts";
import { accountInformation, getServiceProperties, getUserDelegationKey, setServiceProperties } from "./account.ts";
import { getBlockList, putBlock, putBlockList } from "./blocks.ts";
import type { BlobOperation } from "./call.ts";
import { deleteBlob, setBlobMetadata, setBlobProperties, setBlobTier } from "./change-blob.ts";
import {
  createContainer,
  deleteContainer,
  getContainerAcl,
  getContainerProperties,
  listContainers,
  setContainerMetadata,
} from "./containers.ts";
import { copyBlob, putBlobFromUrl, putBlockFromUrl } from "./copy.ts";
import { getBlob, getBlobProperties } from "./get-blob.ts";
import { leaseOperation } from "./lease-operations.ts";
import { listBlobs } from "./list-blobs.ts";
import { putBlob } from "./put-blob.ts";

const account = (permissions: string) => ({ permissions, byServiceSas: false });
const service = (permissions: string) => ({ permissions, byServiceSas: true });
const any = service("rwdxylacupitf");

const hasSource = (request: AzureRequest) => request.header("x-ms-copy-source") !== undefined;
const hasType = (request: AzureRequest) => request.header("x-ms-blob-type") !== undefined;

/** Every call of the Blob service that is answered; the first row that fits is the one. Any other call is NotImplemented. */
export const blobOperations: readonly BlobOperation[] = [
  { name: "List Containers", method: "GET", on: "service", comp: "list", need: account("l"), answer: listContainers },
  {
    name: "Get Blob Service Properties",
    method: "GET",
    on: "service",
    restype: "service",
    comp: "properties",
    need: account("r"),
    answer: getServiceProperties,
  },
  {
    name: "Set Blob Service Properties",
    method: "PUT",
    on: "service",
    restype: "service",
    comp: "properties",
    need: account("w"),
    answer: setServiceProperties,
  },
  {
    name: "Get User Delegation Key",
    method: "POST",
    on: "service",
    restype: "service",
    comp: "userdelegationkey",
    need: account(""),
    answer: getUserDelegationKey,
  },
  ...(["service", "container", "blob"] as const).flatMap((on) =>
    (["GET", "HEAD"] as const).map(
      (method): BlobOperation => ({
        name: "Get Account Information",
        method,
        on,
        restype: "account",
        comp: "properties",
        need: any,
        answer: accountInformation,
      }),
    ),
  ),
  {
    name: "Create Container",
    method: "PUT",
    on: "container",
    restype: "container",
    need: account("cw"),
    answer: createContainer,
  },
  {
    name: "Get Container Properties",
    method: "HEAD",
    on: "container",
    restype: "container",
    need: account("r"),
    answer: getContainerProperties,
  },
  {
    name: "Get Container Properties",
    method: "GET",
    on: "container",
    restype: "container",
    need: account("r"),
    answer: getContainerProperties,
  },
  {
    name: "Delete Container",
    method: "DELETE",
    on: "container",
    restype: "container",
    need: account("d"),
    answer: deleteContainer,
  },
  {
    name: "Set Container Metadata",
    method: "PUT",
    on: "container",
    restype: "container",
    comp: "metadata",
    need: account("w"),
    answer: setContainerMetadata,
  },
  {
    name: "Get Container ACL",
    method: "GET",
    on: "container",
    restype: "container",
    comp: "acl",
    need: account(""),
    answer: getContainerAcl,
  },
  {
    name: "Lease Container",
    method: "PUT",
    on: "container",
    restype: "container",
    comp: "lease",
    need: account("wd"),
    answer: leaseOperation,
  },
  {
    name: "List Blobs",
    method: "GET",
    on: "container",
    restype: "container",
    comp: "list",
    need: service("l"),
    answer: listBlobs,
  },
  {
    name: "Put Blob From URL",
    method: "PUT",
    on: "blob",
    when: (r) => hasSource(r) && hasType(r),
    need: service("cw"),
    answer: putBlobFromUrl,
  },
  {
    name: "Copy Blob",
    method: "PUT",
    on: "blob",
    when: (r) => hasSource(r) && r.header("x-ms-requires-sync") !== "true",
    need: service("cw"),
    answer: copyBlob,
  },
  { name: "Copy Blob From URL", method: "PUT", on: "blob", when: hasSource, need: service("cw"), answer: copyBlob },
  { name: "Put Blob", method: "PUT", on: "blob", need: service("cw"), answer: putBlob },
  { name: "Get Blob", method: "GET", on: "blob", need: service("r"), answer: getBlob },
  { name: "Get Blob Properties", method: "HEAD", on: "blob", need: service("r"), answer: getBlobProperties },
  { name: "Delete Blob", method: "DELETE", on: "blob", need: service("d"), answer: deleteBlob },
  {
    name: "Set Blob Metadata",
    method: "PUT",
    on: "blob",
    comp: "metadata",
    need: service("w"),
    answer: setBlobMetadata,
  },
  {
    name: "Set Blob Properties",
    method: "PUT",
    on: "blob",
    comp: "properties",
    need: service("w"),
    answer: setBlobProperties,
  },
  { name: "Set Blob Tier", method: "PUT", on: "blob", comp: "tier", need: service("w"), answer: setBlobTier },
  { name: "Lease Blob", method: "PUT", on: "blob", comp: "lease", need: service("wd"), answer: leaseOperation },
  {
    name: "Put Block From URL",
    method: "PUT",
    on: "blob",
    comp: "block",
    when: hasSource,
    need: service("cw"),
    answer: putBlockFromUrl,
  },
  { name: "Put Block", method: "PUT", on: "blob", comp: "block", need: service("cw"), answer: putBlock },
  { name: "Put Block List", method: "PUT", on: "blob", comp: "blocklist", need: service("cw"), answer: putBlockList },
  { name: "Get Block List", method: "GET", on: "blob", comp: "blocklist", need: service("r"), answer: getBlockList },
];
