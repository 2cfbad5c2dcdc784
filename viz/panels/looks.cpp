#include "viz/panels/looks.hpp"

namespace logarium::viz {

EventLook look_of(EventKind kind) {
  switch (kind) {
    case EventKind::kFault:
    case EventKind::kCrash:
    case EventKind::kDisk:
    case EventKind::kLost:
    case EventKind::kFail:
      return {colour::kAlarm, Shape::kCross, "fault, crash, failure"};
    case EventKind::kHeal:
    case EventKind::kStart:
    case EventKind::kClock:
      return {colour::kYellow, Shape::kBar, "start, heal"};
    case EventKind::kElect:
    case EventKind::kLead:
    case EventKind::kControl:
    case EventKind::kQuorum:
    case EventKind::kVote:
    case EventKind::kFollow:
      return {colour::kSky, Shape::kStar, "election, leader"};
    case EventKind::kIsr:
    case EventKind::kFence:
    case EventKind::kUnfence:
    case EventKind::kBroker:
    case EventKind::kTopic:
    case EventKind::kOpen:
      return {colour::kPink, Shape::kDiamond, "ISR, fencing, metadata"};
    case EventKind::kTruncate:
    case EventKind::kRange:
    case EventKind::kSegment:
    case EventKind::kHw:
    case EventKind::kAppend:
    case EventKind::kSync:
    case EventKind::kApply:
      return {colour::kGreen, Shape::kBar, "log"};
    case EventKind::kAck:
    case EventKind::kAnswer:
    case EventKind::kSend:
      return {colour::kOrange, Shape::kDot, "producer"};
    case EventKind::kRead:
    case EventKind::kReset:
      return {colour::kOrange, Shape::kRing, "consumer"};
    case EventKind::kMessage:
    case EventKind::kConnect:
    case EventKind::kCommand:
    case EventKind::kIo:
    case EventKind::kTimer:
      return {colour::kFaint, Shape::kTick, "message, disk, timer"};
  }
  return {colour::kFaint, Shape::kTick, ""};
}

std::vector<EventKind> kinds_for_legend() {
  return {EventKind::kFault,  EventKind::kStart, EventKind::kElect, EventKind::kIsr,
          EventKind::kAppend, EventKind::kSend,  EventKind::kRead,  EventKind::kMessage};
}

void draw_shape(Brush& brush, ImVec2 centre, float radius, const EventLook& look, int alpha) {
  const Colour ink = colour::with_alpha(look.colour, alpha);
  const float r = brush.px(radius);
  switch (look.shape) {
    case Shape::kCross:
      brush.cross(centre, radius, ink, 2);
      return;
    case Shape::kStar:
      brush.list().AddTriangleFilled({centre.x - r, centre.y + r}, {centre.x + r, centre.y + r},
                                     {centre.x, centre.y - r}, ink);
      return;
    case Shape::kDiamond:
      brush.list().AddQuadFilled({centre.x, centre.y - r}, {centre.x + r, centre.y},
                                 {centre.x, centre.y + r}, {centre.x - r, centre.y}, ink);
      return;
    case Shape::kBar:
      brush.fill({{centre.x - r / 2, centre.y - r}, {centre.x + r / 2, centre.y + r}}, ink);
      return;
    case Shape::kDot:
      brush.dot(centre, radius, ink);
      return;
    case Shape::kRing:
      brush.dot(centre, radius, ink, false);
      return;
    case Shape::kTick:
      brush.line({centre.x, centre.y - r}, {centre.x, centre.y + r}, ink);
      return;
  }
}

}  // namespace logarium::viz
