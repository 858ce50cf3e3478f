// SPDX-License-Identifier: MIT
#include "cmd/ping/targets.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <unordered_set>

#include "address/list.h"
#include "cmd/parallel.h"
#include "probe/prober.h"
#include "transport/descriptor.h"

namespace fid::cmd::ping {
namespace {

using transport::FamilyChoice;

constexpr std::size_t most_targets = std::size_t{1} << 20U;

/// What one word or line stands for; a name is looked up later, together with all others.
struct Item {
    Range range;
    std::optional<Address> address;  ///< with its zone
    std::string name;
};

/// Could it be nothing but an address, prefix or range that was mistyped?
bool is_address_like(std::string_view word) {
    return word.find_first_of("/:%") != std::string_view::npos ||
           word.find_first_not_of("0123456789.-") == std::string_view::npos;
}

bool wanted(Family family, FamilyChoice choice) {
    return choice == FamilyChoice::any || (family == Family::v4) == (choice == FamilyChoice::v4);
}

class Collector {
  public:
    Collector(Context& context, FamilyChoice family) : context_(context), family_(family) {}

    Result<TargetList> run() {
        for (const std::string& word : context_.args.words()) {
            if (word == "-" || word.starts_with('@')) {
                if (const auto read = add_file(word == "-" ? word : word.substr(1)); !read)
                    return std::unexpected(read.error());
            } else {
                add_word(word);
            }
        }
        list_.several = list_.several || context_.args.words().size() > 1;
        look_up();
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (const auto added = add_item(items_[i], looked_up_[i]); !added) return std::unexpected(added.error());
        return std::move(list_);
    }

  private:
    using Looked = std::optional<Result<std::vector<Address>>>;

    void bad(const Error& error) {
        const Status status = context_.log.error(error);
        if (list_.status == Status::success) list_.status = status;
        ++list_.unknown;
    }

    void add_word(const std::string& word) {
        if (const auto address = Address::parse(word)) {
            items_.push_back({.address = *address, .name = word});
        } else if (const auto range = Range::parse(word)) {
            items_.push_back({.range = *range});
            list_.several = true;
        } else if (is_address_like(word)) {
            bad(range.error());
        } else {
            items_.push_back({.name = word});
        }
    }

    Result<void> add_file(const std::string& path) {
        list_.several = true;
        const bool standard_input = path == "-";
        const transport::Descriptor file(standard_input ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!standard_input && !file.valid()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        const std::string name = standard_input ? "stdin" : path;
        // Lists of addresses are what the reader knows; any other line may be a name.
        const auto read = read_list(
            standard_input ? STDIN_FILENO : file.get(), name, Reading::strict,
            [this](const Range& range, std::uint64_t) {
                items_.push_back({.range = range});
                return items_.size() <= most_targets;
            },
            [&](const BadLine& line) {
                add_line(line, name);
                return items_.size() <= most_targets;
            });
        if (!read) return std::unexpected(read.error());
        return {};
    }

    void add_line(const BadLine& line, const std::string& file) {
        const std::string text(line.text);
        if (const auto address = Address::parse(text)) {
            items_.push_back({.address = *address, .name = text});
        } else if (is_address_like(text) || text.find_first_of(" \t") != std::string::npos) {
            Error error = line.error;
            error.attempt = file + ":" + std::to_string(line.number) + ": " + error.attempt;
            bad(error);
        } else {
            items_.push_back({.name = text});
        }
    }

    /// All names at once, as the system's resolver takes its time for each.
    void look_up() {
        looked_up_.resize(items_.size());
        std::vector<std::size_t> names;
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (!items_[i].name.empty()) names.push_back(i);
        in_parallel(names.size(),
                    [&](std::size_t i) { looked_up_[names[i]] = transport::lookup(items_[names[i]].name, family_); });
    }

    Result<void> add_item(const Item& item, const Looked& looked) {
        if (looked) {
            if (!*looked) {
                bad(looked->error());
                return {};
            }
            return add(item.name, item.address.value_or(looked->value().front()));
        }
        // The hosts of a prefix: its network and broadcast addresses are none.
        const auto prefix = item.range.as_prefix();
        const Range range = prefix ? host_range(*prefix) : item.range;
        if (!wanted(range.family, family_)) {
            bad({Status::usage,
                 "cannot use",
                 item.range.text(),
                 "it is of the other family than -4, -6 or --source",
                 {}});
            return {};
        }
        for (Uint128 at = range.first;; ++at) {
            const Address address(range.family, at);
            if (const auto added = add(address.text(), address); !added) return added;
            if (at == range.last) return {};
        }
    }

    Result<void> add(const std::string& name, const Address& address) {
        if (!seen_.insert(address).second) return {};
        if (list_.targets.size() == most_targets)
            return fail(Status::usage, "too many targets:", "more than " + std::to_string(most_targets), {},
                        "probe smaller prefixes one after the other: fid ipcalc split");
        list_.targets.push_back({name, address});
        return {};
    }

    Context& context_;
    FamilyChoice family_;
    TargetList list_;
    std::vector<Item> items_;
    std::vector<Looked> looked_up_;
    std::unordered_set<Address, probe::AddressHash> seen_;
};

}  // namespace

Result<TargetList> read_targets(Context& context, FamilyChoice family) { return Collector(context, family).run(); }

}  // namespace fid::cmd::ping
