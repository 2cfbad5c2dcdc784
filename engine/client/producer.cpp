// Producer, from calls to batches.

#include "engine/client/producer.hpp"

#include <algorithm>

namespace logarium::client {
namespace {

protocol::Codec codec_of(const std::string& name) {
  if (name == "gzip") return protocol::Codec::kGzip;
  if (name == "snappy") return protocol::Codec::kSnappy;
  if (name == "lz4") return protocol::Codec::kLz4;
  if (name == "zstd") return protocol::Codec::kZstd;
  return protocol::Codec::kNone;
}

}  // namespace

Producer::Producer(const ProducerConfig& config, const Rules& rules)
    : config_(config),
      rules_(rules),
      acks_(config.acks_number()),
      backoff_{milliseconds(config.client.retry_backoff_ms),
               milliseconds(config.client.retry_backoff_max_ms)},
      codec_(codec_of(config.compression_type)) {}

void Producer::start(Context& c) { run(c); }

void Producer::produce(Context& c, CommandId id, std::shared_ptr<const Produce> call) {
  InLine in_line;
  in_line.command = id;
  const std::size_t topics_before = topics_.size();
  in_line.topic = topic_index(call->topic);
  in_line.call = std::move(call);
  in_line.deadline = c.now() + milliseconds(config_.max_block_ms);
  if (closing_ || fatal_) {
    const ErrorCode error = fatal_ ? *fatal_ : ErrorCode::kInvalidRequest;
    for (const ProduceRecord& record : in_line.call->records) {
      refuse(c, in_line, record.tag, error);
    }
    return;
  }
  if (topics_.size() > topics_before) c.metadata.want(c.port, in_line.call->topic);
  line_.push_back(std::move(in_line));
  run(c);
}

void Producer::flush(Context& c, CommandId id) {
  flushes_.push_back(id);
  list_all(c);
  run(c);
}

void Producer::close(Context& c) {
  closing_ = true;
  list_all(c);
  run(c);
}

void Producer::abort(Context& c) {
  closing_ = true;
  while (!line_.empty()) {
    const InLine in_line = line_.pop_front();
    for (std::size_t i = in_line.next; i < in_line.call->records.size(); ++i) {
      refuse(c, in_line, in_line.call->records[i].tag, ErrorCode::kRequestTimedOut);
    }
  }
  for (PartitionQueue& queue : partitions_) {
    while (!queue.on_wire.empty()) {
      OutBatch batch = *queue.take_from_wire(queue.on_wire.front().number);
      batch.maybe_in_log = true;
      fail(c, queue, batch, ErrorCode::kRequestTimedOut, AdjustSequences::kNo);
    }
    while (!queue.waiting.empty()) {
      fail(c, queue, queue.waiting.pop_front(), ErrorCode::kRequestTimedOut, AdjustSequences::kNo);
    }
  }
}

void Producer::on_timer(Context& c, Cookie cookie) {
  if (cookie.what != kWorkTimer) return;
  timer_ = TimerHandle{};
  run(c);
}

void Producer::on_metadata(Context& c) {
  leave_dead_brokers(c);
  // Leaders may have moved: every listed partition goes to the lane of its present leader.
  std::vector<std::uint32_t> slots = std::move(strays_);
  strays_.clear();
  for (Lane& lane : lanes_) {
    while (!lane.ready.empty()) slots.push_back(lane.ready.pop_front());
  }
  for (const std::uint32_t slot : slots) {
    partitions_[slot].listed = false;
    list(c, slot);
  }
  run(c);
}

// Everything that may be done now, in an order in which nothing has to be done twice.
void Producer::run(Context& c) {
  take_due(c);
  expire_line(c);
  expire_batches(c);
  admit(c);
  maybe_resolve(c);
  maybe_bump(c);
  ask_for_id(c);
  drain(c);
  finish_flushes(c);
  arm_timer(c);
}

void Producer::admit(Context& c) {
  while (!line_.empty()) {
    InLine& front = line_.front();
    const auto count = static_cast<std::uint32_t>(front.call->records.size());
    while (front.next < count) {
      if (append(c, front, front.call->records[front.next]) == Admitted::kWait) return;
      ++front.next;
    }
    line_.pop_front();
  }
}

void Producer::expire_line(Context& c) {
  while (!line_.empty() && line_.front().deadline <= c.now()) {
    const InLine late = line_.pop_front();
    for (std::size_t i = late.next; i < late.call->records.size(); ++i) {
      refuse(c, late, late.call->records[i].tag, ErrorCode::kRequestTimedOut);
    }
  }
}

void Producer::refuse(Context& c, const InLine& from, std::uint64_t tag, ErrorCode error) {
  auto result = std::make_shared<ProduceResult>();
  result->partition = {kZeroUuid, PartitionIndex(-1)};
  result->error = error;
  result->tags.push_back(tag);
  c.step().act(Answer{from.command, std::move(result)});
}

std::uint32_t Producer::topic_index(const std::string& name) {
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    if (topics_[i].name == name) return static_cast<std::uint32_t>(i);
  }
  const bool in_turn = config_.logarium_partitioner == "round-robin";
  using Kind = KeylessPartitioner::Kind;
  topics_.push_back({name, KeylessPartitioner(in_turn ? Kind::kRoundRobin : Kind::kSticky), {}});
  return static_cast<std::uint32_t>(topics_.size() - 1);
}

