/**
 * The messages of google.cloud.secretmanager.v1 that this service reads and writes, with the field numbers of the published
 * interface (https://cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1). A request that carries a
 * field of the type Unserved is refused.
 */
export const secretSchema = `
syntax = "proto3";
package google.cloud.secretmanager.v1;

message Unserved {}
message Empty {}
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message FieldMask { repeated string paths = 1; }

message Replication {
  message Automatic { Unserved customer_managed_encryption = 1; }
  message UserManaged {
    message Replica { string location = 1; Unserved customer_managed_encryption = 2; }
    repeated Replica replicas = 1;
  }
  oneof replication { Automatic automatic = 1; UserManaged user_managed = 2; }
}
message ReplicationStatus {
  message Automatic {}
  message UserManaged {
    message Replica { string location = 1; }
    repeated Replica replicas = 1;
  }
  oneof status { Automatic automatic = 1; UserManaged user_managed = 2; }
}
message Secret {
  string name = 1;
  Replication replication = 2;
  Timestamp create_time = 3;
  map<string, string> labels = 4;
  repeated Unserved topics = 5;
  Unserved expire_time = 6;
  Unserved ttl = 7;
  string etag = 8;
  Unserved rotation = 9;
  map<string, int64> version_aliases = 11;
  map<string, string> annotations = 13;
  Unserved version_destroy_ttl = 14;
  Unserved customer_managed_encryption = 15;
  repeated Unserved tags = 16;
}
message SecretVersion {
  string name = 1;
  Timestamp create_time = 2;
  Timestamp destroy_time = 3;
  int32 state = 4;
  ReplicationStatus replication_status = 5;
  string etag = 6;
  bool client_specified_payload_checksum = 7;
}
message SecretPayload { bytes data = 1; optional int64 data_crc32c = 2; }

message ListSecretsRequest { string parent = 1; int32 page_size = 2; string page_token = 3; string filter = 4; }
message ListSecretsResponse { repeated Secret secrets = 1; string next_page_token = 2; int32 total_size = 3; }
message CreateSecretRequest { string parent = 1; string secret_id = 2; Secret secret = 3; }
message AddSecretVersionRequest { string parent = 1; SecretPayload payload = 2; }
message GetSecretRequest { string name = 1; }
message ListSecretVersionsRequest { string parent = 1; int32 page_size = 2; string page_token = 3; string filter = 4; }
message ListSecretVersionsResponse { repeated SecretVersion versions = 1; string next_page_token = 2; int32 total_size = 3; }
message GetSecretVersionRequest { string name = 1; }
message UpdateSecretRequest { Secret secret = 1; FieldMask update_mask = 2; }
message AccessSecretVersionRequest { string name = 1; }
message AccessSecretVersionResponse { string name = 1; SecretPayload payload = 2; }
message DeleteSecretRequest { string name = 1; string etag = 2; }
message DisableSecretVersionRequest { string name = 1; string etag = 2; }
message EnableSecretVersionRequest { string name = 1; string etag = 2; }
message DestroySecretVersionRequest { string name = 1; string etag = 2; }
`;
