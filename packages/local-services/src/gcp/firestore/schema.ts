/**
 * The messages of google.firestore.v1 that this service reads and writes, with the field numbers of the published interface
 * (https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1). A field of the type Unserved is one that would
 * change the answer in a way this service does not know: a request that carries it is refused.
 */
export const firestoreSchema = `
syntax = "proto3";
package google.firestore.v1;

message Unserved {}
message Empty {}
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message LatLng { double latitude = 1; double longitude = 2; }
message Int32Value { int32 value = 1; }
message Int64Value { int64 value = 1; }
message Status { int32 code = 1; string message = 2; }
enum NullValue { NULL_VALUE = 0; }

message Value {
  oneof kind {
    bool boolean_value = 1;
    int64 integer_value = 2;
    double double_value = 3;
    string reference_value = 5;
    MapValue map_value = 6;
    LatLng geo_point_value = 8;
    ArrayValue array_value = 9;
    Timestamp timestamp_value = 10;
    NullValue null_value = 11;
    string string_value = 17;
    bytes bytes_value = 18;
    Unserved field_reference_value = 19;
    Unserved function_value = 20;
    Unserved pipeline_value = 21;
    Unserved variable_reference_value = 22;
  }
}
message ArrayValue { repeated Value values = 1; }
message MapValue { map<string, Value> fields = 1; }
message Document {
  string name = 1;
  map<string, Value> fields = 2;
  Timestamp create_time = 3;
  Timestamp update_time = 4;
}
message DocumentMask { repeated string field_paths = 1; }
message Precondition { oneof kind { bool exists = 1; Timestamp update_time = 2; } }

message TransactionOptions {
  message ReadOnly { Unserved read_time = 2; }
  message ReadWrite { bytes retry_transaction = 1; }
  oneof mode { ReadOnly read_only = 2; ReadWrite read_write = 3; }
}

message FieldTransform {
  string field_path = 1;
  oneof kind {
    int32 set_to_server_value = 2;
    Value increment = 3;
    Value maximum = 4;
    Value minimum = 5;
    ArrayValue append_missing_elements = 6;
    ArrayValue remove_all_from_array = 7;
  }
}
message DocumentTransform { string document = 1; repeated FieldTransform field_transforms = 2; }
message Write {
  oneof operation { Document update = 1; string delete = 2; DocumentTransform transform = 6; }
  DocumentMask update_mask = 3;
  Precondition current_document = 4;
  repeated FieldTransform update_transforms = 7;
}
message WriteResult { Timestamp update_time = 1; repeated Value transform_results = 2; }

message FieldReference { string field_path = 2; }
message Cursor { repeated Value values = 1; bool before = 2; }
message Filter {
  oneof kind { CompositeFilter composite_filter = 1; FieldFilter field_filter = 2; UnaryFilter unary_filter = 3; }
}
message CompositeFilter { int32 op = 1; repeated Filter filters = 2; }
message FieldFilter { FieldReference field = 1; int32 op = 2; Value value = 3; }
message UnaryFilter { int32 op = 1; FieldReference field = 2; }
message StructuredQuery {
  message CollectionSelector { string collection_id = 2; bool all_descendants = 3; }
  message Order { FieldReference field = 1; int32 direction = 2; }
  message Projection { repeated FieldReference fields = 2; }
  Projection select = 1;
  repeated CollectionSelector from = 2;
  Filter where = 3;
  repeated Order order_by = 4;
  Int32Value limit = 5;
  int32 offset = 6;
  Cursor start_at = 7;
  Cursor end_at = 8;
  Unserved find_nearest = 9;
}
message Aggregation {
  message Count { Int64Value up_to = 1; }
  message Over { FieldReference field = 1; }
  oneof operator { Count count = 1; Over sum = 2; Over avg = 3; }
  string alias = 7;
}
message StructuredAggregationQuery { StructuredQuery structured_query = 1; repeated Aggregation aggregations = 3; }
message AggregationResult { map<string, Value> aggregate_fields = 2; }

message GetDocumentRequest { string name = 1; DocumentMask mask = 2; bytes transaction = 3; Unserved read_time = 5; }
message ListDocumentsRequest {
  string parent = 1;
  string collection_id = 2;
  int32 page_size = 3;
  string page_token = 4;
  string order_by = 6;
  DocumentMask mask = 7;
  bytes transaction = 8;
  Unserved read_time = 10;
  bool show_missing = 12;
}
message ListDocumentsResponse { repeated Document documents = 1; string next_page_token = 2; }
message CreateDocumentRequest {
  string parent = 1;
  string collection_id = 2;
  string document_id = 3;
  Document document = 4;
  DocumentMask mask = 5;
}
message UpdateDocumentRequest {
  Document document = 1;
  DocumentMask update_mask = 2;
  DocumentMask mask = 3;
  Precondition current_document = 4;
}
message DeleteDocumentRequest { string name = 1; Precondition current_document = 2; }
message BatchGetDocumentsRequest {
  string database = 1;
  repeated string documents = 2;
  DocumentMask mask = 3;
  bytes transaction = 4;
  TransactionOptions new_transaction = 5;
  Unserved read_time = 7;
}
message BatchGetDocumentsResponse {
  oneof result { Document found = 1; string missing = 2; }
  bytes transaction = 3;
  Timestamp read_time = 4;
}
message BeginTransactionRequest { string database = 1; TransactionOptions options = 2; }
message BeginTransactionResponse { bytes transaction = 1; }
message CommitRequest { string database = 1; repeated Write writes = 2; bytes transaction = 3; }
message CommitResponse { repeated WriteResult write_results = 1; Timestamp commit_time = 2; }
message RollbackRequest { string database = 1; bytes transaction = 2; }
message RunQueryRequest {
  string parent = 1;
  StructuredQuery structured_query = 2;
  bytes transaction = 5;
  TransactionOptions new_transaction = 6;
  Unserved read_time = 7;
  Unserved explain_options = 10;
}
message RunQueryResponse { Document document = 1; bytes transaction = 2; Timestamp read_time = 3; int32 skipped_results = 4; }
message RunAggregationQueryRequest {
  string parent = 1;
  StructuredAggregationQuery structured_aggregation_query = 2;
  bytes transaction = 4;
  TransactionOptions new_transaction = 5;
  Unserved read_time = 6;
  Unserved explain_options = 8;
}
message RunAggregationQueryResponse { AggregationResult result = 1; bytes transaction = 2; Timestamp read_time = 3; }
message ListCollectionIdsRequest { string parent = 1; int32 page_size = 2; string page_token = 3; Unserved read_time = 4; }
message ListCollectionIdsResponse { repeated string collection_ids = 1; string next_page_token = 2; }
message BatchWriteRequest { string database = 1; repeated Write writes = 2; map<string, string> labels = 3; }
message BatchWriteResponse { repeated WriteResult write_results = 1; repeated Status status = 2; }
`;
