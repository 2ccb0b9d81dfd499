#include "store/observers.h"

#include <utility>

namespace tenon {

Subscription::Subscription(std::weak_ptr<internal::Observers> observers, uint64_t id)
    : observers_(std::move(observers)), id_(id) {}

Subscription::Subscription(Subscription&& other) noexcept
    : observers_(std::move(other.observers_)), id_(std::exchange(other.id_, 0)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  End();
  observers_ = std::move(other.observers_);
  id_ = std::exchange(other.id_, 0);
  return *this;
}

Subscription::~Subscription() { End(); }

void Subscription::End() {
  // First this one, then the observer: it may own this very Subscription.
  const auto observers = std::exchange(observers_, {}).lock();
  if (observers != nullptr) observers->Remove(std::exchange(id_, 0));
}

namespace internal {

uint64_t Observers::Add(std::string table, Observer observer) {
  entries_.push_back({++last_id_, std::move(table), std::make_shared<const Observer>(std::move(observer))});
  return last_id_;
}

void Observers::Remove(uint64_t id) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].id != id) continue;
    const Entry removed =
        std::move(entries_[i]);  // what it owns may remove others: when this list is whole again
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

const Observers::Entry* Observers::Find(uint64_t id) const {
  for (const Entry& entry : entries_) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

void Observers::Tell(const ChangeSet& changes) {
  std::vector<uint64_t> ids;
  for (const Entry& entry : entries_) ids.push_back(entry.id);
  telling_ = true;
  for (const uint64_t id : ids) {
    const Entry* entry = Find(id);
    if (entry == nullptr) continue;
    const std::shared_ptr<const Observer> observer = entry->observer;
    if (entry->table.empty()) {
      (*observer)(changes);
    } else if (const ChangeSet part = changes.OfTable(entry->table); !part.empty()) {
      (*observer)(part);
    }
  }
  telling_ = false;
}

}  // namespace internal
}  // namespace tenon
