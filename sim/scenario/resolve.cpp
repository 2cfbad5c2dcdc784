#include <algorithm>
#include <utility>

#include "sim/scenario/binding.hpp"
#include "sim/scenario/check.hpp"
#include "sim/scenario/plan.hpp"

namespace logarium::scenario {
namespace {

// No repeated fault becomes more single ones than this.
constexpr std::size_t kRepeatsMax = 20'000;

// Draws every number that is drawn once. Each key draws from a stream named after its path, so
// that changing one number leaves all others as they were.
class Resolver final : public Visitor {
 public:
  explicit Resolver(Random random) : random_(random) {}

  void number(const Field& f, Number& member, const NumberRule& rule) override {
    const bool later = rule.draws == Draws::kPerNode || rule.draws == Draws::kPerRecord ||
                       (rule.draws == Draws::kPerMessage && member.shape != Number::Shape::kPick);
    if (later || member.is_constant()) return;
    Random stream = random_.derive(f.name);
    member = Number::constant(member.draw(stream));
  }
  void number(const Field& f, std::optional<Number>& member, const NumberRule& rule) override {
    if (member) number(f, *member, rule);
  }
  void integer(const Field&, std::int64_t&, const NumberRule&) override {}
  void text(const Field&, std::string&, TextKind) override {}
  void texts(const Field&, std::vector<std::string>&, TextKind) override {}
  void flag(const Field&, bool&) override {}
  void word(const Field& f, const WordBound& member) override {
    if (member.picks == nullptr || member.picks->empty()) return;
    Random stream = random_.derive(f.name);
    member.set(member.member, (*member.picks)[stream.below(member.picks->size())]);
    member.picks->clear();
  }
  void config(const Field& f, ConfigMap& member, ConfigKind) override {
    const Random random = random_.derive(f.name);
    for (auto& [name, value] : member) {
      Random stream = random.derive(name);
      if (value.number) value.text = std::to_string(value.number->draw(stream));
      if (!value.pick.empty()) value.text = value.pick[stream.below(value.pick.size())];
      value.number.reset();
      value.pick.clear();
    }
  }
  void counts(const Field&, std::map<std::string, std::int64_t>&) override {}
  void integers(const Field&, std::vector<std::int64_t>&) override {}
  void integer_lists(const Field&, std::vector<std::vector<std::int64_t>>&) override {}
  void object(const Field& f, const Bound& member) override { inside(f.name, 0, member); }
  void object(const Field& f, const OptionalBound& member) override {
    if (member.has(member.self)) inside(f.name, 0, member.get(member.self));
  }
  void list(const Field& f, const ListBound& member) override {
    for (std::size_t i = 0; i < member.size(member.self); ++i) {
      inside(f.name, i, member.at(member.self, i));
    }
  }
  void choice(const ChoiceBound& member) override {
    const int which = member.get(member.self);
    if (which < 0) return;
    const Random outer = random_;
    random_ = outer.derive(member.infos[static_cast<std::size_t>(which)].name);
    member.fields(member.self, which, *this);
    random_ = outer;
  }

 private:
  void inside(std::string_view name, std::size_t index, const Bound& member) {
    const Random outer = random_;
    random_ = outer.derive(name, index);
    member.fields(member.self, *this);
    random_ = outer;
  }
  Random random_;
};

// A fault once, or as many single ones as its interval allows within the chaos phase.
void expand(const Fault& fault, Duration chaos, const Random& random, std::vector<Fault>& out) {
  Random once = random.derive("once");
  if (!once.chance_ppm(fault.chance.draw(once))) return;
  const std::int64_t times = fault.times.draw(once);
  Random intervals = random.derive("every");
  std::int64_t at = 0;
  for (std::size_t n = 0; n < kRepeatsMax; ++n) {
    Fault one = fault;
    Resolver resolver(random.derive("occurrence", n));
    one.fields(resolver);
    one.chance = Number::constant(1'000'000);
    if (fault.every) {
      at += fault.every->draw(intervals);
      if (at >= chaos.ns || static_cast<std::int64_t>(n) >= times) return;
      one.every.reset();
      one.times = Fault{}.times;
      one.at = Number::constant(at);
    }
    out.push_back(std::move(one));
    if (!fault.every) return;
  }
}

}  // namespace

Plan resolve(const Model& model, std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  plan.model = model;
  const Random random = Random(seed).derive("scenario");
  Course course = course_of(model);
  Random phases = random.derive("course");
  plan.chaos = {course.chaos.draw(phases)};
  plan.heal = course.heal;
  plan.quiesce_within = {course.quiesce_within.draw(phases)};
  plan.model.seed = static_cast<std::int64_t>(seed & 0x3fffffffffffffffULL);

  plan.model.faults.clear();
  for (std::size_t i = 0; i < model.faults.size(); ++i) {
    expand(model.faults[i], plan.chaos, random.derive("fault", i), plan.model.faults);
  }
  std::vector<Fault> faults = std::exchange(plan.model.faults, {});
  Resolver resolver(random);
  plan.model.fields(resolver);
  // Over tcp nothing comes twice: a scenario that draws its network has this fault in the other
  // case only.
  if (plan.model.network.mode == NetworkMode::kTcp) {
    std::erase_if(faults, [](const Fault& f) { return f.action.kind == ActionKind::kDuplicate; });
  }
  plan.model.faults = std::move(faults);
  return plan;
}

}  // namespace logarium::scenario
