#include "engine/log/directory.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/io.hpp"
#include "engine/log/paths.hpp"

namespace logarium::log {
namespace {

constexpr std::string_view kMetaName = "meta.properties";
constexpr std::string_view kMarkerName = ".kafka_cleanshutdown";
constexpr std::string_view kEraseSuffix = "-delete";
constexpr std::array<std::string_view, kCheckpointCount> kCheckpointNames{
    "recovery-point-offset-checkpoint", "log-start-offset-checkpoint",
    "replication-offset-checkpoint"};

// Values of Loading::kind.
constexpr std::uint8_t kMeta = 0;
constexpr std::uint8_t kOffsets = 1;
constexpr std::uint8_t kMarker = 2;
constexpr std::uint8_t kPartition = 3;

// Cookie values: kinds of writes and, from kLoadBase on, the number of a file being loaded.
constexpr std::uint64_t kListValue = 0;
constexpr std::uint64_t kMarkerValue = 1;
constexpr std::uint64_t kSavedBase = 16;  // plus the checkpoint
constexpr std::uint64_t kLoadBase = 1024;

Cookie directory_cookie(What what, std::uint64_t value) {
  return cookie_of(kDirectorySlot, what, value);
}

// The marker's text is {"version":0,"brokerEpoch":N} (KIP-966).
std::optional<BrokerEpoch> marker_epoch(std::string_view text) {
  constexpr std::string_view kKey = "\"brokerEpoch\":";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + kKey.size());
  const auto epoch = parse_integer(rest.substr(0, rest.find_first_of(",}")));
  if (!epoch || epoch.value() < 0) return std::nullopt;
  return BrokerEpoch(epoch.value());
}

}  // namespace

Directory::Directory(DirectoryIdentity identity) : identity_(std::move(identity)) {}

std::string Directory::path(std::string_view name) const { return join_path(identity_.root, name); }

std::string Directory::partition_path(const TopicPartition& p) const {
  return path(p.topic + "-" + std::to_string(p.partition.value()));
}

std::optional<DirectoryEvent> Directory::next_event() {
  if (events_.empty()) return std::nullopt;
  return events_.pop_front();
}

void Directory::start(StepContext& ctx) {
  ENSURE(phase_ == Phase::kNew);
  phase_ = Phase::kListing;
  if (!identity_.root.empty()) {
    FileOp make;
    make.kind = FileOpKind::kMakeDir;
    make.cookie = directory_cookie(What::kStep, 0);
    make.path = identity_.root;
    ctx.issue(std::move(make));
  }
  FileOp list;
  list.kind = FileOpKind::kList;
  list.cookie = directory_cookie(What::kRecovery, kListValue);
  list.path = identity_.root;
  ctx.issue(std::move(list));
}

void Directory::on_io(StepContext& ctx, const IoDone& done) {
  const auto what = static_cast<What>(done.cookie.what);
  if (phase_ == Phase::kFailed || what == What::kTolerant) return;
  if (done.cookie.value >= kLoadBase && done.status == IoStatus::kNotFound) {
    // A partition directory without partition.metadata.
    return loaded(ctx, done);
  }
  if (done.status != IoStatus::kOk) return fail(failure_text("the log directory", done));
  if (what == What::kStep) return;
  const std::uint64_t value = done.cookie.value;
  if (value >= kLoadBase) {
    return done.kind == FileOpKind::kOpen ? opened(ctx, done) : loaded(ctx, done);
  }
  if (value == kListValue) return listed(ctx, done.names);
  if (value == kMarkerValue) return events_.push_back(CleanMarkerWritten{});
  events_.push_back(CheckpointSaved{static_cast<Checkpoint>(value - kSavedBase)});
}

void Directory::listed(StepContext& ctx, const std::vector<std::string>& names) {
  phase_ = Phase::kLoading;
  const Cookie tolerant = directory_cookie(What::kTolerant, 0);
  for (const std::string& name : names) {
    const bool directory = !name.empty() && name.back() == '/';
    if (directory) {
      const std::string plain = name.substr(0, name.size() - 1);
      if (plain.ends_with(kEraseSuffix)) {
        remove_path(ctx, tolerant, path(plain));
        continue;
      }
      auto partition = parse_partition_directory(plain);
      // The quorum's own log may lie beside the partitions, as it does with Kafka.
      if (!partition || partition->topic == kMetadataTopic) continue;
      const auto number = static_cast<std::uint32_t>(result_.partitions.size());
      result_.partitions.push_back({path(plain), std::move(*partition), std::nullopt});
      load(ctx, join_path(path(plain), kPartitionMetadata), kPartition, number);
    } else if (name == kMetaName) {
      load(ctx, path(name), kMeta, 0);
    } else if (name == kMarkerName) {
      result_.clean = true;
      load(ctx, path(name), kMarker, 0);
    } else {
      for (std::uint32_t i = 0; i < kCheckpointCount; ++i) {
        if (name == kCheckpointNames[i]) load(ctx, path(name), kOffsets, i);
      }
    }
  }
  if (outstanding_ == 0) finish_loading(ctx);
}

void Directory::load(StepContext& ctx, const std::string& file_path, std::uint8_t kind,
                     std::uint32_t what) {
  const Cookie cookie = directory_cookie(What::kRecovery, kLoadBase + loading_.size());
  loading_.push_back({open_file(ctx, cookie, file_path), file_path, what, kind});
  ++outstanding_;
}

