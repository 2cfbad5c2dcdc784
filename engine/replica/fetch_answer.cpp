// The answer to a fetch: reading what its partitions have, from memory or the disk, and telling
// only what is new to the session.

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/replica/fetches.hpp"
#include "engine/replica/leader_hint.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

void Fetches::collect(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  Serving& serving = *session.serving;
  std::int64_t budget = serving.max_bytes;
  if (serving.full) {
    session.dirty.clear();
    for (std::uint32_t i = 0; i < session.interests.size(); ++i) {
      if (!session.interests[i].used) continue;
      session.interests[i].dirty = false;
      const Finding finding = look(env, session, session.interests[i]);
      if (collect_one(env, at, i, finding, budget)) session.mark_dirty(i);
    }
  } else {
    for (std::size_t n = session.dirty.size(); n > 0; --n) {
      const std::uint32_t i = session.dirty.pop_front();
      session.interests[i].dirty = false;
      // What was told goes behind the others, so that nobody starves when the answer is full.
      if (collect_one(env, at, i, found(env, session, i), budget)) session.mark_dirty(i);
    }
  }
  found_.clear();
  if (serving.reads == 0) {
    answer(env, at);
  } else {
    serving.phase = Serving::Phase::kReading;
  }
}

Fetches::Finding Fetches::found(Env& env, Session& session, std::uint32_t interest) {
  if (found_.empty() || found_.front().first != interest) {
    return look(env, session, session.interests[interest]);
  }
  return found_.pop_front().second;
}

// Returns whether the partition may have something to say to the next fetch, too.
bool Fetches::collect_one(Env& env, SessionAt at, std::uint32_t place, const Finding& finding,
                          std::int64_t& budget) {
  Session& session = sessions_.get(at);
  Interest& interest = session.interests[place];
  Answered answered;
  answered.interest = place;
  auto& data = answered.data;
  data.partition_index = interest.ref.partition.value();
  if (!session.reader.read_committed) data.aborted_transactions.reset();
  if (finding.error != ErrorCode::kNone) {
    data.error_code = finding.error;
    data.high_watermark = -1;
    interest.told_high_watermark.reset();
    interest.told_log_start.reset();
    const Partition* partition = interest.slot ? env.replicas.at(*interest.slot) : nullptr;
    if (finding.error == ErrorCode::kOffsetOutOfRange && partition != nullptr) {
      env.port.step.note(note::OutOfRange{partition->ref(), interest.fetch_offset,
                                          partition->log_start(), partition->log_end(),
                                          *partition->leader_epoch()});
    }
    session.serving->answered.push_back(std::move(answered));
    return true;
  }
  const Partition& partition = env.replicas.get(*interest.slot);
  // A fetch is answered as of its arrival, before it moved the high watermark by itself; one that
  // waited, as of now.
  const Offset high_watermark = session.serving->waited || !interest.high_watermark_at_arrival
                                    ? partition.high_watermark()
                                    : *interest.high_watermark_at_arrival;
  interest.high_watermark_at_arrival.reset();
  data.high_watermark = high_watermark.value();
  data.last_stable_offset = partition.log().last_stable_offset().value();
  data.log_start_offset = partition.log_start().value();
  const bool news = interest.told_high_watermark != high_watermark ||
                    interest.told_log_start != partition.log_start();
  bool told = finding.diverging || finding.preferred;
  if (finding.diverging) {
    data.diverging_epoch = {finding.diverging->epoch.value(), finding.diverging->end.value()};
  } else if (finding.preferred) {
    data.preferred_read_replica = finding.preferred->value();
  } else if (finding.bytes > 0 && (budget > 0 || !session.serving->has_data)) {
    const auto index = static_cast<std::uint32_t>(session.serving->answered.size());
    const std::uint32_t reads_before = session.serving->reads;
    read_into(env, at, answered, index, finding, budget);
    budget -= static_cast<std::int64_t>(protocol::size_bytes(*answered.data.records));
    // What the disk will give is not known yet; it counts as all that may be read.
    if (session.serving->reads > reads_before) {
      budget -= std::clamp<std::int64_t>(budget, 0, interest.max_bytes);
    }
    told = !data.records->empty() || session.serving->reads > reads_before;
  }
  if (session.serving->full || news || told) {
    // A follower that has to truncate takes nothing else from this answer.
    if (!finding.diverging) {
      interest.told_high_watermark = high_watermark;
      interest.told_log_start = partition.log_start();
    }
    session.serving->answered.push_back(std::move(answered));
  }
  return told || finding.bytes > 0 || interest.revisit ||
         high_watermark != partition.high_watermark();
}

