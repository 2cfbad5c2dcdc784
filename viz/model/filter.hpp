#pragma once
// Filter: which events a person wants to see, in one short language for the list of events, the
// timeline and dumps:
//
//   kind=ELECT part=orders-3 broker=2 t>12.4 "text"     all of them (`&` may stand between)
//   kind=CRASH,START | (t>=12.4 t<13)  !node=p1         one of two; not
//
// Fields: kind, node (any name of a node), broker, controller, client (by number), part, topic, api
// (of a received message), from (its sender), t (seconds, or with a unit: 80ms), event (a number).
// A field takes = != and, where it is a number, < <= > >=; a list with commas is any of them. Words
// without a field, and texts in quotes, are looked for in the event's line; case does not matter.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "sim/trace/event.hpp"
#include "viz/model/event_kind.hpp"
#include "viz/model/labels.hpp"

namespace logarium::viz {

struct FilterNode;

// Where in the text it went wrong (from 0), and what would be right.
struct FilterError {
  std::size_t at = 0, length = 1;
  std::string message;     // "there is no kind ELCT"
  std::string suggestion;  // "ELECT"; may be empty
};

class Filter {
 public:
  // Lets everything through.
  Filter();
  Filter(const Filter&);
  Filter(Filter&&) noexcept;
  Filter& operator=(const Filter&);
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  // Names are looked up in `labels`, so one that the run does not have is an error. A text without
  // anything lets everything through.
  struct Parsed;
  [[nodiscard]] static Parsed parse(std::string_view text, const Labels& labels);

  [[nodiscard]] bool everything() const;
  // Whether the event passes. Its line of text is made only where the filter asks for it.
  [[nodiscard]] bool passes(const trace::Event& event, const Labels& labels) const;
  // Kinds without which no event passes; all kinds when it may pass with any.
  [[nodiscard]] EventKindSet kinds() const;
  // The text that it was parsed from, written evenly.
  [[nodiscard]] std::string text() const;

 private:
  std::shared_ptr<const FilterNode> root_;  // null: everything
};

struct Filter::Parsed {
  Filter filter;  // everything, when there is an error
  std::optional<FilterError> error;
};

// "kind=ELCT": a line with the text, a line with ^ below the fault, and what would be right.
[[nodiscard]] std::string dump(const FilterError& error, std::string_view text);

}  // namespace logarium::viz