void Directory::opened(StepContext& ctx, const IoDone& done) {
  const Loading& loading = loading_[done.cookie.value - kLoadBase];
  if (done.length == 0 || done.length > kSmallFileMax) return loaded(ctx, done);
  FileOp read;
  read.kind = FileOpKind::kRead;
  read.cookie = done.cookie;
  read.file = loading.file;
  read.length = done.length;
  ctx.issue(std::move(read));
}

void Directory::loaded(StepContext& ctx, const IoDone& done) {
  const Loading& loading = loading_[done.cookie.value - kLoadBase];
  const std::string_view text = text_of(done.data.view());
  if (done.status == IoStatus::kOk) {
    close_file(ctx, directory_cookie(What::kTolerant, 0), loading.file);
  }
  switch (loading.kind) {
    case kMeta:
      accept_meta(text);
      break;
    case kMarker:
      result_.clean_epoch = marker_epoch(text);
      break;
    case kOffsets: {
      // As Kafka: a checkpoint that cannot be read counts as empty, and recovery takes longer.
      auto offsets = decode_offsets(text);
      if (offsets.ok()) saved_[loading.what] = std::move(offsets).value();
      break;
    }
    default: {
      const auto topic = decode_partition_metadata(text);
      if (topic.ok()) result_.partitions[loading.what].topic = topic.value();
    }
  }
  ENSURE(outstanding_ > 0);
  if (--outstanding_ == 0 && phase_ == Phase::kLoading) finish_loading(ctx);
}

void Directory::accept_meta(std::string_view text) {
  const auto meta = decode_meta(text);
  if (!meta.ok()) return fail("meta.properties: " + meta.error().message);
  if (meta.value().cluster != identity_.cluster) {
    return fail("meta.properties: the directory belongs to cluster " +
                to_string(meta.value().cluster) + ", not to " + to_string(identity_.cluster));
  }
  if (meta.value().node != identity_.node) {
    return fail("meta.properties: the directory belongs to node " +
                std::to_string(meta.value().node.value()) + ", not to node " +
                std::to_string(identity_.node.value()));
  }
  id_ = meta.value().directory;
  meta_found_ = true;
}

void Directory::finish_loading(StepContext& ctx) {
  phase_ = Phase::kLoaded;
  loading_.clear();
  if (!meta_found_) {
    id_ = ctx.random().uuid();
    const std::string text = encode_meta({identity_.cluster, identity_.node, id_});
    const Cookie step = directory_cookie(What::kStep, 0);
    replace_file(ctx, {path(kMetaName), Bytes::copy_of(text), step, step});
  }
  // KAFKA-10471: a marker that outlives a crash during loading would let the next start skip
  // recovery.
  if (result_.clean && identity_.rules.on(Rule::kRemoveCleanMarkerAtStart)) {
    remove_path(ctx, directory_cookie(What::kStep, 0), path(kMarkerName));
    FileOp sync;
    sync.kind = FileOpKind::kSyncDir;
    sync.cookie = directory_cookie(What::kStep, 0);
    sync.path = identity_.root;
    ctx.issue(std::move(sync));
  }
  result_.directory = id_;
  events_.push_back(std::move(result_));
  result_ = {};
}

void Directory::fail(std::string message) {
  if (phase_ == Phase::kFailed) return;
  phase_ = Phase::kFailed;
  events_.push_back(DirectoryFailed{std::move(message)});
}

std::optional<Offset> Directory::offset(Checkpoint kind, const TopicPartition& p) const {
  const OffsetMap& offsets = saved_[static_cast<std::size_t>(kind)];
  const auto it = offsets.find(p);
  if (it == offsets.end()) return std::nullopt;
  return it->second;
}

bool Directory::save(StepContext& ctx, Checkpoint kind, OffsetMap entries) {
  const auto index = static_cast<std::size_t>(kind);
  if (phase_ != Phase::kLoaded || saved_[index] == entries) return false;
  saved_[index] = std::move(entries);
  save_text(ctx, kind, Bytes::copy_of(encode_offsets(saved_[index])));
  return true;
}

void Directory::save_text(StepContext& ctx, Checkpoint kind, Bytes content) {
  if (phase_ != Phase::kLoaded) return;
  const auto index = static_cast<std::size_t>(kind);
  replace_file(ctx,
               {path(kCheckpointNames[index]), std::move(content), directory_cookie(What::kStep, 0),
                directory_cookie(What::kRecovery, kSavedBase + index)});
}

void Directory::write_clean_marker(StepContext& ctx, std::optional<BrokerEpoch> epoch) {
  if (phase_ != Phase::kLoaded) return;
  const std::int64_t number = epoch ? epoch->value() : -1;
  const std::string text = "{\"version\":0,\"brokerEpoch\":" + std::to_string(number) + "}";
  replace_file(ctx, {path(kMarkerName), Bytes::copy_of(text), directory_cookie(What::kStep, 0),
                     directory_cookie(What::kRecovery, kMarkerValue)});
}

void Directory::Loading::describe(StateVisitor& v) const {
  visit(v, "file", file);
  visit(v, "path", path);
  visit(v, "what", what);
  visit(v, "kind", kind);
}

void Directory::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "id", id_);
  visit(v, "loading", loading_);
  visit(v, "outstanding", outstanding_);
  visit(v, "saved", saved_);
}

}  // namespace logarium::log
