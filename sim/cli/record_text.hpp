#pragma once
// A record as a line of text: as kafka-console-consumer.sh prints it, or as a JSON object.

#include <string>

#include "engine/base/ids.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::cli {

// What a record does not know of itself.
struct RecordText {
  std::string topic;
  PartitionIndex partition;
  protocol::TimestampType timestamp_type = protocol::TimestampType::kCreateTime;
};

// Which columns stand before the value, in this order, each followed by a tab.
struct RecordColumns {
  bool timestamp = false;  // CreateTime:1700000000000, LogAppendTime:..., NO_TIMESTAMP
  bool partition = false;  // Partition:0
  bool offset = false;     // Offset:12
  bool key = false;        // the key's bytes
};

// A missing key or value is `null`; all other bytes are as they are.
void append_text(const RecordText& of, const protocol::RecordView& record,
                 const RecordColumns& columns, std::string& out);
// {"topic","partition","offset","timestamp","key","value","headers":[{"key","value"}]}. Bytes that
// are UTF-8 are a string, others {"base64":"..."}, missing ones null.
void append_json(const RecordText& of, const protocol::RecordView& record, std::string& out);

}  // namespace logarium::cli
