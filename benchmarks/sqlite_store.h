// Parents and children in SQLite: in memory, foreign keys on and indexed, every statement prepared once.
#ifndef TENON_BENCHMARKS_SQLITE_STORE_H_
#define TENON_BENCHMARKS_SQLITE_STORE_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace tenon::benchmarks {

class SqliteStore {
 public:
  using Parent = int64_t;  // a row is named by its key, which is its rowid: SQLite's fastest way in
  using Child = int64_t;

  // One transaction for many writes: an insert takes twice as long in one of its own.
  void BeginWrites() { begin_.Write(); }
  void EndWrites() { commit_.Write(); }
  void Begin() { begin_.Write(); }
  void Rollback() { rollback_.Write(); }

  Parent InsertParent(int64_t id, int64_t score) {
    insert_parent_.Write(id, score);
    return id;
  }
  Child InsertChild(int64_t id, int64_t parent_id, int64_t score) {
    insert_child_.Write(id, parent_id, score);
    return id;
  }

  int64_t FindAndFollow(int64_t child_id) { return find_and_follow_.Read(child_id); }
  int64_t SumOfChildren(Parent parent) { return sum_.Read(parent); }
  size_t CountChildren(Parent parent) { return static_cast<size_t>(count_.Read(parent)); }
  int64_t ForeignKey(Child child) { return foreign_key_.Read(child); }

  bool Move(Child child, Parent parent) { return move_.Write(child, parent); }
  // The parent under its new key; under the old one if that is refused.
  Parent ChangeKey(Parent parent, int64_t id) { return change_key_.Write(parent, id) ? id : parent; }
  bool EraseParent(Parent parent) { return erase_parent_.Write(parent); }

  size_t parent_count() { return static_cast<size_t>(parent_count_.Read()); }
  size_t child_count() { return static_cast<size_t>(child_count_.Read()); }
  size_t bytes() { return static_cast<size_t>(page_count_.Read() * page_size_.Read()); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Connection = std::unique_ptr<sqlite3, Close>;

  class Statement {
   public:
    Statement(const Connection& db, const char* sql) {
      sqlite3_stmt* statement = nullptr;
      sqlite3_prepare_v3(db.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
      statement_.reset(statement);
    }
    // Whether it ran to its end.
    template <class... V>
    bool Write(V... values) {
      Bind(values...);
      sqlite3_step(statement_.get());
      return sqlite3_reset(statement_.get()) == SQLITE_OK;
    }
    // The first column of its first row; 0 without one.
    template <class... V>
    int64_t Read(V... values) {
      Bind(values...);
      const bool found = sqlite3_step(statement_.get()) == SQLITE_ROW;
      const int64_t value = found ? sqlite3_column_int64(statement_.get(), 0) : 0;
      sqlite3_reset(statement_.get());
      return value;
    }

   private:
    template <class... V>
    void Bind(V... values) {
      [[maybe_unused]] int place = 0;
      (sqlite3_bind_int64(statement_.get(), ++place, values), ...);
    }
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  };

  static Connection Open() {
    sqlite3* db = nullptr;
    sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                    nullptr);
    sqlite3_exec(db, R"(
        PRAGMA foreign_keys = ON;
        CREATE TABLE parent (id INTEGER PRIMARY KEY, score INTEGER NOT NULL);
        CREATE TABLE child (
            id INTEGER PRIMARY KEY,
            parentId INTEGER REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE,
            score INTEGER NOT NULL);
        CREATE INDEX child_parentId ON child (parentId);
    )",
                 nullptr, nullptr, nullptr);
    return Connection(db);
  }

  Connection db_ = Open();  // first: the statements go before it
  Statement begin_{db_, "BEGIN"};
  Statement commit_{db_, "COMMIT"};
  Statement rollback_{db_, "ROLLBACK"};
  Statement insert_parent_{db_, "INSERT INTO parent VALUES (?, ?)"};
  Statement insert_child_{db_, "INSERT INTO child VALUES (?, ?, ?)"};
  Statement find_and_follow_{
      db_, "SELECT parent.score FROM child JOIN parent ON parent.id = child.parentId WHERE child.id = ?"};
  Statement sum_{db_, "SELECT sum(score) FROM child WHERE parentId = ?"};
  Statement count_{db_, "SELECT count(*) FROM child WHERE parentId = ?"};
  Statement foreign_key_{db_, "SELECT parentId FROM child WHERE id = ?"};
  Statement move_{db_, "UPDATE child SET parentId = ?2 WHERE id = ?1"};
  Statement change_key_{db_, "UPDATE parent SET id = ?2 WHERE id = ?1"};
  Statement erase_parent_{db_, "DELETE FROM parent WHERE id = ?"};
  Statement parent_count_{db_, "SELECT count(*) FROM parent"};
  Statement child_count_{db_, "SELECT count(*) FROM child"};
  Statement page_count_{db_, "PRAGMA page_count"};
  Statement page_size_{db_, "PRAGMA page_size"};
};

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_SQLITE_STORE_H_
