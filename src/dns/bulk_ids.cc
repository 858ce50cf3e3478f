// SPDX-License-Identifier: MIT
#include "dns/bulk_ids.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace fid::dns {

void RandomPool::fill() {
    auto* const bytes = reinterpret_cast<char*>(numbers_.data());
    std::size_t have = 0;
    while (have < sizeof numbers_) {
        const ssize_t got = getrandom(bytes + have, sizeof numbers_ - have, 0);
        if (got > 0)
            have += static_cast<std::size_t>(got);
        else if (errno != EINTR)
            std::abort();  // a kernel without getrandom(2): nothing safe can be done
    }
    at_ = 0;
}

std::uint16_t RandomPool::next16() {
    if (at_ == numbers_.size()) fill();
    return numbers_[at_++];
}

IdTable::IdTable(unsigned bits) : places_(std::size_t{1} << bits), mask_((1U << bits) - 1) {}

std::optional<std::uint16_t> IdTable::add(std::uint32_t value, RandomPool& random) {
    // At half full, 32 draws in a row meet taken places once in four billion times.
    constexpr unsigned draws = 32;
    for (unsigned i = 0; i < draws; ++i) {
        const std::uint16_t id = random.next16();
        Place& place = places_[id & mask_];
        if (place.value != nobody) continue;
        place = {value, id};
        ++used_;
        return id;
    }
    return std::nullopt;
}

void IdTable::remove(std::uint16_t id) {
    places_[id & mask_].value = nobody;
    --used_;
}

}  // namespace fid::dns
