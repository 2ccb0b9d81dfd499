// A shop's server, without the network: requests become statements, and refusals become answers.
//
//   the store refuses     a second account for a name, a product twice in an order, the end of a product that was sold
//   the shop refuses      what is out of stock: a rule of its own, asked inside the transaction
//   a caller tries again  with the number of its request, and is told that it is done: orders are unique by it
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tenon/or_die.h"
#include "tenon/tenon.h"

namespace {

using tenon::BelongsTo, tenon::PrimaryKey, tenon::TableOf, tenon::Unique;
using tenon::Col, tenon::OrDie, tenon::Ref, tenon::ViolationCode;

struct Customer {
  int64_t id = 0;
  std::string name = {};
};
struct Product {
  int64_t id = 0;
  std::string sku = {};
  int64_t cents = 0;
  int32_t stock = 0;
};
struct Order {
  int64_t id = 0;
  int64_t customer_id = 0;
  int64_t request = 0;  // its number, given by the caller
};
struct Line {
  int64_t order_id = 0;
  int64_t product_id = 0;
  int32_t quantity = 1;
};

absl::Status Define(tenon::Database& db) {
  return db.CreateTables({
      TableOf<Customer>("Customer", {PrimaryKey(&Customer::id).AutoIncrement(), Unique(&Customer::name)}),
      TableOf<Product>("Product", {PrimaryKey(&Product::id).AutoIncrement(), Unique(&Product::sku)}),
      TableOf<Order>("Order", {PrimaryKey(&Order::id).AutoIncrement(), Unique(&Order::request),
                               BelongsTo(&Order::customer_id, &Customer::id)}),
      TableOf<Line>("Line", {PrimaryKey(&Line::order_id, &Line::product_id),
                             BelongsTo(&Line::order_id, &Order::id, {.on_delete = tenon::Action::kCascade}),
                             BelongsTo(&Line::product_id, &Product::id)}),
  });
}

using Items = std::vector<std::pair<std::string, int32_t>>;  // sku and quantity

class Shop {
 public:
  Shop() { OrDie(defined_); }

  absl::Status AddCustomer(const Customer& row) { return customers_.Insert(row).status(); }
  absl::Status AddProduct(const Product& row) { return products_.Insert(row).status(); }
  absl::Status DropProduct(std::string_view sku) { return products_.Erase(Find(sku)); }

  // The whole order or nothing of it: who leaves early leaves no trace.
  absl::Status PlaceOrder(int64_t request, std::string_view name, const Items& items) {
    tenon::Transaction transaction = db_.Begin();
    const auto order = orders_of_.Create(customers_.Find(&Customer::name, name), {.request = request});
    if (!order.ok()) return order.status();
    for (const auto& [sku, quantity] : items) {
      if (absl::Status s = Sell(Find(sku), quantity, *order); !s.ok()) return s;
    }
    return transaction.Commit();
  }

  int64_t Spent(std::string_view name) const {
    int64_t sum = 0;
    for (const Ref<Order> order : orders_of_.Of(customers_.Find(&Customer::name, name))) {
      for (const Ref<Line> line : lines_of_.Of(order)) sum += quantity_[line] * cents_[product_of_.Get(line)];
    }
    return sum;
  }

 private:
  Ref<Product> Find(std::string_view sku) const { return products_.Find(&Product::sku, sku); }
  absl::Status Sell(Ref<Product> product, int32_t quantity, Ref<Order> order) {
    const auto line = lines_of_.Create(order, {.quantity = quantity}, {product_of_.To(product)});
    if (!line.ok()) return line.status();
    absl::Status s = products_.Update(product, {{&Product::stock, Col(&Product::stock) - quantity}});
    if (s.ok() && stock_[product] < 0) return absl::FailedPreconditionError("out of stock");
    return s;
  }

  tenon::Database db_;
  absl::Status defined_ = Define(db_);
  tenon::Table<Customer> customers_ = db_.GetTable<Customer>("Customer");
  tenon::Table<Product> products_ = db_.GetTable<Product>("Product");
  tenon::Table<Order> orders_ = db_.GetTable<Order>("Order");
  tenon::Table<Line> lines_ = db_.GetTable<Line>("Line");
  tenon::ToMany<Customer, Order> orders_of_ = customers_.HasMany(orders_, &Order::customer_id);
  tenon::ToMany<Order, Line> lines_of_ = orders_.HasMany(lines_, &Line::order_id);
  tenon::ToOne<Line, Product> product_of_ = lines_.BelongsTo(products_, &Line::product_id);
  tenon::Column<Product, int32_t> stock_ = products_.Column(&Product::stock);
  tenon::Column<Line, int32_t> quantity_ = lines_.Column(&Line::quantity);
  tenon::Column<Product, int64_t> cents_ = products_.Column(&Product::cents);
};

// What the network is told: by what was refused and by whom, never by the words of a message.
std::string Answer(const absl::Status& status) {
  if (status.ok()) return "200 done";
  const std::vector<tenon::Violation> violations = tenon::GetViolations(status);
  if (violations.empty()) return absl::StrCat("409 ", status.message());  // a rule of the shop's own
  const tenon::Violation& why = violations.front();
  switch (why.code) {
    case ViolationCode::kUnique:
      if (why.constraint == "Order.request") return "200 done before";
      return absl::StrCat("409 there already: ", why.constraint);
    case ViolationCode::kStale:
      return absl::StrCat("404 no such ", why.child_table);
    case ViolationCode::kNoAction:
      return absl::StrCat("409 is in ", why.children, " ", why.child_table);
    case ViolationCode::kLimit:
      return "503 try again";
    default:
      return "500 our mistake";
  }
}

}  // namespace

int main() {
  Shop shop;
  const auto tell = [](std::string_view what, const absl::Status& status) {
    absl::PrintF("%-28s %s\n", what, Answer(status));
  };
  tell("Ann registers", shop.AddCustomer({.name = "ann"}));
  tell("and again", shop.AddCustomer({.name = "ann"}));
  OrDie(shop.AddProduct({.sku = "glue", .cents = 350, .stock = 3}));
  OrDie(shop.AddProduct({.sku = "saw", .cents = 4200, .stock = 1}));
  for (const char* what : {"She orders a saw and glue", "hears nothing, tries again"}) {
    tell(what, shop.PlaceOrder(1, "ann", {{"saw", 1}, {"glue", 2}}));
  }
  tell("More glue, and another saw", shop.PlaceOrder(2, "ann", {{"glue", 1}, {"saw", 1}}));
  tell("Glue twice in one order", shop.PlaceOrder(3, "ann", {{"glue", 1}, {"glue", 1}}));
  tell("A hammer", shop.PlaceOrder(4, "ann", {{"hammer", 1}}));
  tell("No more saws in the shop", shop.DropProduct("saw"));
  absl::PrintF("Ann spent %d cents\n", shop.Spent("ann"));
}
