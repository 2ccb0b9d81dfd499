#include "tenon/change_set.h"

#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

using Kind = RowChange::Kind;

std::string KeyText(const std::vector<Value>& key) {
  std::string out = "(";
  for (const Value& value : key) absl::StrAppend(&out, out.size() > 1 ? ", " : "", value.ToString());
  return out + ")";
}

// ---- Bytes: numbers as varints (7 bits a byte, low bits first), texts and lists after their length, a value after the
//      index of its alternative ----

constexpr std::string_view kMagic = "TENONCS1";

class Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}
  void Number(uint64_t number) {
    for (; number >= 0x80; number >>= 7) out_->push_back(static_cast<char>(number | 0x80));
    out_->push_back(static_cast<char>(number));
  }
  void Text(std::string_view text) {
    Number(text.size());
    out_->append(text);
  }
  void Write(const Value& value) {
    const auto& v = value.variant();
    Number(v.index());
    if (const auto* b = std::get_if<bool>(&v)) Number(*b ? 1 : 0);
    if (const auto* i = std::get_if<int32_t>(&v)) Number(static_cast<uint32_t>(*i));
    if (const auto* i = std::get_if<int64_t>(&v)) Number(static_cast<uint64_t>(*i));
    if (const auto* f = std::get_if<float>(&v)) Number(std::bit_cast<uint32_t>(*f));
    if (const auto* d = std::get_if<double>(&v)) Number(std::bit_cast<uint64_t>(*d));
    if (const auto* s = std::get_if<std::string>(&v)) Text(*s);
    if (const auto* b = std::get_if<Bytes>(&v)) Text(b->data);
  }
  void Write(const std::vector<Value>& values) {
    Number(values.size());
    for (const Value& value : values) Write(value);
  }
  void Write(const RowChange& row) {
    Number(static_cast<uint64_t>(row.kind));
    Text(row.table);
    Number(row.ref.slot());
    Number(row.ref.stamp());
    Write(row.key_before);
    Write(row.key_after);
    Number(row.cells.size());
    for (const CellChange& cell : row.cells) {
      Text(cell.column);
      Write(cell.before);
      Write(cell.after);
    }
  }
  void Write(const CounterChange& counter) {
    Text(counter.table);
    Number(static_cast<uint64_t>(counter.before));
    Number(static_cast<uint64_t>(counter.after));
  }

 private:
  std::string* out_;
};

// Reads zeros, nulls and empty texts once anything did not fit; ok() tells.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return in_.empty(); }

  uint64_t Number(uint64_t most = UINT64_MAX) {
    uint64_t number = 0;
    for (int shift = 0; shift < 64 && !in_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      number |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return number <= most ? number : Fail();
    }
    return Fail();
  }
  // The length of a text or list: what it counts takes at least one byte each.
  size_t Length() {
    const auto length = static_cast<size_t>(Number());
    return length <= in_.size() ? length : static_cast<size_t>(Fail());
  }
  std::string Text() {
    const size_t length = Length();
    std::string text(in_.substr(0, length));
    in_.remove_prefix(length);
    return text;
  }
  Value OneValue() {
    switch (Number(7)) {
      case 1:
        return Number(1) != 0;
      case 2:
        return static_cast<int32_t>(static_cast<uint32_t>(Number(UINT32_MAX)));
      case 3:
        return static_cast<int64_t>(Number());
      case 4:
        return std::bit_cast<float>(static_cast<uint32_t>(Number(UINT32_MAX)));
      case 5:
        return std::bit_cast<double>(Number());
      case 6:
        return Text();
      case 7:
        return Bytes{Text()};
      default:
        return {};
    }
  }
  std::vector<Value> Values() {
    std::vector<Value> values;
    for (size_t left = Length(); ok_ && left > 0; --left) values.push_back(OneValue());
    return values;
  }
  RowChange OneRow() {
    RowChange row;
    row.kind = static_cast<Kind>(Number(static_cast<uint64_t>(Kind::kErase)));
    row.table = Text();
    const auto slot = static_cast<Slot>(Number(UINT32_MAX));
    row.ref = Ref<>(slot, static_cast<Stamp>(Number(UINT32_MAX)));
    row.key_before = Values();
    row.key_after = Values();
    for (size_t left = Length(); ok_ && left > 0; --left) {
      CellChange& cell = row.cells.emplace_back();
      cell.column = Text();
      cell.before = OneValue();
      cell.after = OneValue();
    }
    return row;
  }
  CounterChange OneCounter() {
    CounterChange counter;
    counter.table = Text();
    counter.before = static_cast<int64_t>(Number());
    counter.after = static_cast<int64_t>(Number());
    return counter;
  }

 private:
  uint64_t Fail() {
    ok_ = false;
    in_ = {};
    return 0;
  }
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace

