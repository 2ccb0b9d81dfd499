#include "store/verify.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/shadow.h"
#include "store/violation_status.h"
#include "store/violation_text.h"

namespace tenon::internal {
namespace {

class Verifier {
 public:
  explicit Verifier(const Engine& engine) : engine_(engine), in_transaction_(engine.in_transaction()) {}

  absl::Status Run() {
    size_t bytes = engine_.memory().share_bytes();
    for (const auto& table : engine_.catalog().tables) {
      if (!table->dropped) {
        CheckRows(*table);
        for (const Key& key : table->rows.keys()) {
          if (!key.columns.empty()) CheckKey(*table, key);
        }
      }
      bytes += CheckTableMemory(*table);
    }
    for (const auto& edge : engine_.catalog().edges) {
      if (!edge->dropped) CheckEdge(*edge);
      SameBytes(edge->def.name, "bytes of the edge", edge->account().bytes(), edge->CountBytes());
      bytes += edge->account().bytes();
    }
    Same("log", "bytes", engine_.log_account().bytes(), engine_.log_bytes());
    bytes += engine_.log_account().bytes() + engine_.scratch_account().bytes();
    Same("memory", "bytes in all", engine_.memory().bytes(), bytes);
    return MakeStatus(std::move(found_));
  }

 private:
  static constexpr size_t kMost = 100;  // violations listed

  void Report(std::string_view where, std::string message) {
    if (found_.size() >= kMost) return;
    Violation v;
    v.code = ViolationCode::kCorrupt;
    v.constraint = std::string(where);
    v.message = absl::StrCat("verify ", Absl(where), ": ", message);
    found_.push_back(std::move(v));
  }
  void Same(std::string_view where, std::string_view what, size_t kept, size_t counted) {
    if (kept != counted) Report(where, absl::StrCat(Absl(what), ": ", kept, " kept, ", counted, " counted"));
  }
  // A chunk that a copy holds too is counted twice, and paid for once; blocks in it are not given back.
  void SameBytes(std::string_view where, std::string_view what, size_t kept, size_t counted) {
    if (!kCopyBeforeWrites) Same(where, what, kept, counted);
  }

  // Slots, stamps, the live bits, free slots; text in the books; nulls.
  void CheckRows(const TableNode& table) {
    const RowStore& rows = table.rows;
    size_t live = 0;
    for (Slot slot = 0; slot < rows.top(); ++slot) {
      live += rows.IsAlive(slot) ? 1 : 0;
      if (rows.IsAlive(slot) != LoadBit(rows.live(), slot))
        Report(table.name, absl::StrCat("live bit of slot ", slot));
    }
    Same(table.name, "rows", rows.size(), live);
    std::vector<bool> free(rows.top(), false);
    for (uint32_t i = 0; i < rows.free_slots().size; ++i) {
      const Slot slot = rows.free_slots()[i];
      if (slot >= rows.top() || free[slot] || rows.IsAlive(slot)) {
        Report(table.name, absl::StrCat("slot ", slot, " should not be free"));
      } else {
        free[slot] = true;
      }
    }
    if (!in_transaction_) Same(table.name, "slots", rows.top(), live + rows.free_slots().size);
    for (uint32_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = rows.column(c);
      const std::string name = absl::StrCat(table.name, ".", table.columns[c].name);
      Same(name, "cells", column.cells().size, rows.top());
      if (column.has_forbidden_null()) Report(name, "a required column holds nulls");
      if (IsText(column.type()) && !in_transaction_) CheckText(name, rows, column);
    }
  }

  void CheckText(const std::string& name, const RowStore& rows, const Column& column) {
    for (uint32_t chunk = 0; chunk << kChunkLog < rows.top(); ++chunk) {
      size_t live = 0;
      for (Slot slot = chunk << kChunkLog; slot < rows.top() && slot >> kChunkLog == chunk; ++slot) {
        if (!rows.IsAlive(slot)) continue;
        const Text& text = column.Raw<Text>(slot);
        if (!text.is_inline()) live += text.length();
      }
      Same(absl::StrCat(name, " chunk ", chunk), "live bytes of text",
           column.heap().used(chunk) - column.heap().dead(chunk), live);
    }
  }

