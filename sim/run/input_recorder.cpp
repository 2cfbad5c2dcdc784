#include "sim/run/input_recorder.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/server/server_node.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::run {
namespace {

constexpr std::size_t kLengthBytes = 4;

void list_files(const world::FileSystem& files, const std::string& directory,
                std::vector<runtime::RecordedFile>& out) {
  std::vector<std::string> names;
  if (files.list(directory, names) != IoStatus::kOk) return;
  for (const std::string& name : names) {
    runtime::RecordedFile& file = out.emplace_back();
    file.path = directory + name;
    if (name.ends_with('/')) {
      list_files(files, directory + name, out);
      continue;
    }
    const world::File& content = files.file(files.find(file.path));
    file.size = content.size();
    file.hash = hash_bytes(content.read(0, content.size()).view());
  }
}

class MemorySource final : public runtime::LogSource {
 public:
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t size = std::min(into.size(), bytes_.size());
    std::copy_n(bytes_.begin(), size, into.begin());
    bytes_ = bytes_.subspan(size);
    return size;
  }

 private:
  ByteView bytes_;
};

}  // namespace

InputRecorder::InputRecorder(const world::World& world, const runtime::InputLogOptions& options)
    : world_(world), options_(options) {
  ENSURE(world.events() == 0);
}

Result<> InputRecorder::Log::write(std::span<const ByteView> parts) {
  for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return Ok{};
}

void InputRecorder::on_event(const world::EventView& event) {
  if (event.input == nullptr || world_.kind(event.node) == world::NodeKind::kClient) return;
  if (std::holds_alternative<Started>(*event.input)) begin(event);
  const auto log = current_.find(event.node);
  ENSURE(log != current_.end());
  record(*log->second, event);
}

void InputRecorder::begin(const world::EventView& event) {
  const auto& started = std::get<Started>(*event.input);
  runtime::InputLogStart start;
  start.fingerprint = trace::source_fingerprint();
  start.name = world_.name(event.node);
  start.incarnation = started.incarnation;
  start.seed = started.seed;
  start.setup = std::dynamic_pointer_cast<const server::ServerSetup>(started.setup);
  ENSURE(start.setup != nullptr);
  list_files(world_.files(event.node), "", start.files);
  std::sort(start.files.begin(), start.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  auto log = std::make_unique<Log>(options_);
  const Result<> written = log->writer.start(start);
  ENSURE(written.ok());
  current_[event.node] = log.get();
  logs_[runtime::input_log_path(start.name, start.incarnation)] = std::move(log);
}

void InputRecorder::record(Log& log, const world::EventView& event) {
  const Node* node = world_.node(event.node);
  ENSURE(node != nullptr);
  const auto* received = std::get_if<Received>(event.input);
  Result<> written = Ok{};
  if (received == nullptr) {
    written = log.writer.append(event.node_now, *event.input, *event.effects, *node);
  } else {
    std::vector<std::byte> bytes;
    const Frame& frame = received->frame;
    if (frame.body->direction() == Message::Direction::kRequest) {
      protocol::encode_request(frame, bytes);
    } else {
      protocol::encode_response(frame, bytes);
    }
    written = log.writer.append_frame(event.node_now, received->connection,
                                      ByteView(bytes).subspan(kLengthBytes), *event.effects, *node,
                                      received->injected_error);
  }
  ENSURE(written.ok());
}

InputRecorder::Logs InputRecorder::logs() const {
  Logs out;
  for (const auto& [path, log] : logs_) out[path] = log->bytes;
  return out;
}

std::vector<RecordedLog> recorded_logs(const InputRecorder::Logs& logs) {
  std::vector<RecordedLog> out;
  for (const auto& [path, bytes] : logs) {
    out.push_back({path, [view = ByteView(bytes)]() -> Result<std::unique_ptr<runtime::LogSource>> {
                     return std::unique_ptr<runtime::LogSource>(
                         std::make_unique<MemorySource>(view));
                   }});
  }
  return out;
}

}  // namespace logarium::run
