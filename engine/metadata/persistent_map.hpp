#pragma once
// PersistentMap: an ordered map whose copies share everything that did not change. A change copies
// the path to the changed entry, O(log n). It is a treap whose priorities are hashes of the keys,
// so its shape depends on its contents only, not on the order in which they came.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/uuid.hpp"

namespace logarium::metadata {

// Priorities of keys.
[[nodiscard]] inline std::uint64_t key_hash(Uuid id) { return fold(mix64(id.high), id.low); }
[[nodiscard]] inline std::uint64_t key_hash(const std::string& text) { return hash_text(text); }
template <class Tag, class Rep>
[[nodiscard]] std::uint64_t key_hash(Tagged<Tag, Rep> value) {
  return mix64(static_cast<std::uint64_t>(value.value()) + 1);
}
[[nodiscard]] inline std::uint64_t key_hash(PartitionRef ref) {
  return fold(key_hash(ref.topic), static_cast<std::uint64_t>(ref.partition.value()));
}

template <class K, class V>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    K key;
    V value;
    std::uint64_t priority = 0;
    std::size_t size = 1;
    Link left, right;
  };

 public:
  [[nodiscard]] std::size_t size() const { return size_of(root_); }
  [[nodiscard]] bool empty() const { return root_ == nullptr; }
  // Null when there is no such key. Valid while any copy holds the entry.
  [[nodiscard]] const V* find(const K& key) const {
    const Node* node = root_.get();
    while (node != nullptr) {
      if (key < node->key) {
        node = node->left.get();
      } else if (node->key < key) {
        node = node->right.get();
      } else {
        return &node->value;
      }
    }
    return nullptr;
  }
  void set(const K& key, V value) { root_ = insert(root_, key, std::move(value), key_hash(key)); }
  void erase(const K& key) {
    if (find(key) != nullptr) root_ = remove(root_, key);
  }
  // Whether both are the very same object; false says nothing.
  [[nodiscard]] bool same_object(const PersistentMap& other) const { return root_ == other.root_; }

  struct Entry {
    const K& key;
    const V& value;
  };
  // In key order.
  class Iterator {
   public:
    Iterator() = default;
    explicit Iterator(const Node* root) { descend(root); }
    Entry operator*() const { return {path_.back()->key, path_.back()->value}; }
    Iterator& operator++() {
      const Node* node = path_.back();
      path_.pop_back();
      descend(node->right.get());
      return *this;
    }
    bool operator==(const Iterator& other) const {
      return path_.empty() == other.path_.empty() &&
             (path_.empty() || path_.back() == other.path_.back());
    }

   private:
    void descend(const Node* node) {
      for (; node != nullptr; node = node->left.get()) path_.push_back(node);
    }
    std::vector<const Node*> path_;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(root_.get()); }
  [[nodiscard]] Iterator end() const { return {}; }

 private:
  static std::size_t size_of(const Link& link) { return link ? link->size : 0; }
  static Link join(K key, V value, std::uint64_t priority, Link left, Link right) {
    const std::size_t size = 1 + size_of(left) + size_of(right);
    return std::make_shared<const Node>(
        Node{std::move(key), std::move(value), priority, size, std::move(left), std::move(right)});
  }
  static Link with_children(const Node& node, Link left, Link right) {
    return join(node.key, node.value, node.priority, std::move(left), std::move(right));
  }
  static bool above(std::uint64_t priority, const K& key, const Node& node) {
    return priority > node.priority || (priority == node.priority && key < node.key);
  }
  static Link insert(const Link& link, const K& key, V value, std::uint64_t priority) {
    if (!link) return join(key, std::move(value), priority, nullptr, nullptr);
    const Node& node = *link;
    if (above(priority, key, node)) {
      auto [left, right] = split(link, key);
      return join(key, std::move(value), priority, std::move(left), std::move(right));
    }
    if (key < node.key) {
      return with_children(node, insert(node.left, key, std::move(value), priority), node.right);
    }
    if (node.key < key) {
      return with_children(node, node.left, insert(node.right, key, std::move(value), priority));
    }
    return join(key, std::move(value), priority, node.left, node.right);
  }
  // Entries below and above a key that is not there.
  static std::pair<Link, Link> split(const Link& link, const K& key) {
    if (!link) return {nullptr, nullptr};
    const Node& node = *link;
    if (key < node.key) {
      auto [left, right] = split(node.left, key);
      return {std::move(left), with_children(node, std::move(right), node.right)};
    }
    auto [left, right] = split(node.right, key);
    return {with_children(node, node.left, std::move(left)), std::move(right)};
  }
  static Link merge(const Link& left, const Link& right) {
    if (!left) return right;
    if (!right) return left;
    if (above(left->priority, left->key, *right)) {
      return with_children(*left, left->left, merge(left->right, right));
    }
    return with_children(*right, merge(left, right->left), right->right);
  }
  static Link remove(const Link& link, const K& key) {
    const Node& node = *link;
    if (key < node.key) return with_children(node, remove(node.left, key), node.right);
    if (node.key < key) return with_children(node, node.left, remove(node.right, key));
    return merge(node.left, node.right);
  }

  Link root_;
};

}  // namespace logarium::metadata
