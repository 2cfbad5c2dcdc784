#include "sim/workload/producer_application.hpp"

#include <algorithm>
#include <typeinfo>

#include "engine/base/state_visitor.hpp"
#include "sim/workload/record_value.hpp"

namespace logarium::workload {

using client::ErrorCode;
using client::ProduceResult;

ProducerApplication::ProducerApplication(const ProducerLoad& load, Random random)
    : load_(load), random_(random) {
  ENSURE(load_.rate > 0 && load_.per.ns > 0);
  ENSURE(load_.count > 0 && load_.turn >= 0 && load_.turn < load_.count);
  ENSURE(load_.record_bytes >= static_cast<std::int32_t>(kUidBytes));
  ENSURE(load_.records_per_call > 0 && load_.key_count > 0);
  if (load_.keys == ProducerLoad::Keys::kZipf) zipf_.emplace(load_.key_count);
}

void ProducerApplication::started(const Now& now, Calls&) {
  if (!begin_) begin_ = now.monotonic;
  plan_next(now.monotonic);
}

void ProducerApplication::ended(const Now& now) {
  history_.abandon_open(now.monotonic);
  next_at_ = kNever;
}

// Constant: the n-th call of this producer is at begin + (n * count + turn) * calls' spacing.
// Poisson: exponential gaps of the same mean. Time in which the process was down is not made up.
void ProducerApplication::plan_next(Instant now) {
  const std::int64_t per_call = load_.records_per_call;
  if (load_.spacing == ProducerLoad::Spacing::kConstant) {
    const auto at = [&](std::uint64_t slot) {
      const auto turn = static_cast<std::int64_t>(slot) * load_.count + load_.turn + 1;
      const std::int64_t whole = turn * per_call / load_.rate;
      const std::int64_t rest = turn * per_call % load_.rate;
      return *begin_ + load_.per * whole + load_.per * rest / load_.rate;
    };
    if (at(slots_) < now) {
      const Duration spacing = load_.per * per_call * load_.count / load_.rate;
      const std::int64_t missed = (now - at(slots_)).ns / std::max<std::int64_t>(spacing.ns, 1);
      slots_ += static_cast<std::uint64_t>(missed);
      while (at(slots_) < now) ++slots_;
    }
    next_at_ = at(slots_++);
  } else {
    const Duration mean = load_.per * per_call * load_.count / load_.rate;
    next_at_ = now + random_.exponential(mean);
  }
  const bool late = load_.stop_after && next_at_ >= *begin_ + *load_.stop_after;
  const bool enough = load_.records_max && counter_ >= *load_.records_max;
  if (late || enough) next_at_ = kNever;
}

std::optional<Bytes> ProducerApplication::draw_key() {
  std::uint64_t number = 0;
  switch (load_.keys) {
    case ProducerLoad::Keys::kNone:
      return std::nullopt;
    case ProducerLoad::Keys::kUniform:
      number = random_.below(load_.key_count);
      break;
    case ProducerLoad::Keys::kZipf:
      number = zipf_->draw(random_);
      break;
  }
  return Bytes::copy_of("key-" + std::to_string(number));
}

void ProducerApplication::send(const Now& now, Calls& out) {
  auto call = std::make_shared<client::Produce>();
  call->topic = load_.topic;
  call->partition = load_.partition;
  std::int64_t count = load_.records_per_call;
  if (load_.records_max) {
    count = std::min(count, static_cast<std::int64_t>(*load_.records_max - counter_));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const Uid uid = make_uid(load_.application, counter_++);
    history_.begin_send(uid, now.monotonic);
    call->records.push_back(
        {uid, draw_key(), make_value(uid, static_cast<std::size_t>(load_.record_bytes))});
  }
  out.add(CommandId(next_command_++), std::move(call));
}

void ProducerApplication::wake(const Now& now, Calls& out) {
  if (next_at_ > now.monotonic) return;
  send(now, out);
  plan_next(now.monotonic);
}

void ProducerApplication::on_answer(const Now& now, CommandId, const CommandResultRef& result,
                                    Calls&) {
  const CommandResult* given = result.get();
  if (given == nullptr || typeid(*given) != typeid(ProduceResult)) return;
  const auto* produced = static_cast<const ProduceResult*>(given);
  for (std::size_t i = 0; i < produced->tags.size(); ++i) {
    History::End end;
    end.error = static_cast<std::int16_t>(produced->error);
    if (produced->partition.partition.value() >= 0) end.partition = produced->partition;
    if (produced->error == ErrorCode::kNone) {
      end.outcome = SendOutcome::kAcked;
      if (produced->base) end.offset = *produced->base + static_cast<std::int64_t>(i);
    } else if (produced->certainty == ProduceResult::Certainty::kCertain) {
      end.outcome = SendOutcome::kFailed;
    }
    history_.end_send(produced->tags[i], end, now.monotonic);
  }
}

std::unique_ptr<Application> ProducerApplication::clone() const {
  return std::make_unique<ProducerApplication>(*this);
}

void ProducerApplication::describe(StateVisitor& v) const {
  visit(v, "history", history_);
  visit(v, "begin", begin_);
  visit(v, "next at", next_at_);
  visit(v, "counter", counter_);
  visit(v, "slots", slots_);
  visit(v, "next command", next_command_);
}

}  // namespace logarium::workload
