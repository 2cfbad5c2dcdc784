#include "viz/app/reduce.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

namespace logarium::viz {
namespace {

constexpr std::uint64_t kEvents = 1000;
constexpr Instant kEnd{60'000'000'000};

UiState begun() { return reduce({}, action::Known{kEvents, kEnd}); }

Instant time_of(std::uint64_t event) {
  return Instant{static_cast<std::int64_t>(event) * kEnd.ns / static_cast<std::int64_t>(kEvents)};
}

// Any action, with numbers that are sometimes out of every range.
class Random final {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return state_ >> 33;
  }
  std::int64_t number() {
    const auto wide = static_cast<std::int64_t>(next() * next());
    return next() % 3 == 0   ? -wide
           : next() % 2 == 0 ? wide
                             : static_cast<std::int64_t>(next() % 2000);
  }
  std::string lane() { return "lane-" + std::to_string(next() % 5); }

 private:
  std::uint64_t state_;
};

Action any_window(Random& random) {
  const TimeAxis axis = random.next() % 2 == 0 ? TimeAxis::kTime : TimeAxis::kEvents;
  const std::int64_t from = random.number() / 4;
  return action::ShowWindow{{axis, from, from + random.number() / 4}};
}

Action any(Random& random) {
  switch (random.next() % 28) {
    case 0:
      return action::Seek{random.next() * random.next(), Instant{random.number()}};
    case 1:
      return action::Known{random.next() % 5000, Instant{static_cast<std::int64_t>(random.next())}};
    case 2:
      return action::Play{random.next() % 2 == 0};
    case 3:
      return action::PlayedTo{random.next(), Instant{random.number()}};
    case 4:
      return action::Follow{random.next() % 2 == 0};
    case 5:
      return action::Speed{static_cast<int>(random.next() % 40) - 20};
    case 6:
      return action::SelectNode{static_cast<std::uint32_t>(random.next())};
    case 7:
      return action::SelectPartition{PartitionRef{{1, random.next() % 3}, PartitionIndex(0)}};
    case 8:
      return action::SelectOffset{Offset(random.number())};
    case 9:
      return action::SetFilter{random.lane()};
    case 10:
      return action::EditFilter{random.next() % 2 == 0};
    case 11:
      return action::FocusNext{random.next() % 2 == 0 ? 1 : -1};
    case 12:
      return action::Open{static_cast<Overlay>(random.next() % 5)};
    case 13:
      return action::Scale{static_cast<float>(random.number()) / 100};
    case 14:
      return any_window(random);
    case 15:
      return action::HideLane{random.lane()};
    case 16:
      return action::PinLane{random.lane()};
    case 17:
      return action::Bookmark{};
    case 19:
      return action::StepRange{};
    case 20:
      return action::SetRange{{{random.next() * random.next(), Instant{random.number()}},
                               {random.next() % 2000, Instant{random.number()}}}};
    case 21:
      return action::ClearRange{};
    case 22:
      return action::SetShare{static_cast<Preset>(random.next() % 2),
                              static_cast<Split>(random.next() % kSplits),
                              static_cast<float>(random.number()) / 1e6F};
    case 23:
      return action::GrowPanel{static_cast<float>(random.number()) / 1e6F};
    case 24:
      return action::StepTour{static_cast<int>(random.next() % 5) - 2};
    case 25:
      return action::ScrollLanes{random.number()};
    case 26:
      return action::HoverOver{{random.next(), static_cast<std::uint32_t>(random.next()), {}}};
    case 18:
      return action::ScrollTopics{random.number()};
    default:
      return action::ScrollLines{random.number()};
  }
}

}  // namespace

TEST_CASE("whatever is asked for in whatever order, the state stays one that can be shown") {
  Random random(7);
  UiState state = begun();
  for (int i = 0; i < 10'000; ++i) {
    const Action action = any(random);
    state = reduce(std::move(state), action);
    INFO("action " << i << ", alternative " << action.index());
    REQUIRE(valid(state));
  }
}

TEST_CASE("where one has been does not matter for where one goes") {
  const Action a = action::Seek{100, time_of(100)};
  const Action b = action::Seek{700, time_of(700)};
  CHECK(reduce(reduce(begun(), a), b) == reduce(begun(), b));
}

TEST_CASE("a window that does not show the instant follows it, and keeps its width") {
  UiState state = reduce(begun(), action::ShowWindow{{TimeAxis::kTime, 0, 1'000'000'000}});
  state = reduce(state, action::Seek{500, time_of(500)});
  CHECK(state.window.from <= state.time.ns);
  CHECK(state.window.to >= state.time.ns);
  CHECK(state.window.to - state.window.from == 1'000'000'000);
}

TEST_CASE("a growing run keeps the whole in sight when the whole was in sight") {
  const UiState state = reduce(begun(), action::Known{2 * kEvents, Instant{2 * kEnd.ns}});
  CHECK(state.window == TimeWindow{TimeAxis::kTime, 0, 2 * kEnd.ns});
  const UiState narrow = reduce(reduce(begun(), action::ShowWindow{{TimeAxis::kTime, 5, 500}}),
                                action::Known{2 * kEvents, Instant{2 * kEnd.ns}});
  CHECK(narrow.window == TimeWindow{TimeAxis::kTime, 5, 500});
}

TEST_CASE("following stays at the end, and looking elsewhere ends it") {
  UiState state = reduce(begun(), action::Follow{true});
  state = reduce(state, action::Known{1500, Instant{90'000'000'000}});
  CHECK(state.event == 1500);
  CHECK(state.playing);
  state = reduce(state, action::Seek{3, time_of(3)});
  CHECK_FALSE(state.following);
}

TEST_CASE("another partition forgets the record that was pointed at") {
  const PartitionRef first{{1, 1}, PartitionIndex(0)};
  const PartitionRef second{{1, 1}, PartitionIndex(1)};
  UiState state = reduce(begun(), action::SelectPartition{first});
  state = reduce(state, action::SelectOffset{Offset(5)});
  CHECK(reduce(state, action::SelectPartition{first}).selection.offset == Offset(5));
  CHECK_FALSE(reduce(state, action::SelectPartition{second}).selection.offset);
}

TEST_CASE("one overlay at a time; the same again closes it") {
  UiState state = reduce(begun(), action::Open{Overlay::kKeys});
  state = reduce(state, action::Open{Overlay::kPalette});
  CHECK(state.overlay == Overlay::kPalette);
  CHECK(reduce(state, action::Open{Overlay::kPalette}).overlay == Overlay::kNone);
}

TEST_CASE("a range goes from where it was begun to where one goes, then stays, then is gone") {
  UiState state = reduce(reduce(begun(), action::Seek{100, time_of(100)}), action::StepRange{});
  state = reduce(state, action::Seek{40, time_of(40)});
  REQUIRE(state.range);
  CHECK(state.range->open);
  CHECK(in_order(state.range->between) == EventRange{{40, time_of(40)}, {100, time_of(100)}});
  state = reduce(state, action::StepRange{});
  state = reduce(state, action::Seek{900, time_of(900)});
  REQUIRE(state.range);
  CHECK(in_order(state.range->between) == EventRange{{40, time_of(40)}, {100, time_of(100)}});
  CHECK_FALSE(reduce(state, action::StepRange{}).range);
  // One of no length is none.
  const UiState here = reduce(begun(), action::StepRange{});
  CHECK_FALSE(reduce(here, action::StepRange{}).range);
}

TEST_CASE("shares stay between a tenth and four fifths, whatever is asked for") {
  UiState state = begun();
  for (const float share : {-5.0F, 0.0F, 7.0F, std::nanf("")}) {
    state = reduce(state, action::SetShare{Preset::kOverview, Split::kTimeline, share});
    CHECK(valid(state));
  }
  for (int i = 0; i < 100; ++i) state = reduce(state, action::GrowPanel{0.03F});
  CHECK(state.shares.at(Preset::kOverview, Split::kTimeline) == kShareMax);
  CHECK(reduce(state, action::SetShares{}).shares == Shares{});
}

TEST_CASE("the tour has six captions and closes after the last") {
  UiState state = reduce(begun(), action::Open{Overlay::kTour});
  for (int i = 0; i < kTourSteps; ++i) {
    CHECK(state.overlay == Overlay::kTour);
    CHECK(state.tour == i);
    state = reduce(state, action::StepTour{1});
  }
  CHECK(state.overlay == Overlay::kNone);
  CHECK(state.tour == 0);
}

TEST_CASE("a bookmark set twice is gone") {
  UiState state = reduce(reduce(begun(), action::Seek{9, time_of(9)}), action::Bookmark{});
  CHECK(state.bookmarks == std::vector<std::uint64_t>{9});
  CHECK(reduce(state, action::Bookmark{}).bookmarks.empty());
}

}  // namespace logarium::viz