ChangeSet ChangeSet::Inverse() const {
  ChangeSet inverse;
  inverse.rows.assign(rows.rbegin(), rows.rend());
  for (RowChange& row : inverse.rows) {
    if (row.kind != Kind::kUpdate) row.kind = row.kind == Kind::kInsert ? Kind::kErase : Kind::kInsert;
    std::swap(row.key_before, row.key_after);
    for (CellChange& cell : row.cells) std::swap(cell.before, cell.after);
  }
  inverse.counters = counters;
  for (CounterChange& counter : inverse.counters) std::swap(counter.before, counter.after);
  return inverse;
}

ChangeSet ChangeSet::OfTable(std::string_view table) const {
  ChangeSet part;
  for (const RowChange& row : rows) {
    if (row.table == table) part.rows.push_back(row);
  }
  for (const CounterChange& counter : counters) {
    if (counter.table == table) part.counters.push_back(counter);
  }
  return part;
}

std::string ChangeSet::ToString() const {
  std::string out;
  for (const RowChange& row : rows) {
    const bool is_new = row.kind == Kind::kInsert;
    absl::StrAppend(&out,
                    is_new                     ? "insert "
                    : row.kind == Kind::kErase ? "erase "
                                               : "update ",
                    row.table, " ", KeyText(is_new ? row.key_after : row.key_before), " {");
    std::string_view comma;
    for (const CellChange& cell : row.cells) {
      absl::StrAppend(&out, absl::string_view(comma.data(), comma.size()), cell.column, ": ");
      comma = ", ";
      if (!is_new) absl::StrAppend(&out, cell.before.ToString());
      if (row.kind == Kind::kUpdate) absl::StrAppend(&out, " -> ");
      if (row.kind != Kind::kErase) absl::StrAppend(&out, cell.after.ToString());
    }
    absl::StrAppend(&out, "}\n");
  }
  for (const CounterChange& counter : counters) {
    absl::StrAppend(&out, "counter of ", counter.table, ": ", counter.before, " -> ", counter.after, "\n");
  }
  return out;
}

std::string ChangeSet::ToBytes() const {
  std::string bytes(kMagic);
  Writer writer(&bytes);
  writer.Number(rows.size());
  for (const RowChange& row : rows) writer.Write(row);
  writer.Number(counters.size());
  for (const CounterChange& counter : counters) writer.Write(counter);
  return bytes;
}

absl::StatusOr<ChangeSet> ChangeSet::FromBytes(std::string_view bytes) {
  const auto bad = [](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("change set: ", what));
  };
  if (bytes.substr(0, kMagic.size()) != kMagic) return bad("these bytes are of something else");
  Reader reader(bytes.substr(kMagic.size()));
  ChangeSet changes;
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left)
    changes.rows.push_back(reader.OneRow());
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left) {
    changes.counters.push_back(reader.OneCounter());
  }
  if (!reader.ok()) return bad("the bytes end early, or are damaged");
  if (!reader.AtEnd()) return bad("there are bytes after its end");
  return changes;
}

}  // namespace tenon
