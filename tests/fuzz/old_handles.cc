#include "tests/fuzz/old_handles.h"

#include <cstddef>
#include <utility>

#include "tests/fuzz/check.h"

namespace tenon::fuzz {

void OldHandles::Keep(const TableInfo& info) {
  if (kept_.size() >= 16) return;
  Handles kept;
  kept.table = arguments_.ReadHandle(info);
  kept.numbers = kept.table.Column<int64_t>(in_.Pick(info.columns).name);
  kept.texts = kept.table.Column<std::string_view>(in_.Pick(info.columns).name);
  kept.key = kept.table.Lookup(in_.Pick(in_.Pick(info.keys).columns));
  kept.target = arguments_.ReadToOne(info);
  kept.only_child = arguments_.ReadToOne(info);
  if (!info.inverses.empty()) kept.children = kept.table.HasMany(in_.Pick(info.inverses).inverse.name);
  arguments_.Remember(kept.table);
  kept_.push_back(std::move(kept));
}

void OldHandles::Use() {
  for (const Handles& kept : kept_) {
    size_t rows = 0;
    const Ref<> any = arguments_.ReadRef(kept.table.name());
    for (const Ref<> ref : kept.table) {
      ++rows;
      Check(kept.table.Get(ref).ok(), "a row that is shown can be read");
      if (kept.numbers.status().ok() && !kept.numbers.IsNull(ref))
        static_cast<void>(Value(kept.numbers[ref]));
      if (kept.texts.status().ok() && !kept.texts.IsNull(ref)) static_cast<void>(Value(kept.texts[ref]));
      for (const Ref<> child : kept.children.Of(ref)) Check(static_cast<bool>(child), "a child has a name");
    }
    Check(rows == kept.table.size(), "an old handle shows all rows");
    Check(kept.table.status().ok() || rows == 0, "a handle that leads nowhere shows no rows");
    for (const auto& chunk : kept.numbers.Chunks()) {
      for (size_t i = 0; i < chunk.values.size(); ++i) static_cast<void>(chunk.live[i] && chunk.valid[i]);
    }
    for (const ToOne<>& edge : {kept.target, kept.only_child}) {
      Check(edge.status().ok() || !edge.Get(any), "an edge that leads nowhere has no target");
    }
    const Ref<> found = kept.key.Find(int64_t{1});
    Check(!found || (kept.key.status().ok() && kept.table.Contains(found)), "an old key finds live rows");
    Check(!kept.key.Find("a") || kept.key.status().ok(), "a key that is gone finds nothing");
    Check(kept.children.Count(any) == kept.children.Of(any).size(), "an old inverse counts what it shows");
  }
}

}  // namespace tenon::fuzz
