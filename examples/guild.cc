// Players, guilds and gear: the rules of a small game, kept by the store.
//
//   a guild always has a leader, and a player always has a guild     two required edges in a circle
//   a player holds at most one item                                  a has-one: taking the axe drops the
//   sword when a guild is disbanded its players leave, their gear stays    cascade, set null
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "tenon/tenon.h"

namespace {

using tenon::Action;
using tenon::Col;
using tenon::Ref;
using tenon::Type;

// What the rules of the game say can't fail.
void Must(const absl::Status& status) {
  if (status.ok()) return;
  absl::FPrintF(stderr, "guild: %s\n", std::string(status.message()));
  std::exit(EXIT_FAILURE);
}
template <class X>
X Must(absl::StatusOr<X> result) {
  Must(result.status());
  return *std::move(result);
}

absl::Status Define(tenon::Database& db) {
  const tenon::ColumnDef name = {.name = "name", .type = Type::kString, .not_null = true};
  return db.CreateTables({
      {.name = "Guild",
       .columns = {name, {.name = "leaderId", .type = Type::kInt64, .not_null = true}},
       .unique = {{"name"}},
       .belongs_to = {{.target = "Player", .as = "leader"}}},
      {.name = "Player",
       .columns = {name,
                   {.name = "hp", .type = Type::kInt32, .default_value = 20},
                   {.name = "guildId", .type = Type::kInt64, .not_null = true}},
       .belongs_to =
           {{.target = "Guild", .inverse = tenon::HasMany("members"), .on_delete = Action::kCascade}}},
      {.name = "Item",
       .columns = {name, {.name = "damage", .type = Type::kInt32, .not_null = true}},
       .belongs_to = {{.target = "Player",
                       .as = "holder",
                       .inverse = tenon::HasOne("weapon"),
                       .on_delete = Action::kSetNull}}},
  });
}

}  // namespace

int main() {
  tenon::Database db;
  Must(Define(db));
  const tenon::Table<> guilds = db.GetTable("Guild"), players = db.GetTable("Player"),
                       items = db.GetTable("Item");
  const tenon::ToOne<> leader = guilds.BelongsTo("leader"), guild_of = players.BelongsTo("guild");
  const tenon::ToOne<> weapon = players.HasOne("weapon"), holder = items.BelongsTo("holder");
  const tenon::ToMany<> members = guilds.HasMany("members");
  const tenon::Column<void, std::string_view> name = players.Column<std::string_view>("name");
  const tenon::Column<void, std::string_view> item_name = items.Column<std::string_view>("name");
  const tenon::Column<void, int32_t> hp = players.Column<int32_t>("hp");
  const tenon::Column<void, int32_t> damage = items.Column<int32_t>("damage");
  const auto show = [](const char* what, const absl::Status& status) {
    absl::PrintF("%s: %s\n", what, status.ok() ? "done" : std::string(status.message()));
  };

  // Neither can be first, so both are born in one statement.
  const Ref<> red = Must(db.Batch([&](tenon::Batch& batch) {
    const Ref<> guild = batch.Insert(guilds, {{"name", "Red"}});
    const Ref<> ann = batch.Insert(players, {{"name", "Ann"}}, {guild_of.To(guild)});
    batch.Set(leader, guild, ann);
    return guild;
  }));
  const Ref<> ann = leader.Get(red);
  const Ref<> bob = Must(players.Insert({{"name", "Bob"}}, {guild_of.To(red)}));
  const Ref<> sword = Must(items.Insert({{"name", "sword"}, {"damage", 6}}, {holder.To(ann)}));
  const Ref<> axe = Must(items.Insert({{"name", "axe"}, {"damage", 9}}));

  // One hand, one weapon.
  Must(weapon.Set(ann, axe));
  absl::PrintF("Ann takes the %s; the sword is %s\n", std::string(item_name[weapon.Get(ann)]),
               holder.Get(sword) ? "still hers" : "on the floor");
  Must(holder.Set(sword, bob));

  // A round of training: everybody hits everybody else. Loops read cells and links, and see no Status.
  for (const Ref<> attacker : members.Of(red)) {
    const Ref<> held = weapon.Get(attacker);
    if (!held) continue;
    for (const Ref<> other : members.Of(red)) {
      if (other != attacker) Must(players.Update(other, {{"hp", Col("hp") - damage[held]}}));
    }
  }
  for (const Ref<> player : members.Of(red)) {
    absl::PrintF("%s has %d hp left\n", std::string(name[player]), hp[player]);
  }

  show("Ann retires", players.Erase(ann));
  show("Bob becomes leader", leader.Set(red, bob));
  show("Ann retires", players.Erase(ann));
  absl::PrintF("The guild has %d member\n", members.Count(red));
  show("The guild is disbanded", guilds.Erase(red));
  absl::PrintF("  %s\n", db.LastEffects().ToString());
  absl::PrintF("%d guilds, %d players; on the floor:", guilds.size(), players.size());
  for (const Ref<> item : items) absl::PrintF(" %s", std::string(item_name[item]));
  absl::PrintF("\n");
  Must(db.Verify());
}
