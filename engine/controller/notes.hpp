#pragma once
// What a committed change means to whoever watches: notes from a delta.

#include <vector>

#include "engine/base/note.hpp"
#include "engine/metadata/image.hpp"

namespace logarium::controller {

// How the leader of `after` came to be.
[[nodiscard]] note::ElectionKind election_kind(const metadata::Image& image,
                                               const metadata::Partition* before,
                                               const metadata::Partition& after);

// One note for each place in the partition's assignment.
void note_assignment(PartitionRef ref, const metadata::Partition& partition,
                     std::vector<Note>& out);

// In an order in which each note is true when it comes: brokers that come, topics, partitions,
// brokers that go. `image` is the image after the delta.
[[nodiscard]] std::vector<Note> notes_of(const metadata::Image& image,
                                         const metadata::Delta& delta);

}  // namespace logarium::controller
