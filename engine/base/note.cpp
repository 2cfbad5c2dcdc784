#include "engine/base/note.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <type_traits>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/note_words.hpp"

namespace logarium {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Note>> kNames = {
    "replica opened",
    "replica deleted",
    "became leader",
    "became follower",
    "appended",
    "synced",
    "truncated",
    "log start moved",
    "high watermark moved",
    "epoch started",
    "segment rolled",
    "segment deleted",
    "isr state",
    "produce answered",
    "out of range",
    "directory offline",
    "broker state",
    "metadata applied",
    "quorum role",
    "vote persisted",
    "vote refused",
    "snapshot written",
    "snapshot loaded",
    "controller active",
    "topic created",
    "topic deleted",
    "replica placed",
    "partition committed",
    "broker registered",
    "broker fenced",
    "broker unfenced",
    "broker in controlled shutdown",
    "shutdown granted",
    "reassignment completed",
    "alter partition answered",
    "producer id assigned",
    "batch sent",
    "batch acked",
    "batch failed",
    "delivered",
    "position reset",
    "truncation detected",
    "process started",
    "process ended",
    "bytes lost",
    "disk wiped",
    "fault began",
    "fault ended",
    "clock changed",
    "batch recovered",
    "request refused",
    "error injected",
    "fault side",
    "session expired"};

struct Hasher {
  std::uint64_t hash;
  template <class T>
  void operator()(std::string_view, const T& value) {
    if constexpr (std::is_same_v<T, PartitionRef>) {
      hash = absorb(absorb(hash, value.topic.high), value.topic.low);
      hash = absorb(hash, static_cast<std::uint64_t>(value.partition.value()));
    } else if constexpr (std::is_same_v<T, Uuid>) {
      hash = absorb(absorb(hash, value.high), value.low);
    } else if constexpr (std::is_same_v<T, Duration> || std::is_same_v<T, WallTime>) {
      hash = absorb(hash, static_cast<std::uint64_t>(value.ns));
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      hash = absorb(hash, static_cast<std::uint64_t>(value));
    } else {
      hash = absorb(hash, static_cast<std::uint64_t>(value.value()));
    }
  }
};

using Words = std::span<const std::string_view>;

template <class E>
constexpr std::array<std::string_view, 0> kWords{};
template <>
constexpr std::array<std::string_view, 2> kWords<note::Role> = {"leader", "follower"};
template <>
constexpr std::array<std::string_view, 5> kWords<note::TruncateCause> = {
    "diverging-epoch", "high-watermark", "out-of-range", "recovery", "snapshot"};
template <>
constexpr std::array<std::string_view, 5> kWords<note::StartCause> = {
    "retention", "delete-records", "leader", "snapshot", "recovery"};
template <>
constexpr std::array<std::string_view, 4> kWords<note::DeleteCause> = {
    "time", "size", "start-offset", "truncation"};
template <>
constexpr std::array<std::string_view, 8> kWords<note::ElectionKind> = {
    "initial", "keep", "clean", "preferred", "elr", "last-known", "unclean", "no-leader"};
template <>
constexpr std::array<std::string_view, 7> kWords<note::QuorumRole> = {
    "unattached", "prospective", "candidate", "leader", "follower", "resigned", "observer"};
template <>
constexpr std::array<std::string_view, 6> kWords<note::BrokerState> = {
    "not-running",  "starting", "recovery", "running", "pending-controlled-shutdown",
    "shutting-down"};
template <>
constexpr std::array<std::string_view, 5> kWords<note::EndCause> = {"clean", "crash", "power-loss",
                                                                    "own-fault", "ensure"};
template <>
constexpr std::array<std::string_view, 3> kWords<note::LinkSide> = {"from", "to", "both"};
template <>
constexpr std::array<std::string_view, 4> kWords<note::ResetCause> = {"out-of-range", "truncation",
                                                                      "no-position", "seek"};

// The word of an enum's value; its number when there is none (a damaged run file).
template <class E>
std::string word(E value) {
  const Words words(kWords<E>);
  const auto index = static_cast<std::size_t>(value);
  return index < words.size() ? std::string(words[index]) : fmt::format("{}", index);
}

struct Printer {
  std::string text;
  template <class T>
  void operator()(std::string_view name, const T& value) {
    if constexpr (std::is_same_v<T, PartitionRef>) {
      text += fmt::format(" {}={}-{}", name, to_string(value.topic), value.partition.value());
    } else if constexpr (std::is_same_v<T, Uuid>) {
      text += fmt::format(" {}={}", name, to_string(value));
    } else if constexpr (std::is_same_v<T, Duration>) {
      text += fmt::format(" {}={}", name, to_string(value));
    } else if constexpr (std::is_same_v<T, WallTime>) {
      text += fmt::format(" {}={}", name, value.unix_ms());
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      text += fmt::format(" {}={:016x}", name, value);
    } else if constexpr (std::is_integral_v<T>) {
      text += fmt::format(" {}={}", name, value);
    } else if constexpr (std::is_enum_v<T>) {
      text += fmt::format(" {}={}", name, word(value));
    } else {
      text += fmt::format(" {}={}", name, value.value());
    }
  }
};

}  // namespace

std::string_view note_name(std::size_t index) {
  ENSURE(index < kNames.size());
  return kNames[index];
}

std::string_view note_name(const Note& note) { return kNames[note.index()]; }

std::uint64_t note_hash(const Note& note) {
  Hasher hasher{mix64(note.index() + 1)};
  std::visit([&](const auto& fact) { fact.fields(hasher); }, note);
  return hasher.hash;
}

std::string to_string(note::QuorumRole role) { return word(role); }

std::string to_string(const Note& note) {
  Printer printer{std::string(note_name(note))};
  std::visit([&](const auto& fact) { fact.fields(printer); }, note);
  return printer.text;
}

}  // namespace logarium
