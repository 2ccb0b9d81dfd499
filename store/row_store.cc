#include "store/row_store.h"

#include <cassert>
#include <utility>

namespace tenon::internal {

RowStore::RowStore(Shared* shared)
    : shared_(shared),
      column_account_(shared->memory),
      text_account_(shared->memory),
      row_account_(shared->memory),
      key_account_(shared->memory),
      stamps_(&row_account_),
      live_(&row_account_),
      free_(&row_account_) {}

Column* RowStore::AddColumn(Type type, bool nullable) {
  auto column =
      std::make_unique<Column>(type, nullable, &column_account_, &text_account_, &shared_->generation);
  if (!column->Grow(top())) return nullptr;
  reserved_ = 0;  // asked again when a row is born
  if (IsText(type)) text_columns_.push_back(column.get());
  return columns_.emplace_back(std::move(column)).get();
}

void RowStore::DropLastColumn() {
  if (!text_columns_.empty() && text_columns_.back() == columns_.back().get()) text_columns_.pop_back();
  columns_.pop_back();
}

int RowStore::AddKey(std::string name, std::vector<uint32_t> columns) {
  size_t place = 0;
  while (place < keys_.size() && !keys_[place].columns.empty())
    ++place;  // a dropped key's place, or a new one
  if (place >= kMaxKeys) return -1;
  if (place == keys_.size()) keys_.emplace_back(&key_account_, &shared_->epoch);
  keys_[place].name = std::move(name);
  keys_[place].columns = std::move(columns);
  const Column& first = *columns_[keys_[place].columns[0]];
  keys_[place].integer = keys_[place].columns.size() == 1 && !IsText(first.type()) ? &first : nullptr;
  return static_cast<int>(place);
}

void RowStore::DropKey(uint32_t key) {
  keys_[key].index.Clear();
  keys_[key].columns.clear();
  keys_[key].integer = nullptr;
  ++keys_[key].generation;
  keys_[key].name.clear();
  keys_[key].primary = keys_[key].one_to_one = false;
}

void RowStore::Drop() {
  size_ = 0;
  dying_ = 0;
  Reset();
}

// Room for as many rows as the stamps have room for, once there is room for `n`.
bool RowStore::ReserveRows(uint32_t n) {
  if (!stamps_.Reserve(n) || !GrowBits(&live_, stamps_.capacity())) return false;
  for (auto& column : columns_) {
    if (!column->Reserve(stamps_.capacity())) return false;
  }
  reserved_ = stamps_.capacity();
  return true;
}

RowStore::Room RowStore::PrepareBirth(absl::Span<const Cell> cells, Slot* slot) {
  const bool reuse = free_.size != 0;
  *slot = reuse ? free_.back() : top();
  if (size_ >= shared_->row_limit || *slot >= kGhost - 1) return Room::kRowLimit;
  if (reuse) {
    if (!free_.Own(free_.size - 1)) return Room::kNoMemory;
  } else {
    if (*slot >= reserved_ && !ReserveRows(*slot + 1)) return Room::kNoMemory;
  }
  if (!stamps_.Own(*slot) || !live_.Own(*slot >> 6)) return Room::kNoMemory;
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i]->Prepare(*slot, cells[i])) return Room::kNoMemory;
  }
  return Room::kMade;
}

void RowStore::Birth(Slot slot, absl::Span<const Cell> cells) {
  if (free_.size != 0) {
    free_.Shrink(free_.size - 1);
  } else {
    stamps_.Grow(slot + 1);
    for (auto& column : columns_) column->Resize(slot + 1);
  }
  for (uint32_t i = 0; i < columns_.size(); ++i) columns_[i]->Write(slot, cells[i]);
  if (++shared_->last_stamp == 0) ++shared_->last_stamp;
  stamps_.Mutable(slot) = shared_->last_stamp;
  WriteBit(&live_, slot, true);
  ++size_;
}

