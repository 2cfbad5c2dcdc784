#pragma once
// Database: a thin hold on SQLite for this folder: one connection, statements that are bound and
// stepped, failures as Errors.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace logarium::trace {

// What is wrong with the file of that path.
[[nodiscard]] inline Error at(const std::string& path, const std::string& what) {
  return Error{path + ": " + what};
}

class Statement {
 public:
  Statement() = default;
  // Parameters and columns count from 1 and from 0, as SQLite has it.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);
  void bind(int parameter, ByteView bytes);
  // For statements without rows; ready to be bound again afterwards.
  [[nodiscard]] Result<> run();
  // True: there is a row. False: there are no more.
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  // Valid until the next call of next().
  [[nodiscard]] ByteView blob(int column) const;
  void reset();

 private:
  friend class Database;
  struct Close {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* owner_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

class Database {
 public:
  enum class Mode : std::uint8_t { kRead, kCreate };
  [[nodiscard]] static Result<Database> open(const std::string& path, Mode mode);
  [[nodiscard]] Result<> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  // The one number that a query gives; 0 when it gives none.
  [[nodiscard]] Result<std::int64_t> query(std::string_view sql) const;
  void close() { connection_.reset(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace logarium::trace
