// Prints one record batch per codec as a line of JSON (codec, hex, records), for readers in other
// languages: tests/spec/our_batches_test.py.

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/protocol/codec.hpp"
#include "tests/support/batches/json_batch.hpp"

namespace {

using namespace logarium;
using namespace logarium::protocol;
using Json = nlohmann::json;

// Long enough to be worth compressing, with a key, a header and uneven timestamps.
Json records() {
  Json all = Json::array();
  for (std::int64_t i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    all.push_back({{"key", "key-" + number},
                   {"value", "value-" + number + std::string(40, 'x')},
                   {"timestamp", 1'700'000'000'000 + 7 * i - i % 3},
                   {"headers", Json::array({Json::array({"trace", "abc"})})}});
  }
  return all;
}

}  // namespace

int main() {
  const Json all = records();
  for (const Codec codec :
       {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    const std::string hex = test::hex_of(test::build_batch(codec, all));
    const Json line = {{"codec", std::string(name_of(codec))}, {"hex", hex}, {"records", all}};
    std::puts(line.dump().c_str());
  }
}
