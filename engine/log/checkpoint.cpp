#include "engine/log/checkpoint.hpp"

#include <utility>

#include "engine/log/paths.hpp"

namespace logarium::log {
namespace {

constexpr std::int64_t kTextVersion = 0;
constexpr std::string_view kSpaces = " \t\r";

Error bad(std::string_view what, std::string_view line) {
  return {std::string(what) + ", found \"" + std::string(line.substr(0, 80)) + "\""};
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

// The values of "key<separator>value" lines; '#' begins a comment.
std::map<std::string, std::string> properties(std::string_view text, char separator) {
  std::map<std::string, std::string> values;
  while (!text.empty()) {
    const std::string_view line = trim(take_until(text, '\n'));
    if (line.empty() || line.front() == '#') continue;
    std::string_view rest = line;
    const std::string_view key = trim(take_until(rest, separator));
    values[std::string(key)] = std::string(trim(rest));
  }
  return values;
}

}  // namespace

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

Result<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string_view digits = negative ? text.substr(1) : text;
  if (digits.empty() || digits.size() > 19) return bad("expected an integer", text);
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return bad("expected an integer", text);
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > static_cast<std::uint64_t>(INT64_MAX)) return bad("the integer is too large", text);
  const auto number = static_cast<std::int64_t>(value);
  return negative ? -number : number;
}

std::string encode_offsets(const OffsetMap& offsets) {
  std::string text = "0\n" + std::to_string(offsets.size()) + "\n";
  for (const auto& [partition, offset] : offsets) {
    text += partition.topic + " " + std::to_string(partition.partition.value()) + " " +
            std::to_string(offset.value()) + "\n";
  }
  return text;
}

Result<OffsetMap> decode_offsets(std::string_view text) {
  const std::string_view version = take_until(text, '\n');
  const auto parsed_version = parse_integer(trim(version));
  if (!parsed_version || parsed_version.value() != kTextVersion) {
    return bad("expected version 0 in the first line", version);
  }
  const auto count = parse_integer(trim(take_until(text, '\n')));
  if (!count) return Error{"expected the number of entries in the second line"};
  OffsetMap offsets;
  while (!text.empty()) {
    const std::string_view line = trim(take_until(text, '\n'));
    if (line.empty()) continue;
    std::string_view rest = line;
    const std::string_view topic = take_until(rest, ' ');
    const auto partition = parse_integer(take_until(rest, ' '));
    const auto offset = parse_integer(rest);
    if (topic.empty() || !partition || partition.value() < 0 || partition.value() > INT32_MAX ||
        !offset || offset.value() < 0 || offset.value() > kOffsetMax) {
      return bad("expected \"topic partition offset\"", line);
    }
    const PartitionIndex index(static_cast<std::int32_t>(partition.value()));
    offsets[{std::string(topic), index}] = Offset(offset.value());
  }
  if (static_cast<std::int64_t>(offsets.size()) != count.value()) {
    return Error{"expected " + std::to_string(count.value()) + " entries, found " +
                 std::to_string(offsets.size())};
  }
  return offsets;
}

std::string encode_partition_metadata(Uuid topic) {
  return "version: 0\ntopic_id: " + to_string(topic) + "\n";
}

Result<Uuid> decode_partition_metadata(std::string_view text) {
  const auto values = properties(text, ':');
  const auto version = values.find("version");
  if (version == values.end() || version->second != "0") return Error{"expected version 0"};
  const auto id = values.find("topic_id");
  const auto topic = id == values.end() ? std::nullopt : parse_uuid(id->second);
  if (!topic) return Error{"expected topic_id with 22 characters of URL-safe base64"};
  return *topic;
}

std::string encode_meta(const MetaProperties& meta) {
  return "cluster.id=" + to_string(meta.cluster) + "\ndirectory.id=" + to_string(meta.directory) +
         "\nnode.id=" + std::to_string(meta.node.value()) + "\nversion=1\n";
}

Result<MetaProperties> decode_meta(std::string_view text) {
  auto values = properties(text, '=');
  if (values["version"] != "1") return bad("expected version=1", values["version"]);
  const auto cluster = parse_uuid(values["cluster.id"]);
  if (!cluster) return bad("expected a cluster.id", values["cluster.id"]);
  const auto directory = parse_uuid(values["directory.id"]);
  if (!directory) return bad("expected a directory.id", values["directory.id"]);
  const auto node = parse_integer(values["node.id"]);
  if (!node || node.value() < 0 || node.value() > INT32_MAX) {
    return bad("expected a node.id", values["node.id"]);
  }
  return MetaProperties{*cluster, NodeId(static_cast<std::int32_t>(node.value())), *directory};
}

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string path(directory);
  path.append("/").append(name);
  return path;
}

void replace_file(StepContext& ctx, AtomicWrite write) {
  const FileId file = ctx.new_file();
  const std::string temporary = write.path + ".tmp";
  FileOp op;
  op.cookie = write.step;
  op.file = file;
  op.kind = FileOpKind::kOpen;
  op.path = temporary;
  ctx.issue(op);
  op.path.clear();
  op.kind = FileOpKind::kTruncate;
  ctx.issue(op);
  op.kind = FileOpKind::kWrite;
  op.bytes = FileBytes::of(std::move(write.content));
  ctx.issue(op);
  op.bytes = {};
  op.kind = FileOpKind::kSync;
  ctx.issue(op);
  op.kind = FileOpKind::kClose;
  ctx.issue(op);
  FileOp rename;
  rename.kind = FileOpKind::kRename;
  rename.cookie = write.step;
  rename.path = temporary;
  rename.to = write.path;
  ctx.issue(std::move(rename));
  FileOp sync;
  sync.kind = FileOpKind::kSyncDir;
  sync.cookie = write.done;
  sync.path = parent_of(write.path);
  ctx.issue(std::move(sync));
}

}  // namespace logarium::log