void RowStore::Unbirth(Slot slot, bool reused) {
  stamps_.Mutable(slot) = 0;
  WriteBit(&live_, slot, false);
  --size_;
  for (Column* column : text_columns_) column->Unwrite(slot, Cell::OfText(Text()));
  if (reused) {
    free_.Push(slot);
    return;
  }
  stamps_.Shrink(slot);
  for (auto& column : columns_) column->Resize(slot);
}

bool RowStore::PrepareDeath(Slot slot) {
  const uint32_t place = free_.size + dying_;
  if (!free_.Reserve(place + 1) || !free_.Own(place) || !stamps_.Own(slot) || !live_.Own(slot >> 6))
    return false;
  for (Key& key : keys_) {
    if (key.columns.empty() || !key.index.may_be_shared() || HasNull(key.columns, slot)) continue;
    if (!key.index.PrepareTake(Probe(key.columns, slot), slot)) return false;
  }
  return true;
}

void RowStore::Death(Slot slot) {
  stamps_.Mutable(slot) = 0;
  WriteBit(&live_, slot, false);
  --size_;
  ++dying_;
}

void RowStore::Undeath(Slot slot, Stamp stamp) {
  stamps_.Mutable(slot) = stamp;
  WriteBit(&live_, slot, true);
  ++size_;
  --dying_;
}

void RowStore::PrefetchBurial(Slot slot) const {
  for (const Key& key : keys_) {
    for (const uint32_t c : key.columns) columns_[c]->Prefetch(slot);
  }
}

void RowStore::PrefetchKeys(Slot slot) const {
  for (const Key& key : keys_) {
    if (!key.columns.empty() && !HasNull(key.columns, slot)) key.index.Prefetch(Probe(key.columns, slot));
  }
}

void RowStore::Tidy(Slot slot) {
  for (Column* column : text_columns_) column->Tidy(slot >> kChunkLog, live_);
}

void RowStore::Bury(Slot slot) {
  for (Key& key : keys_) {
    if (!key.columns.empty() && !HasNull(key.columns, slot)) key.index.Drop(Probe(key.columns, slot), slot);
  }
  for (Column* column : text_columns_) column->CountDead(slot, column->Raw<Text>(slot));
  --dying_;
  free_.Push(slot);
}

void RowStore::Reset() {
  assert(size_ == 0 && dying_ == 0);
  reserved_ = 0;
  stamps_.Clear();
  live_.Clear();
  free_.Clear();
  for (auto& column : columns_) column->Clear();
  for (Key& key : keys_) key.index.Clear();
}

KeyProbe RowStore::ProbeAny(absl::Span<const uint32_t> columns, Slot slot) const {
  const Hasher& hasher = shared_->hasher;
  uint64_t state = hasher.seed();
  for (const uint32_t c : columns) {
    const Column& column = *columns_[c];
    if (IsText(column.type())) {
      state = hasher.Mix(state, column.Raw<Text>(slot).view());
    } else {
      state = hasher.Mix(state, static_cast<uint64_t>(column.Integer(slot)));
    }
  }
  return {state, kNoNumber};
}

KeyProbe RowStore::Probe(absl::Span<const uint32_t> columns, absl::Span<const Cell> cells) const {
  const Hasher& hasher = shared_->hasher;
  if (columns.size() == 1 && !IsText(columns_[columns[0]]->type())) {
    return {hasher.Mix(hasher.seed(), cells[0].bits), cells[0].bits};
  }
  uint64_t state = hasher.seed();
  for (size_t i = 0; i < columns.size(); ++i) {
    state = IsText(columns_[columns[i]]->type()) ? hasher.Mix(state, cells[i].text.view())
                                                 : hasher.Mix(state, cells[i].bits);
  }
  return {state, kNoNumber};
}

Slot RowStore::Find(const Key& key, absl::Span<const Cell> cells) const {
  return key.index.Find(
      Probe(key.columns, cells), [&](Slot s) { return IsAlive(s); },
      [&](Slot s) { return HasCells(key.columns, s, cells); });
}

}  // namespace tenon::internal
