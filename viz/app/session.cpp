#include "viz/app/session.hpp"

#include <utility>

namespace logarium::viz {
namespace {

class Recorded final : public Session {
 public:
  Recorded(std::shared_ptr<const RunIndex> index, std::string path)
      : index_(std::move(index)), path_(std::move(path)) {}

  [[nodiscard]] std::shared_ptr<const RunIndex> index() const override { return index_; }
  [[nodiscard]] const std::string& scenario_path() const override { return nowhere_; }
  [[nodiscard]] const std::string& run_path() const override { return path_; }

 private:
  std::shared_ptr<const RunIndex> index_;
  std::string path_;
  std::string nowhere_;
};

}  // namespace

Result<std::unique_ptr<Session>> open_recorded(const std::string& path,
                                               const std::string& shown_as) {
  Result<std::unique_ptr<RunIndex>> index = RunIndex::open(path);
  if (!index) return index.error();
  std::shared_ptr<const RunIndex> shared = std::move(index.value());
  return std::unique_ptr<Session>(
      std::make_unique<Recorded>(std::move(shared), shown_as.empty() ? path : shown_as));
}

}  // namespace logarium::viz
