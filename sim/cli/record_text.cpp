#include "sim/cli/record_text.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string_view>

#include "engine/base/json_string.hpp"
#include "sim/cli/output.hpp"

namespace logarium::cli {
namespace {

// How many bytes the character at the front has; 0 when it is none in UTF-8 (RFC 3629).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_large = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : size;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return out;
}

std::string json_of(const std::optional<ByteView>& bytes) {
  if (!bytes) return "null";
  const std::string_view text = text_of(*bytes);
  return is_utf8(text) ? json_quoted(text) : fmt::format("{{\"base64\":\"{}\"}}", base64(text));
}

std::string_view text_or_null(const std::optional<ByteView>& bytes) {
  return bytes ? text_of(*bytes) : std::string_view("null");
}

std::string timestamp_text(const RecordText& of, std::int64_t timestamp) {
  if (timestamp == protocol::kNoTimestamp) return "NO_TIMESTAMP";
  const bool append = of.timestamp_type == protocol::TimestampType::kLogAppendTime;
  return fmt::format("{}:{}", append ? "LogAppendTime" : "CreateTime", timestamp);
}

}  // namespace

void append_text(const RecordText& of, const protocol::RecordView& record,
                 const RecordColumns& columns, std::string& out) {
  if (columns.timestamp) out += timestamp_text(of, record.timestamp) + '\t';
  if (columns.partition)
    fmt::format_to(std::back_inserter(out), "Partition:{}\t", of.partition.value());
  if (columns.offset) fmt::format_to(std::back_inserter(out), "Offset:{}\t", record.offset.value());
  if (columns.key) {
    out += text_or_null(record.key);
    out += '\t';
  }
  out += text_or_null(record.value);
  out += '\n';
}

void append_json(const RecordText& of, const protocol::RecordView& record, std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"topic":{},"partition":{},"offset":{},"timestamp":{},"key":{},"value":{},)",
                 json_quoted(of.topic), of.partition.value(), record.offset.value(),
                 record.timestamp, json_of(record.key), json_of(record.value));
  out += "\"headers\":[";
  for (std::size_t i = 0; i < record.headers.size(); ++i) {
    const protocol::HeaderView& header = record.headers[i];
    fmt::format_to(std::back_inserter(out), R"({}{{"key":{},"value":{}}})", i == 0 ? "" : ",",
                   json_of(view_of(header.key)), json_of(header.value));
  }
  out += "]}\n";
}

}  // namespace logarium::cli
