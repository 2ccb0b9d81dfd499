// How the domain logic of a program is tested: a repository with its rules, and the tests of it. Each test has a database
// of its own, made in microseconds; what a rule refuses is told by code and constraint, and that nothing changed by a dump.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace {

using tenon::Ref;

struct Reader {
  int64_t id = 0;
  std::string name = {};
};
struct Book {
  int64_t id = 0;
  std::string title = {};
  std::optional<int64_t> borrower_id = {};
};
struct Wish {  // to be the next who gets a book
  int64_t id = 0;
  int64_t book_id = 0;
  int64_t reader_id = 0;
};

// The rules of a lending library. Those that relate rows are the store's, only counting to three is done here.
class Library {
 public:
  static constexpr size_t kMostBooks = 3;

  static absl::Status Define(tenon::Database& db) {
    using tenon::Action, tenon::BelongsTo, tenon::HasMany, tenon::HasOne, tenon::PrimaryKey, tenon::TableOf;
    return db.CreateTables({
        TableOf<Reader>("Reader", {PrimaryKey(&Reader::id).AutoIncrement()}),
        TableOf<Book>("Book", {PrimaryKey(&Book::id).AutoIncrement(),
                               BelongsTo(&Book::borrower_id, &Reader::id,
                                         {.inverse = HasMany("books"), .on_delete = Action::kRestrict})}),
        TableOf<Wish>("Wish", {PrimaryKey(&Wish::id).AutoIncrement(),
                               BelongsTo(&Wish::book_id, &Book::id,
                                         {.inverse = HasOne("wish"), .on_delete = Action::kCascade}),
                               BelongsTo(&Wish::reader_id, &Reader::id, {.on_delete = Action::kCascade})}),
    });
  }

  explicit Library(tenon::Database& db) : db_(db) {}

  absl::StatusOr<Ref<Reader>> Join(std::string name) { return readers_.Insert({.name = std::move(name)}); }
  absl::StatusOr<Ref<Book>> Buy(std::string title) { return books_.Insert({.title = std::move(title)}); }
  absl::Status Leave(Ref<Reader> reader) { return readers_.Erase(reader); }
  Ref<Reader> BorrowerOf(Ref<Book> book) const { return borrower_.Get(book); }

  absl::Status Lend(Ref<Book> book, Ref<Reader> reader) {
    if (books_of_.Count(reader) == kMostBooks) {
      return absl::FailedPreconditionError(absl::StrCat("nobody has more than ", kMostBooks, " books"));
    }
    return borrower_.Set(book, reader);
  }
  absl::Status Reserve(Ref<Book> book, Ref<Reader> reader) {
    return wishes_.Insert({}, {book_.To(book), reader_.To(reader)}).status();
  }
  // The book goes on to the reader who waits for it. If it can't, it has not come back either.
  absl::Status Return(Ref<Book> book) {
    tenon::Transaction transaction = db_.Begin();
    if (absl::Status s = borrower_.Clear(book); !s.ok()) return s;
    if (const Ref<Wish> wish = wish_.Get(book)) {
      if (absl::Status s = Lend(book, reader_.Get(wish)); !s.ok()) return s;
      if (absl::Status s = wishes_.Erase(wish); !s.ok()) return s;
    }
    return transaction.Commit();
  }

 private:
  tenon::Database& db_;
  tenon::Table<Reader> readers_ = db_.GetTable<Reader>("Reader");
  tenon::Table<Book> books_ = db_.GetTable<Book>("Book");
  tenon::Table<Wish> wishes_ = db_.GetTable<Wish>("Wish");
  tenon::ToOne<Book, Reader> borrower_ = books_.BelongsTo(readers_, &Book::borrower_id);
  tenon::ToMany<Reader, Book> books_of_ = readers_.HasMany(books_, &Book::borrower_id);
  tenon::ToOne<Book, Wish> wish_ = books_.HasOne(wishes_, &Wish::book_id);
  tenon::ToOne<Wish, Book> book_ = wishes_.BelongsTo(books_, &Wish::book_id);
  tenon::ToOne<Wish, Reader> reader_ = wishes_.BelongsTo(readers_, &Wish::reader_id);
};

// ---- The tests ----

using tenon::testing::IsDump, tenon::testing::IsOk, tenon::testing::StatusIs, tenon::testing::ViolationIs;
using ::testing::HasSubstr, tenon::ViolationCode;

class LibraryTest : public tenon::testing::DatabaseTest<Library::Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    library.emplace(db);
    ann = *library->Join("Ann");
    bob = *library->Join("Bob");
    emma = *library->Buy("Emma");
  }

  std::optional<Library> library;
  Ref<Reader> ann, bob;
  Ref<Book> emma;
};

TEST_F(LibraryTest, AReturnedBookGoesToTheReaderWhoWaits) {
  ASSERT_THAT(library->Lend(emma, ann), IsOk());
  ASSERT_THAT(library->Reserve(emma, bob), IsOk());

  EXPECT_THAT(library->Return(emma), IsOk());

  EXPECT_EQ(library->BorrowerOf(emma), bob);
}

TEST_F(LibraryTest, OneReaderWaitsForABook) {
  ASSERT_THAT(library->Reserve(emma, ann), IsOk());
  EXPECT_THAT(library->Reserve(emma, bob), ViolationIs(ViolationCode::kUnique, "Wish.book"));
}

TEST_F(LibraryTest, WhoHasBooksCannotLeave) {
  ASSERT_THAT(library->Lend(emma, ann), IsOk());
  const std::string before = db.Dump();

  EXPECT_THAT(library->Leave(ann), ViolationIs(ViolationCode::kRestrict, "Book.borrower"));

  EXPECT_THAT(db.Dump(), IsDump(before));
}

TEST_F(LibraryTest, AReturnThatCannotGoOnHasNotHappened) {
  ASSERT_THAT(library->Lend(emma, ann), IsOk());
  ASSERT_THAT(library->Reserve(emma, bob), IsOk());
  for (int i = 0; i < 3; ++i) ASSERT_THAT(library->Lend(*library->Buy("Persuasion"), bob), IsOk());
  const std::string before = db.Dump();

  EXPECT_THAT(library->Return(emma), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("3 books")));

  EXPECT_THAT(db.Dump(), IsDump(before));
}

}  // namespace
