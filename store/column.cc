#include "store/column.h"

#include <algorithm>
#include <cstring>

namespace tenon::internal {
namespace {

constexpr uint32_t Width(Type type) {
  switch (type) {
    case Type::kBool:
      return sizeof(bool);
    case Type::kInt32:
    case Type::kFloat:
      return 4;
    case Type::kInt64:
    case Type::kDouble:
      return 8;
    case Type::kString:
    case Type::kBytes:
      break;
  }
  return sizeof(Text);
}

}  // namespace

Column::Column(Type type, bool nullable, Account* cells, Account* text, const uint64_t* generation)
    : type_(type),
      nullable_(nullable),
      tracks_null_(nullable),
      cells_(cells, Width(type), kChunkLog),
      valid_(cells),
      text_(text),
      marks_(cells),
      door_{&marks_, generation} {}

bool Column::Open(Slot slot) {
  const uint32_t chunk = slot >> kChunkLog;
  const uint32_t known = marks_.size;
  if (!cells_.Own(slot) || !marks_.Grow(std::max(known, chunk + 1)) || !marks_.Own(chunk)) return false;
  for (uint32_t i = known; i < marks_.size; ++i) marks_.Mutable(i) = 0;  // no generation
  marks_.Mutable(chunk) = *door_.generation;
  return true;
}

std::optional<Cell> Column::CellIn(const std::byte* chunk, size_t bytes, uint32_t row) const {
  const uint32_t width = Width(type_);
  if ((row + 1) * size_t{width} > bytes) return std::nullopt;
  const std::byte* at = chunk + row * size_t{width};
  if (width == 8) {
    uint64_t bits;
    std::memcpy(&bits, at, sizeof bits);
    return Cell::OfBits(bits);
  }
  if (width == 4) {
    int32_t bits;
    std::memcpy(&bits, at, sizeof bits);
    return type_ == Type::kInt32 ? Cell::OfInt(bits) : Cell::OfBits(static_cast<uint32_t>(bits));
  }
  return Cell::OfBits(*at == std::byte{0} ? 0 : 1);
}

bool Column::PrepareAny(Slot slot, const Cell& cell) {
  if (cell.is_null() && !tracks_null_ && !TrackNulls(std::max(cells_.size, slot + 1))) return false;
  if (tracks_null_ && !(GrowBits(&valid_, slot + 1) && valid_.Own(slot >> 6))) return false;
  if (!cells_.Own(slot)) return false;
  if (!IsText(type_) || cell.is_null() || cell.text.is_inline()) return true;
  return text_.Reserve(slot >> kChunkLog, cell.text.length());
}

// Bits for rows below `n`, all set.
bool Column::TrackNulls(uint32_t n) {
  if (!GrowBits(&valid_, n)) {
    valid_.Clear();
    return false;
  }
  for (uint32_t word = 0; word < valid_.size; ++word) valid_.Mutable(word) = ~uint64_t{0};
  tracks_null_ = true;
  return true;
}

void Column::Store(Slot slot, const Cell& cell) {
  switch (type_) {
    case Type::kBool:
      Mutable<bool>(slot) = cell.bits != 0;
      break;
    case Type::kInt32:
      Mutable<int32_t>(slot) = static_cast<int32_t>(cell.integer());
      break;
    case Type::kInt64:
      Mutable<int64_t>(slot) = cell.integer();
      break;
    case Type::kFloat:
      Mutable<float>(slot) = cell.as_float();
      break;
    case Type::kDouble:
      Mutable<double>(slot) = cell.as_double();
      break;
    case Type::kString:
    case Type::kBytes:
      Mutable<Text>(slot) = cell.text;
      break;
  }
  if (tracks_null_) WriteBit(&valid_, slot, !cell.is_null());
}

void Column::WriteAny(Slot slot, const Cell& cell) {
  if (!IsText(type_) || cell.is_null() || cell.text.is_inline()) {
    Store(slot, cell.is_null() ? Cell::Null() : cell);
  } else {
    Store(slot, Cell::OfText(text_.Append(slot >> kChunkLog, cell.text.view())));
  }
}

void Column::Unwrite(Slot slot, const Cell& old) {
  if (IsText(type_)) {
    const Text& written = Load<Text>(cells_, slot);
    if (!written.is_inline()) text_.TakeBack(slot >> kChunkLog, written.length());
  }
  Store(slot, old);
}

void Column::Tidy(uint32_t chunk, const Bitmap& live) {
  const Slot first = chunk << kChunkLog;
  if (!IsText(type_) || !text_.IsWasteful(chunk) || !cells_.Own(first)) return;
  const uint32_t count = std::min(cells_.size - first, kChunkRows);
  text_.Rewrite(chunk, &Mutable<Text>(first), count, [&](uint32_t i) { return LoadBit(live, first + i); });
}

void Column::Clear() {
  cells_.Clear();
  valid_.Clear();
  text_.Clear();
  marks_.Clear();
}

}  // namespace tenon::internal
