#include "engine/server/identity_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::server {
namespace {

constexpr std::string_view kName = "meta.properties";
constexpr std::string_view kTemporary = "meta.properties.tmp";
constexpr std::int64_t kBytesMax = 4096;

std::map<std::string_view, std::string_view> properties_of(std::string_view text) {
  std::map<std::string_view, std::string_view> values;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

}  // namespace

IdentityFile::IdentityFile(NodeId node, std::string cluster_id)
    : node_(node), cluster_id_(std::move(cluster_id)) {}

void IdentityFile::issue(StepContext& ctx, FileOp op, Phase next) {
  op.cookie = {Machine::kProcess, static_cast<std::uint8_t>(next), 0, 0};
  phase_ = next;
  ctx.issue(std::move(op));
}

void IdentityFile::start(StepContext& ctx) {
  ENSURE(phase_ == Phase::kIdle);
  FileOp op;
  op.kind = FileOpKind::kList;
  issue(ctx, std::move(op), Phase::kListing);
}

void IdentityFile::on_io(StepContext& ctx, const IoDone& done) {
  if (phase_ == Phase::kDone || done.cookie.what != static_cast<std::uint8_t>(phase_)) return;
  if (done.status != IoStatus::kOk) {
    finish(Refused{fmt::format("{}: the file operation failed", kName)});
    return;
  }
  advance(ctx, done);
}

void IdentityFile::advance(StepContext& ctx, const IoDone& done) {
  FileOp op;
  op.file = file_;
  switch (phase_) {
    case Phase::kListing: {
      const bool there = std::find(done.names.begin(), done.names.end(), kName) != done.names.end();
      file_ = ctx.new_file();
      op.file = file_;
      op.kind = FileOpKind::kOpen;
      op.path = there ? kName : kTemporary;
      issue(ctx, std::move(op), there ? Phase::kOpening : Phase::kCreating);
      return;
    }
    case Phase::kOpening:
      op.kind = FileOpKind::kRead;
      op.length = std::min(done.length, kBytesMax);
      issue(ctx, std::move(op), Phase::kReading);
      return;
    case Phase::kReading:
      finish(parse(text_of(done.data.view())));
      return;
    case Phase::kCreating:
      create(ctx);
      return;
    case Phase::kWriting:
      op.kind = FileOpKind::kSync;
      issue(ctx, std::move(op), Phase::kSyncing);
      return;
    case Phase::kSyncing:
      op.kind = FileOpKind::kRename;
      op.path = kTemporary;
      op.to = kName;
      issue(ctx, std::move(op), Phase::kRenaming);
      return;
    case Phase::kRenaming:
      op.kind = FileOpKind::kSyncDir;
      issue(ctx, std::move(op), Phase::kSyncingDir);
      return;
    case Phase::kSyncingDir:
      finish(Known{directory_});
      return;
    case Phase::kIdle:
    case Phase::kDone:
      return;
  }
}

void IdentityFile::create(StepContext& ctx) {
  directory_ = ctx.random().uuid();
  FileOp op;
  op.kind = FileOpKind::kWrite;
  op.file = file_;
  op.bytes = FileBytes::of(
      Bytes::copy_of(fmt::format("version=1\ncluster.id={}\nnode.id={}\ndirectory.id={}\n",
                                 cluster_id_, node_.value(), to_string(directory_))));
  issue(ctx, std::move(op), Phase::kWriting);
}

IdentityFile::Outcome IdentityFile::parse(std::string_view text) const {
  const auto values = properties_of(text);
  const auto value = [&](std::string_view name) {
    const auto at = values.find(name);
    return at == values.end() ? std::string_view{} : at->second;
  };
  if (value("version") != "1") {
    return Refused{fmt::format("{}: version is \"{}\", not 1", kName, value("version"))};
  }
  if (value("node.id") != fmt::format("{}", node_.value())) {
    return Refused{fmt::format("{}: the directory belongs to node {}, this is node {}", kName,
                               value("node.id"), node_.value())};
  }
  if (value("cluster.id") != cluster_id_) {
    return Refused{fmt::format("{}: the directory belongs to cluster {}, this is cluster {}", kName,
                               value("cluster.id"), cluster_id_)};
  }
  const std::optional<Uuid> directory = parse_uuid(value("directory.id"));
  if (!directory) {
    return Refused{fmt::format("{}: directory.id \"{}\" is not 22 characters of base64", kName,
                               value("directory.id"))};
  }
  return Known{*directory};
}

void IdentityFile::finish(Outcome outcome) {
  phase_ = Phase::kDone;
  outcome_ = std::move(outcome);
}

void IdentityFile::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "directory", directory_);
}

}  // namespace logarium::server
