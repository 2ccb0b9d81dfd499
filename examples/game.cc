// A game loop. Each frame everybody walks, the swamp bites, the dead leave, guilds find new leaders and quests end.
//
//   a guild has at most one leader, who leads no other    has-one; no leader once that player is gone (set null)
//   a player has at most one weapon                       has-one; it falls to the ground (set null)
//   players take quests, quests have players              many-to-many by pairs, which go with either (cascade)
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "tenon/or_die.h"
#include "tenon/tenon.h"

namespace {

using tenon::Action, tenon::BelongsTo, tenon::HasMany, tenon::HasOne, tenon::PrimaryKey, tenon::TableOf;
using tenon::Col, tenon::OrDie, tenon::Ref;

struct Guild {
  int64_t id = 0;
  std::optional<int64_t> leader_id = {};
};
struct Player {
  int64_t id = 0;
  std::string name = {};
  std::optional<int64_t> guild_id = {};
  int32_t hp = 12;
  double x = 0;
  double speed = 1;
};
struct Weapon {
  int64_t id = 0;
  std::optional<int64_t> holder_id = {};
};
struct Quest {
  int64_t id = 0;
  std::string name = {};
  double goal = 0;  // the x to be reached
};
struct PlayerQuest {
  int64_t player_id = 0;
  int64_t quest_id = 0;
};

absl::Status Define(tenon::Database& db) {
  return db.CreateTables({
      TableOf<Guild>("Guild", {PrimaryKey(&Guild::id).AutoIncrement(),
                               BelongsTo(&Guild::leader_id, &Player::id,
                                         {.inverse = HasOne("led"), .on_delete = Action::kSetNull})}),
      TableOf<Player>("Player", {PrimaryKey(&Player::id).AutoIncrement(),
                                 BelongsTo(&Player::guild_id, &Guild::id,
                                           {.inverse = HasMany("members"), .on_delete = Action::kSetNull})}),
      TableOf<Weapon>("Weapon", {PrimaryKey(&Weapon::id).AutoIncrement(),
                                 BelongsTo(&Weapon::holder_id, &Player::id,
                                           {.inverse = HasOne("weapon"), .on_delete = Action::kSetNull})}),
      TableOf<Quest>("Quest", {PrimaryKey(&Quest::id).AutoIncrement()}),
      TableOf<PlayerQuest>("PlayerQuest",
                           {PrimaryKey(&PlayerQuest::player_id, &PlayerQuest::quest_id),
                            BelongsTo(&PlayerQuest::player_id, &Player::id, {.on_delete = Action::kCascade}),
                            BelongsTo(&PlayerQuest::quest_id, &Quest::id, {.on_delete = Action::kCascade})}),
  });
}

// The database and the handles that the loop needs, each resolved once.
struct Game {
  tenon::Database db;
  absl::Status defined = Define(db);
  tenon::Table<Guild> guilds = db.GetTable<Guild>("Guild");
  tenon::Table<Player> players = db.GetTable<Player>("Player");
  tenon::Table<Weapon> weapons = db.GetTable<Weapon>("Weapon");
  tenon::Table<Quest> quests = db.GetTable<Quest>("Quest");
  tenon::Table<PlayerQuest> pairs = db.GetTable<PlayerQuest>("PlayerQuest");
  tenon::ToMany<Guild, Player> members = guilds.HasMany(players, &Player::guild_id);
  tenon::ToOne<Guild, Player> leader = guilds.BelongsTo(players, &Guild::leader_id);
  tenon::ToOne<Player, Weapon> weapon = players.HasOne(weapons, &Weapon::holder_id);
  tenon::ManyToMany<Quest, Player> takers = quests.Through(quests.HasMany(pairs, &PlayerQuest::quest_id),
                                                           pairs.BelongsTo(players, &PlayerQuest::player_id));
  tenon::Column<Player, std::string> name = players.Column(&Player::name);
  tenon::Column<Player, double> speed = players.Column(&Player::speed);
  tenon::MutableColumn<Player, double> x = players.MutableColumn(&Player::x);
  tenon::MutableColumn<Player, int32_t> hp = players.MutableColumn(&Player::hp);
};

// Loops over cells and links see no Status. What they change can't be refused but by a mistake here: OrDie.
void Walk(Game& game) {
  for (const Ref<Player> player : game.players) {
    game.x[player] += game.speed[player];
    const bool in_swamp = game.x[player] > 1 && game.x[player] < 6;
    if (in_swamp) game.hp[player] -= game.weapon.Get(player) ? 5 : 7;
  }
}

void BuryTheDead(Game& game) {
  for (const Ref<Player> player : game.players) {
    if (game.hp[player] > 0) continue;
    absl::PrintF("  %s dies", game.name[player]);
    OrDie(game.players.Erase(player));  // the row that a loop stands on may go
    absl::PrintF(" (%s)\n", game.db.LastEffects().ToString());
  }
}

void ElectLeaders(Game& game) {
  for (const Ref<Guild> guild : game.guilds) {
    if (game.leader.Get(guild) || game.members.Count(guild) == 0) continue;
    const Ref<Player> next = *game.members.Of(guild).begin();
    OrDie(game.leader.Set(guild, next));
    absl::PrintF("  %s leads now\n", game.name[next]);
  }
}

void EndQuests(Game& game) {
  for (const Ref<Quest> quest : game.quests) {
    const Quest row = OrDie(game.quests.Get(quest));
    for (const Ref<Player> player : game.takers.Of(quest)) {
      if (game.x[player] < row.goal) continue;
      absl::PrintF("  %s did \"%s\"\n", game.name[player], row.name);
      OrDie(game.takers.Remove(quest, player));
    }
  }
}

void Frame(Game& game) {
  for (auto* system : {Walk, BuryTheDead, ElectLeaders, EndQuests}) system(game);
}

}  // namespace

int main() {
  Game game;
  OrDie(game.defined);
  const Ref<Guild> red = OrDie(game.guilds.Insert({}));
  const Ref<Player> ann = OrDie(game.members.Create(red, {.name = "Ann", .hp = 20, .speed = 2}));
  const Ref<Player> bob = OrDie(game.members.Create(red, {.name = "Bob"}));
  OrDie(game.leader.Set(red, bob));
  OrDie(game.weapon.Create(bob, {}));
  OrDie(game.takers.Add(OrDie(game.quests.Insert({.name = "Cross the swamp", .goal = 6})), {ann, bob}));
  {
    const tenon::Transaction what_if = game.db.Begin();
    absl::PrintF("What if they just walked on?\n");
    for (int i = 0; i < 4; ++i) Frame(game);
  }  // not committed, so undone: cells written in place too
  absl::PrintF("Bob, with %d hp again, takes a horse\n", game.hp[bob]);
  OrDie(game.players.Update(bob, {{&Player::speed, Col(&Player::speed) * 3}}));
  for (int i = 0; i < 3; ++i) Frame(game);
  for (const Ref<Player> player : game.players) {
    absl::PrintF("%s: %d hp at %g\n", game.name[player], game.hp[player], game.x[player]);
  }
}