  // Every live row with a key is found by it, and there are no other entries.
  void CheckKey(const TableNode& table, const Key& key) {
    size_t keyed = 0;
    const RowStore& rows = table.rows;
    for (Slot slot = 0; slot < rows.top(); ++slot) {
      if (!rows.IsAlive(slot) || rows.HasNull(key.columns, slot)) continue;
      ++keyed;
      const Slot found = rows.Find(key, rows, key.columns, slot);
      if (found != slot) Report(key.name, absl::StrCat(RowText(table, slot), " is not found by its key"));
    }
    size_t live_entries = 0;
    size_t entries = 0;
    key.index.ForEach([&](Slot slot) {
      ++entries;
      if (slot >= rows.top()) {
        Report(key.name, absl::StrCat("an entry for slot ", slot, ", which is none"));
      } else if (rows.IsAlive(slot)) {
        ++live_entries;
      }
    });
    Same(key.name, "entries", key.index.size(), entries);
    Same(key.name, "entries of live rows", live_entries, keyed);
    if (!in_transaction_) Same(key.name, "entries", entries, keyed);
  }

  // E1, E2: each child stands where its key says, and nobody else stands anywhere.
  void CheckEdge(const Edge& edge) {
    const RowStore& children = edge.child->rows;
    const RowStore& targets = edge.target->rows;
    const std::string& name = edge.def.name;
    size_t linked = 0;
    size_t dangling = 0;
    for (Slot slot = 0; slot < children.top(); ++slot) {
      const uint32_t node = edge.link(slot);
      if (!children.IsAlive(slot) || children.HasNull(edge.foreign_key, slot)) {
        if (node != kNoSlot) Report(name, absl::StrCat("slot ", slot, " has a link and should have none"));
        continue;
      }
      const Slot target = targets.Find(*edge.key, children, edge.foreign_key, slot);
      if (node == kNoSlot) {
        Report(name, absl::StrCat(RowText(*edge.child, slot), " has no link"));
        continue;
      }
      ++linked;
      if (node >= kGhost) {
        ++dangling;
        if (target != kNoSlot)
          Report(name, absl::StrCat(RowText(*edge.child, slot), " waits for a target that is there"));
        if (edge.FindGhost(children, edge.foreign_key, slot) != node) {
          Report(name, absl::StrCat(RowText(*edge.child, slot), " waits with the wrong ghost"));
        }
      } else if (node != target) {
        Report(name, absl::StrCat(RowText(*edge.child, slot), " is linked to the wrong row"));
      }
      if (edge.PlaceOf(slot) >= edge.Count(node) || edge.ChildAtPlace(node, edge.PlaceOf(slot)) != slot) {
        Report(name, absl::StrCat(RowText(*edge.child, slot), " does not stand at its place"));
      }
    }
    Same(name, "dangling", edge.dangling(), dangling);
    if (dangling > 0 && (edge.is_checked() || (edge.def.enforced && !in_transaction_))) {
      Report(name, absl::StrCat(dangling, " rows lead nowhere"));
    }
    size_t counted = 0;
    size_t words = edge.arena().CountFreeWords();
    for (uint32_t target = 0; target < edge.head_view().size; ++target) {
      counted += edge.Count(target);
      words += edge.arena().CountWords(edge.HeadOf(target));
      if (edge.Count(target) > 0 && (target >= targets.top() || !targets.IsAlive(target))) {
        Report(name, absl::StrCat("slot ", target, " has children and no row"));
      }
    }
    size_t ghosts = 0;
    for (uint32_t g = 0; g < edge.ghost_count(); ++g) {
      words += edge.arena().CountWords(edge.HeadOf(g + kGhost));
      if (!edge.GhostInUse(g)) continue;
      ++ghosts;
      counted += edge.Count(g + kGhost);
      if (edge.Count(g + kGhost) == 0 && !in_transaction_) Report(name, "a ghost without children");
    }
    Same(name, "children", counted, linked);
    Same(name, "ghosts in the index", edge.ghost_index().size(), ghosts);
    SameBytes(name, "words of blocks", edge.arena().words().size, words);
  }

  size_t CheckTableMemory(const TableNode& table) {
    const RowStore& rows = table.rows;
    size_t cells = 0;
    size_t text = 0;
    size_t keys = 0;
    for (uint32_t c = 0; c < rows.column_count(); ++c) {
      cells += rows.column(c).CountCellBytes();
      text += rows.column(c).CountTextBytes();
    }
    for (const Key& key : rows.keys()) keys += key.index.CountBytes();
    SameBytes(table.name, "bytes of columns", rows.column_account().bytes(), cells);
    SameBytes(table.name, "bytes of text", rows.text_account().bytes(), text);
    SameBytes(table.name, "bytes of rows", rows.row_account().bytes(), rows.CountRowBytes());
    SameBytes(table.name, "bytes of keys", rows.key_account().bytes(), keys);
    return rows.column_account().bytes() + rows.text_account().bytes() + rows.row_account().bytes() +
           rows.key_account().bytes();
  }

  const Engine& engine_;
  const bool in_transaction_;
  std::vector<Violation> found_;
};

}  // namespace

absl::Status Verify(const Engine& engine) { return Verifier(engine).Run(); }

}  // namespace tenon::internal