void Fetches::read_into(Env& env, SessionAt at, Answered& answered, std::uint32_t place,
                        const Finding& finding, std::int64_t budget) {
  Session& session = sessions_.get(at);
  const Interest& interest = session.interests[answered.interest];
  Partition& partition = env.replicas.quiet(*interest.slot);
  // The first data of an answer comes even if its batch is larger than the limits (KIP-74).
  const bool first = !session.serving->has_data;
  log::ReadResult result = partition.log().read(
      env.port.step,
      {.from = interest.fetch_offset,
       .limit = finding.bound,
       .max_bytes = std::max<std::int64_t>(0, std::min(interest.max_bytes, budget)),
       .minimum = first ? log::ReadRequest::Minimum::kOneBatch : log::ReadRequest::Minimum::kNone});
  if (auto* data = std::get_if<log::ReadData>(&result)) {
    answered.data.records = std::move(data->batches);
    if (!answered.data.records->empty()) session.serving->has_data = true;
  } else if (const auto* pending = std::get_if<log::ReadPending>(&result)) {
    reads_.emplace(std::pair(*interest.slot, pending->ticket),
                   ReadFor{at, session.generation, place});
    ++session.serving->reads;
    session.serving->has_data = true;
  } else {
    answered.data.error_code = ErrorCode::kOffsetOutOfRange;
  }
}

void Fetches::on_read(Env& env, Slot slot, log::ReadDone done) {
  const auto found = reads_.find({slot, done.ticket});
  if (found == reads_.end()) return;
  const ReadFor read = found->second;
  reads_.erase(found);
  Session* session = sessions_.at(read.session);
  if (session == nullptr || session->generation != read.generation || !session->serving) return;
  Serving& serving = *session->serving;
  ENSURE(serving.reads > 0);
  --serving.reads;
  Answered& answered = serving.answered[read.answered];
  if (done.status == log::ReadStatus::kOk) {
    answered.data.records = std::move(done.batches);
  } else if (done.status == log::ReadStatus::kCorrupt) {
    answered.data.error_code = ErrorCode::kCorruptMessage;
  }
  // Stale: the log was cut meanwhile. The answer goes without data and the reader asks again,
  // which then is judged by the log as it is.
  if (serving.reads == 0) answer(env, read.session);
}

void Fetches::drop_reads(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  if (!session.serving || session.serving->reads == 0) return;
  for (auto read = reads_.begin(); read != reads_.end();) {
    if (read->second.session != at || read->second.generation != session.generation) {
      ++read;
      continue;
    }
    if (Partition* partition = env.replicas.reading(read->first.first)) {
      partition->log().cancel(read->first.second);
    }
    read = reads_.erase(read);
  }
}

void Fetches::answer(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  Serving serving = std::move(*session.serving);
  session.serving.reset();
  auto response = std::make_shared<protocol::FetchResponse>();
  response->session_id = session.id;
  for (Answered& answered : serving.answered) {
    const Interest& interest = session.interests[answered.interest];
    const auto same = [&](const protocol::FetchResponse::FetchableTopicResponse& topic) {
      return topic.topic_id == interest.ref.topic && topic.topic == interest.topic;
    };
    auto& topics = response->responses;
    auto topic = !topics.empty() && same(topics.back())
                     ? std::prev(topics.end())
                     : std::find_if(topics.begin(), topics.end(), same);
    if (topic == topics.end()) {
      topic = topics.emplace(topics.end());
      topic->topic = interest.topic;
      topic->topic_id = interest.ref.topic;
    }
    if (answered.data.error_code != ErrorCode::kNone) {
      const Located place = locate(env, interest.topic, interest.ref.topic, interest.ref.partition);
      hint_leader(env, {place.topic, interest.ref.partition}, serving.listener, answered.data,
                  *response);
    }
    topic->partitions.push_back(std::move(answered.data));
  }
  env.port.answer(serving.request, std::move(response));
  if (session.id != 0) return;
  for (std::uint32_t i = 0; i < session.interests.size(); ++i) {
    if (session.interests[i].slot) unwatch(at, i, *session.interests[i].slot);
  }
  env.port.step.timers().cancel(session.timer);
  sessions_.remove(at);
}

}  // namespace logarium::replica