std::uint32_t Producer::slot_of(std::uint32_t topic, PartitionIndex partition) {
  std::vector<std::uint32_t>& slots = topics_[topic].slots;
  const auto index = static_cast<std::size_t>(partition.value());
  if (index >= slots.size()) slots.resize(index + 1, kNoSlot);
  if (slots[index] == kNoSlot) {
    slots[index] = static_cast<std::uint32_t>(partitions_.size());
    PartitionQueue queue;
    queue.topic = topics_[topic].name;
    queue.partition = partition;
    queue.identity = identity_;
    partitions_.push_back(std::move(queue));
  }
  return slots[index];
}

std::optional<PartitionIndex> Producer::choose(Context& c, const InLine& from,
                                               const ProduceRecord& record,
                                               const TopicInfo& topic) {
  const auto count = static_cast<std::int32_t>(topic.partitions.size());
  if (from.call->partition) {
    const std::int32_t asked = from.call->partition->value();
    if (asked >= 0 && asked < count) return *from.call->partition;
    c.metadata.request_update(c.port);
    return std::nullopt;
  }
  if (record.key && !config_.partitioner_ignore_keys) {
    return partition_of_key(record.key->view(), count);
  }
  return topics_[from.topic].partitioner.pick(c.step().random(), topic);
}

Producer::Admitted Producer::append(Context& c, const InLine& from, const ProduceRecord& record) {
  const TopicInfo* topic = c.metadata.find(topics_[from.topic].name);
  if (topic == nullptr || topic->partitions.empty()) {
    if (topic == nullptr || topic->error == ErrorCode::kNone ||
        protocol::is_retriable(topic->error)) {
      return Admitted::kWait;
    }
    refuse(c, from, record.tag, topic->error);
    return Admitted::kRefused;
  }
  protocol::NewRecord encoded;
  encoded.timestamp = from.call->timestamp_ms.value_or(c.step().wall().unix_ms());
  if (record.key) encoded.key = record.key->view();
  encoded.value = record.value.view();
  const std::size_t bytes = protocol::BatchBuilder::upper_bound(encoded);
  const auto alone = static_cast<std::int64_t>(bytes + protocol::kBatchHeaderBytes);
  if (alone > config_.max_request_size || alone > config_.buffer_memory) {
    refuse(c, from, record.tag, ErrorCode::kMessageTooLarge);
    return Admitted::kRefused;
  }
  const auto partition = choose(c, from, record, *topic);
  if (!partition) return Admitted::kWait;
  const std::uint32_t slot = slot_of(from.topic, *partition);
  OutBatch* batch = open_batch(c, slot, from.command, bytes);
  if (batch == nullptr) {
    // Memory is short: what waits may go at once, linger or not.
    list_all(c);
    return Admitted::kWait;
  }
  const auto before = static_cast<std::int64_t>(batch->builder.size_bytes());
  batch->builder.append(encoded);
  batch->tags.push_back(record.tag);
  const auto after = static_cast<std::int64_t>(batch->builder.size_bytes());
  batch->full = after >= config_.batch_size;
  const bool full = batch->full;
  if (full) list(c, slot);
  if (!from.call->partition && (!record.key || config_.partitioner_ignore_keys)) {
    using State = KeylessPartitioner::BatchState;
    topics_[from.topic].partitioner.appended(after - before,
                                             std::max<std::int64_t>(config_.batch_size, 1),
                                             full ? State::kComplete : State::kFilling);
  }
  return Admitted::kYes;
}

// The batch that takes the record; null when there is no memory for a new one.
OutBatch* Producer::open_batch(Context& c, std::uint32_t slot, CommandId command,
                               std::size_t record_bytes) {
  PartitionQueue& queue = partitions_[slot];
  if (!queue.waiting.empty()) {
    OutBatch& last = queue.waiting.back();
    const bool fits =
        last.builder.size_bytes() + record_bytes <= static_cast<std::size_t>(config_.batch_size);
    if (!last.built && !last.full && fits) return &last;
    if (!last.built && !last.full) {
      last.full = true;
      list(c, slot);
    }
  }
  const std::int64_t reserve = std::max(
      config_.batch_size, static_cast<std::int64_t>(record_bytes + protocol::kBatchHeaderBytes));
  if (memory_used_ + reserve > config_.buffer_memory) return nullptr;
  memory_used_ += reserve;
  ++outstanding_;
  OutBatch batch;
  batch.number = next_batch_++;
  batch.command = command;
  batch.created = c.now();
  batch.reserved_bytes = reserve;
  protocol::BatchOptions options;
  options.codec = codec_;
  batch.builder = protocol::BatchBuilder(options);
  add_due(c.now() + milliseconds(config_.linger_ms), slot, batch.number);
  expiry_.push_back({delivery_deadline(batch), slot, batch.number});
  queue.waiting.push_back(std::move(batch));
  if (config_.linger_ms == 0 || closing_ || !flushes_.empty()) list(c, slot);
  return &queue.waiting.back();
}

}  // namespace logarium::client
