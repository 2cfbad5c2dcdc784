#include "sim/scenario/target.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "engine/config/definition.hpp"

namespace logarium::scenario {
namespace {

constexpr std::string_view kExamples =
    "leader(orders-0), follower(orders-0)[1], isr(orders-0), replicas(orders-0)[0], controller, "
    "controller(1001), broker(2), rack(a), minority, majority, random(broker), brokers, "
    "controllers, servers, clients, client(producer-1), all, label.target";

enum class Argument : std::uint8_t { kNone, kPartition, kNumber, kMaybeNumber, kName, kTarget };
struct Word {
  std::string_view name;
  TargetKind kind;
  Argument argument;
};
constexpr std::array<Word, 19> kWords = {{
    {"leader", TargetKind::kLeader, Argument::kPartition},
    {"follower", TargetKind::kFollower, Argument::kPartition},
    {"isr", TargetKind::kIsr, Argument::kPartition},
    {"replicas", TargetKind::kReplicas, Argument::kPartition},
    {"controller", TargetKind::kController, Argument::kMaybeNumber},
    {"rack", TargetKind::kRack, Argument::kName},
    {"minority", TargetKind::kMinority, Argument::kNone},
    {"majority", TargetKind::kMajority, Argument::kNone},
    {"broker", TargetKind::kBroker, Argument::kNumber},
    {"random", TargetKind::kRandom, Argument::kTarget},
    {"brokers", TargetKind::kBrokers, Argument::kNone},
    {"controllers", TargetKind::kControllers, Argument::kNone},
    {"servers", TargetKind::kServers, Argument::kNone},
    {"clients", TargetKind::kClients, Argument::kNone},
    {"client", TargetKind::kClient, Argument::kName},
    {"all", TargetKind::kAll, Argument::kNone},
    // Inside random(...) the singular is what one says.
    {"any broker", TargetKind::kBrokers, Argument::kNone},
    {"any controller", TargetKind::kControllers, Argument::kNone},
    {"any server", TargetKind::kServers, Argument::kNone},
}};

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stopped != end || text.empty() || value < 0) return std::nullopt;
  return value;
}

ParsedTarget wrong(std::string error) { return {std::nullopt, std::move(error)}; }

ParsedTarget unknown(std::string_view text, std::string_view word) {
  std::vector<std::string> names;
  for (const Word& known : kWords) names.emplace_back(known.name);
  const std::string near = nearest_name(word, names);
  if (!near.empty() && near != word) {
    return wrong(fmt::format("unknown target \"{}\"; did you mean \"{}\"?", text, near));
  }
  return wrong(fmt::format("unknown target \"{}\"; targets are {}", text, kExamples));
}

// The argument in parentheses, by the word's kind. An error, or empty.
std::string take_argument(const Word& word, std::string_view text, Target& out) {
  switch (word.argument) {
    case Argument::kNone:
      return fmt::format("{} takes nothing in parentheses", word.name);
    case Argument::kPartition: {
      const auto partition = parse_partition(text);
      if (!partition) {
        return fmt::format("{}(...) names a partition such as \"orders-0\", not \"{}\"", word.name,
                           text);
      }
      out.topic = partition->topic;
      out.partition = partition->partition;
      return {};
    }
    case Argument::kNumber:
    case Argument::kMaybeNumber: {
      const auto number = parse_count(text);
      if (!number || *number > 2'000'000'000) {
        return fmt::format("{}(...) takes a number, not \"{}\"", word.name, text);
      }
      out.id = *number;
      return {};
    }
    case Argument::kName:
      if (text.empty()) return fmt::format("{}(...) takes a name", word.name);
      out.name = text;
      return {};
    case Argument::kTarget: {
      std::string inner(text);
      if (text == "broker" || text == "controller" || text == "server") inner = "any " + inner;
      if (text.substr(0, 6) == "random") return "random(...) cannot hold another random(...)";
      ParsedTarget parsed = parse_target(inner);
      if (!parsed.target) return parsed.error;
      out.inner.push_back(std::move(*parsed.target));
      return {};
    }
  }
  return {};
}

}  // namespace

bool Target::is_static() const {
  switch (kind) {
    case TargetKind::kController:
      return id >= 0;
    case TargetKind::kRack:
    case TargetKind::kBroker:
    case TargetKind::kBrokers:
    case TargetKind::kControllers:
    case TargetKind::kServers:
    case TargetKind::kClients:
    case TargetKind::kClient:
    case TargetKind::kAll:
      return true;
    case TargetKind::kLeader:
    case TargetKind::kFollower:
    case TargetKind::kIsr:
    case TargetKind::kReplicas:
    case TargetKind::kMinority:
    case TargetKind::kMajority:
    case TargetKind::kRandom:
    case TargetKind::kLabel:
      return false;
  }
  return false;
}

std::optional<PartitionText> parse_partition(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto number = parse_count(text.substr(dash + 1));
  if (!number || *number > 1'000'000) return std::nullopt;
  return PartitionText{std::string(text.substr(0, dash)), static_cast<std::int32_t>(*number)};
}

ParsedTarget parse_target(std::string_view text) {
  constexpr std::string_view kSuffix = ".target";
  if (text.size() > kSuffix.size() && text.ends_with(kSuffix)) {
    Target target;
    target.kind = TargetKind::kLabel;
    target.name = text.substr(0, text.size() - kSuffix.size());
    return {std::move(target), {}};
  }
  std::string_view rest = text;
  std::optional<std::size_t> index;
  if (rest.ends_with(']')) {
    const std::size_t open = rest.rfind('[');
    const auto number = open == std::string_view::npos
                            ? std::nullopt
                            : parse_count(rest.substr(open + 1, rest.size() - open - 2));
    if (!number) return wrong(fmt::format("\"{}\" ends in no index such as [1]", text));
    index = static_cast<std::size_t>(*number);
    rest = rest.substr(0, open);
  }
  const std::size_t open = rest.find('(');
  const std::string_view name = rest.substr(0, open);
  for (const Word& word : kWords) {
    if (word.name != name) continue;
    Target target;
    target.kind = word.kind;
    target.index = index;
    if (index && word.argument != Argument::kPartition) {
      return wrong(fmt::format("{} takes no index", name));
    }
    if (open == std::string_view::npos) {
      const bool bare = word.argument == Argument::kNone || word.argument == Argument::kMaybeNumber;
      if (!bare) return wrong(fmt::format("{} needs something in parentheses", name));
      return {std::move(target), {}};
    }
    if (!rest.ends_with(')')) return wrong(fmt::format("\"{}\" has no closing parenthesis", text));
    std::string error = take_argument(word, rest.substr(open + 1, rest.size() - open - 2), target);
    if (!error.empty()) return wrong(std::move(error));
    return {std::move(target), {}};
  }
  return unknown(text, name);
}

}  // namespace logarium::scenario
