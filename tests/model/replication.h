// A leader that plays statements, a follower that hears of them by change sets alone, and a database that plays the same
// while nobody observes it.
#ifndef TENON_TESTS_MODEL_REPLICATION_H_
#define TENON_TESTS_MODEL_REPLICATION_H_

#include <optional>
#include <string>
#include <vector>

#include "tenon/tenon.h"
#include "tests/model/model.h"
#include "tests/model/player.h"

namespace tenon::model {

class Replication {
 public:
  // The schema must outlive it.
  explicit Replication(const Schema& schema);
  Replication(const Replication&) = delete;  // observed
  Replication& operator=(const Replication&) = delete;

  // Lets the leader play the statement, and the follower carry out what it is sent: there, back, and there again. What
  // differs; empty: nothing does.
  std::string Execute(const Statement& statement);

 private:
  // What is compared: not the order of rows nor their Refs, since a row that comes back takes another place.
  struct Content {
    explicit Content(const Database& db) : hash(db.GetStateHash()), dump(db.Dump()) {}
    friend bool operator==(const Content&, const Content&) = default;
    StateHash hash;
    std::string dump;
  };

  std::string CarryOut(const ChangeSet& changes, const Content& after);
  std::string Apply(const ChangeSet& changes, const Content& after);

  Player leader_;
  Player unobserved_;
  Database follower_;
  std::vector<std::string> sent_;  // by the leader, as bytes
  std::vector<ChangeSet> heard_;   // by the follower's own observer
  std::optional<Content> known_;   // what the leader held when it last sent something
  Subscription leader_subscription_;
  Subscription follower_subscription_;
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_REPLICATION_H_
