#include "viz/model/partitions_of.hpp"

#include <algorithm>
#include <variant>

namespace logarium::viz {
namespace {

struct Gather {
  std::vector<PartitionRef>& out;
  void add(PartitionRef ref) const {
    if (std::find(out.begin(), out.end(), ref) == out.end()) out.push_back(ref);
  }
  void operator()(std::string_view, const PartitionRef& ref) const { add(ref); }
  void operator()(std::string_view, const Uuid& topic) const { add({topic, PartitionIndex(-1)}); }
  template <class T>
  void operator()(std::string_view, const T&) const {}
};

}  // namespace

std::vector<PartitionRef> partitions_of(const trace::Event& event) {
  std::vector<PartitionRef> out;
  for (const Note& note : event.notes) {
    std::visit([&](const auto& one) { one.fields(Gather{out}); }, note);
  }
  return out;
}

}  // namespace logarium::viz
