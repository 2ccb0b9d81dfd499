#include "store/shadow.h"

namespace tenon::internal {
namespace {

uint32_t no_epoch = 0;  // the copies are never written
uint64_t no_generation = 0;

}  // namespace

Shadow::OfTable::OfTable(RowStore& rows)
    : stamps(&rows.row_account()), live(&rows.row_account()), free(&rows.row_account()) {}

Shadow::OfEdge::OfEdge(Edge& edge)
    : link(&edge.account()),
      place(&edge.account()),
      heads(&edge.account()),
      arena(&edge.account()),
      ghosts(&edge.account()),
      ghost_index(&edge.account(), &no_epoch) {}

void Shadow::Take(Catalog& catalog) {
  catalog.shared.ShutDoors();
  tables_.clear();
  edges_.clear();
  for (const auto& table : catalog.tables) {
    if (table->dropped) continue;
    RowStore& rows = table->rows;
    OfTable& copy = tables_.emplace_back(rows);
    if (!rows.stamps_.CopyTo(&copy.stamps) || !rows.live_.CopyTo(&copy.live) ||
        !rows.free_.CopyTo(&copy.free))
      return;
    for (const auto& column : rows.columns_) {
      copy.columns.push_back(std::make_unique<Column>(column->type(), column->valid() != nullptr,
                                                      &rows.column_account_, &rows.text_account_,
                                                      &no_generation));
      if (!column->CopyTo(copy.columns.back().get())) return;
    }
    for (Key& key : rows.keys_) {
      if (!key.index.CopyTo(&copy.keys.emplace_back(&rows.key_account_, &no_epoch))) return;
    }
  }
  for (const auto& edge : catalog.edges) {
    if (edge->dropped) continue;
    OfEdge& copy = edges_.emplace_back(*edge);
    if (!edge->link_.CopyTo(&copy.link) || !edge->place_.CopyTo(&copy.place) ||
        !edge->heads_.CopyTo(&copy.heads) || !edge->arena_.CopyTo(&copy.arena) ||
        !edge->ghosts_.CopyTo(&copy.ghosts) || !edge->ghost_index_.CopyTo(&copy.ghost_index)) {
      return;
    }
  }
}

}  // namespace tenon::internal
