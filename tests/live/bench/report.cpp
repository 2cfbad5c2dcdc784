#include "tests/live/bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logarium::bench {
namespace {

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3g}", *value) : "-";
}

std::string json_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "null";
}

// As it stands in a JSON string.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace

std::optional<double> median_of(const PeerRuns& runs, Figure figure) {
  std::vector<double> values;
  for (const Sample& sample : runs.samples) {
    if (const auto& value = sample[static_cast<std::size_t>(figure)]) values.push_back(*value);
  }
  return median(std::move(values));
}

std::optional<double> ratio_of(const PeerRuns& first, const PeerRuns& second, Figure figure) {
  std::vector<double> ratios;
  const auto index = static_cast<std::size_t>(figure);
  for (std::size_t i = 0; i < std::min(first.samples.size(), second.samples.size()); ++i) {
    const auto& a = first.samples[i][index];
    const auto& b = second.samples[i][index];
    if (a && b && *b > 0) ratios.push_back(*a / *b);
  }
  return median(std::move(ratios));
}

std::string text_of(const std::vector<PeerRuns>& peers) {
  std::string out = fmt::format("{:<44}{:<5}", "", "");
  for (const PeerRuns& peer : peers) out += fmt::format("{:>10}", peer.name);
  for (std::size_t i = 1; i < peers.size(); ++i) out += fmt::format("{:>10}", "/" + peers[i].name);
  out += "\n";
  for (const FigureKind& kind : figure_kinds()) {
    out += fmt::format("{:<44}{:<5}", kind.what, kind.unit);
    for (const PeerRuns& peer : peers) {
      out += fmt::format("{:>10}", number(median_of(peer, kind.figure)));
    }
    for (std::size_t i = 1; i < peers.size(); ++i) {
      out += fmt::format("{:>10}", number(ratio_of(peers.front(), peers[i], kind.figure)));
    }
    out += kind.more_is_better ? "  more is better\n" : "  less is better\n";
  }
  for (const PeerRuns& peer : peers) {
    if (!peer.missing.empty()) {
      out += fmt::format("\n{} was left out: it needs {}", peer.name, peer.missing);
    }
    if (!peer.failure.empty()) out += fmt::format("\n{} failed: {}", peer.name, peer.failure);
  }
  return out + "\n";
}

std::string json_of(const std::vector<PeerRuns>& peers, int rounds) {
  std::string out = fmt::format("{{\n  \"rounds\": {},\n  \"peers\": [", rounds);
  for (const PeerRuns& peer : peers) {
    out += fmt::format("{}\n    {{ \"name\": \"{}\", \"missing\": \"{}\", \"failure\": \"{}\"",
                       &peer == peers.data() ? "" : ",", peer.name, escaped(peer.missing),
                       escaped(peer.failure));
    for (const FigureKind& kind : figure_kinds()) {
      out += fmt::format(", \"{}\": {}", kind.key, json_number(median_of(peer, kind.figure)));
    }
    out += " }";
  }
  out += "\n  ],\n  \"ratios\": [";
  for (std::size_t i = 1; i < peers.size(); ++i) {
    out += fmt::format("{}\n    {{ \"to\": \"{}\"", i == 1 ? "" : ",", peers[i].name);
    for (const FigureKind& kind : figure_kinds()) {
      out += fmt::format(", \"{}\": {}", kind.key,
                         json_number(ratio_of(peers.front(), peers[i], kind.figure)));
    }
    out += " }";
  }
  return out + "\n  ]\n}\n";
}

}  // namespace logarium::bench
