#include "engine/log/deleter.hpp"

#include <utility>

#include "engine/base/state_visitor.hpp"

namespace logarium::log {

void Deleter::add(StepContext& ctx, std::string path, Duration delay, const Cookies& cookies) {
  doomed_.push_back({ctx.now() + delay, std::move(path)});
  if (!ctx.timers().armed(timer_)) timer_ = ctx.arm(delay, cookies.timer);
}

void Deleter::on_timer(StepContext& ctx, const Cookies& cookies) {
  timer_ = {};
  while (!doomed_.empty() && doomed_.front().due <= ctx.now()) {
    FileOp op;
    op.kind = FileOpKind::kRemove;
    op.cookie = cookies.remove;
    op.path = doomed_.pop_front().path;
    ctx.issue(std::move(op));
  }
  if (!doomed_.empty()) timer_ = ctx.arm(doomed_.front().due - ctx.now(), cookies.timer);
}

void Deleter::cancel(StepContext& ctx) {
  doomed_.clear();
  ctx.timers().cancel(timer_);
}

void Deleter::Doomed::describe(StateVisitor& v) const {
  visit(v, "due", due);
  visit(v, "path", path);
}

void Deleter::describe(StateVisitor& v) const { visit(v, "doomed", doomed_); }

}  // namespace logarium::log
