#include "engine/protocol/message_tools.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/json_text.hpp"

namespace logarium::protocol {
namespace {

// One line per leaf, with the path to it.
class Leaves final : public FieldVisitor {
 public:
  struct Leaf {
    std::string path;
    std::string value;
    bool operator==(const Leaf&) const = default;
  };
  std::vector<Leaf> leaves;

  void number(const FieldInfo& f, std::int64_t& v) override { leaf(f, std::to_string(v)); }
  void text(const FieldInfo& f, std::string& v) override { leaf(f, "\"" + v + "\""); }
  void uuid(const FieldInfo& f, Uuid& v) override { leaf(f, to_string(v)); }
  void bytes(const FieldInfo& f, Bytes& v) override { leaf(f, hex_text(v.view())); }
  void records(const FieldInfo& f, Records& v) override {
    std::string all;
    for (const Batch& batch : v) all += std::to_string(batch.identity()) + " ";
    leaf(f, all);
  }
  bool presence(const FieldInfo& f, bool present) override {
    if (!present) leaf(f, "null");
    return present;
  }
  std::size_t open_list(const FieldInfo& f, std::size_t size) override {
    leaf(f, std::to_string(size) + " elements");
    open(f);
    return size;
  }
  void close_list(const FieldInfo& /*field*/) override { close(); }
  void open_struct(const FieldInfo& f) override { open(f); }
  void close_struct(const FieldInfo& /*field*/) override { close(); }

 private:
  struct Level {
    std::size_t path_bytes;
    std::size_t next_index = 0;
  };
  std::string path_;
  std::vector<Level> levels_;

  std::string child(const FieldInfo& f) {
    if (!f.name.empty()) return (path_.empty() ? "" : path_ + ".") + std::string(f.name);
    return path_ + "[" + std::to_string(levels_.back().next_index++) + "]";
  }
  void leaf(const FieldInfo& f, std::string value) {
    leaves.push_back({child(f), std::move(value)});
  }
  void open(const FieldInfo& f) {
    std::string inner = child(f);
    levels_.push_back({path_.size()});
    path_ = std::move(inner);
  }
  void close() {
    path_.resize(levels_.back().path_bytes);
    levels_.pop_back();
  }
};

class Randomiser final : public FieldVisitor {
 public:
  explicit Randomiser(Random& random) : random_(random) {}

  void number(const FieldInfo& f, std::int64_t& v) override { v = number_of(f.type); }
  void text(const FieldInfo& /*field*/, std::string& v) override {
    static constexpr std::string_view kPieces[] = {"a", "-", "0", "\xc3\xa9", "orders", ".", " "};
    v.clear();
    for (std::uint64_t left = random_.below(4); left > 0; --left) {
      v += kPieces[random_.below(std::size(kPieces))];
    }
    if (random_.below(40) == 0) v.assign(static_cast<std::size_t>(200 + random_.below(300)), 'x');
  }
  void uuid(const FieldInfo& /*field*/, Uuid& v) override {
    v = random_.below(4) == 0 ? kZeroUuid : random_.uuid();
  }
  void bytes(const FieldInfo& /*field*/, Bytes& v) override {
    std::vector<std::byte> data(random_.below(20));
    for (std::byte& byte : data) byte = static_cast<std::byte>(random_.below(256));
    v = Bytes(std::move(data));
  }
  void records(const FieldInfo& /*field*/, Records& v) override {
    v.clear();
    for (std::uint64_t left = random_.below(3); left > 0; --left) v.push_back(batch());
  }
  bool presence(const FieldInfo& /*field*/, bool /*present*/) override {
    return random_.below(3) != 0;
  }
  std::size_t open_list(const FieldInfo& /*field*/, std::size_t /*size*/) override {
    return static_cast<std::size_t>(random_.below(4));
  }
  void close_list(const FieldInfo& /*field*/) override {}
  void open_struct(const FieldInfo& /*field*/) override {}
  void close_struct(const FieldInfo& /*field*/) override {}

 private:
  std::int64_t number_of(FieldType type) {
    switch (type) {
      case FieldType::kBool:
        return random_.between(0, 1);
      case FieldType::kInt8:
        return integer<std::int8_t>();
      case FieldType::kUint16:
        return integer<std::uint16_t>();
      case FieldType::kInt32:
        return integer<std::int32_t>();
      case FieldType::kUint32:
        return integer<std::uint32_t>();
      case FieldType::kInt64:
        return integer<std::int64_t>();
      default:
        return integer<std::int16_t>();
    }
  }
  template <class T>
  std::int64_t integer() {
    constexpr auto kLow = static_cast<std::int64_t>(std::numeric_limits<T>::min());
    constexpr auto kHigh = static_cast<std::int64_t>(std::numeric_limits<T>::max());
    switch (random_.below(6)) {
      case 0:
        return kLow;
      case 1:
        return kHigh;
      case 2:
        return std::max<std::int64_t>(kLow, -1);
      case 3:
        return random_.between(0, 100);
      default:
        return random_.between(kLow, kHigh);
    }
  }
  // A batch header with a payload of noise: nobody looks into it on the way.
  Batch batch() {
    BatchHeader header;
    header.base_offset = Offset(random_.between(0, 1LL << 40));
    header.partition_leader_epoch = LeaderEpoch(static_cast<std::int32_t>(random_.between(-1, 9)));
    header.last_offset_delta = static_cast<std::int32_t>(random_.below(100));
    header.record_count = header.last_offset_delta + 1;
    header.base_timestamp = integer<std::int64_t>();
    header.max_timestamp = integer<std::int64_t>();
    header.producer_id = ProducerId(integer<std::int64_t>());
    header.base_sequence = Sequence(static_cast<std::int32_t>(integer<std::int32_t>()));
    header.attributes = static_cast<std::int16_t>(random_.between(0, 127));
    Bytes payload;
    bytes({}, payload);
    Batch made(header, payload);
    made.crc = made.computed_crc();
    return made;
  }

  Random& random_;
};

}  // namespace

std::string_view name_of(FieldType type) {
  static constexpr std::string_view kNames[] = {"bool",   "int8",    "int16", "uint16", "int32",
                                                "uint32", "int64",   "int16", "string", "uuid",
                                                "bytes",  "records", "struct"};
  return kNames[static_cast<std::size_t>(type)];
}

const WireMessage& wire_message(const Message& message) {
  const auto* wire = dynamic_cast<const WireMessage*>(&message);
  ENSURE(wire != nullptr);
  return *wire;
}

std::string first_difference(const Message& a, const Message& b, std::int16_t version) {
  ENSURE(a.api_key() == b.api_key());
  ENSURE(a.direction() == b.direction());
  Leaves left;
  Leaves right;
  wire_message(a).walk(left, version);
  wire_message(b).walk(right, version);
  const auto [l, r] = std::mismatch(left.leaves.begin(), left.leaves.end(), right.leaves.begin(),
                                    right.leaves.end());
  if (l == left.leaves.end() && r == right.leaves.end()) return "";
  if (l == left.leaves.end()) return r->path + ": missing against " + r->value;
  if (r == right.leaves.end()) return l->path + ": " + l->value + " against missing";
  return l->path + ": " + l->value + " against " + r->value;
}

void randomise(WireMessage& message, std::int16_t version, Random& random) {
  Randomiser randomiser(random);
  message.fill(randomiser, version);
}

}  // namespace logarium::protocol
