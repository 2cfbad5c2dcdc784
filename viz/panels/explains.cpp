#include "viz/panels/explains.hpp"

#include <array>

namespace logarium::viz {
namespace {

constexpr std::array<std::string_view, kPanels> kExplanations{
    // cluster
    "Every server and what it does. Squares are replicas: filled leads, outlined follows, "
    "crossed is out of sync, underlined belongs to the shown partition. Lines run from "
    "followers to the leader of that partition; dots are messages under way, hollow ones "
    "answers.",
    // replicas
    "The partition's log on every replica, by offset; number and colour are the leader epoch."
    " Solid: committed (below the high watermark, the white flag). Outlined: not yet. "
    "Hatched: the leader has something else there, so it will be cut. The line below: what is"
    " synced to disk. A click on a record tells who has it.",
    // topics
    "Every partition, those in trouble first. A click shows its replicas. In sync 2 of 3: one"
    " replica is not waited for.",
    // timeline
    "What went on when, a lane per server and client; the line on top is the whole run. A bar "
    "stands for many events: it is as high as they are dense (by square roots), and its colour "
    "and shape are those of the most telling one. Lines between lanes are messages; what has "
    "not happened yet is dim. Drag the ruler to move the instant, wheel to zoom, right drag to "
    "pan, middle drag to zoom to a part, Ctrl and drag to mark a range; wheel over the names "
    "for more lanes.",
    // events
    "What happened, one line per event. The marked line led to the instant that is shown. "
    "Type a filter with /: kind=ELECT part=orders-0 broker=2 t>12.4 \"text\" & | !",
    // violations
    "Which property was violated, and how it came about. Click an event to go there; v: next "
    "violation, y: copy the command.",
    // metrics
    "Numbers under the names of Kafka's metrics. At the bookmark (m), now, and what changed; "
    "with a range (r) at its start and end, and rates within it. Below, least and greatest "
    "value per pixel over the timeline's window.",
};

}  // namespace

std::string_view explains(PanelId panel) { return kExplanations[static_cast<std::size_t>(panel)]; }

}  // namespace logarium::viz
