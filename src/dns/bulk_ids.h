// SPDX-License-Identifier: MIT
// Which question an ID belongs to: a table that is indexed, not searched.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace fid::dns {

/// Random numbers from the kernel, many for each call of it. What is predicted is forged, so no other generator will
/// do.
class RandomPool {
  public:
    [[nodiscard]] std::uint16_t next16();
    /// 0 to below - 1; `below` at most 65536.
    [[nodiscard]] std::uint32_t below(std::uint32_t below) { return (std::uint32_t{next16()} * below) >> 16U; }

  private:
    void fill();

    std::array<std::uint16_t, 2048> numbers_;
    std::size_t at_ = numbers_.size();
};

/// The IDs in use on one socket. An ID is random in all its 16 bits; the low ones are its place. So a table need not
/// have 65536 places to be indexed directly, as long as there are several for each ID in use.
class IdTable {
  public:
    explicit IdTable(unsigned bits);  ///< 2^bits places, at most 2^16

    /// Takes a random ID for `value`; nothing where the table is too full.
    [[nodiscard]] std::optional<std::uint16_t> add(std::uint32_t value, RandomPool& random);
    /// The value the ID was taken for.
    [[nodiscard]] std::optional<std::uint32_t> find(std::uint16_t id) const {
        const Place& place = places_[id & mask_];
        if (place.value == nobody || place.id != id) return std::nullopt;
        return place.value;
    }
    void remove(std::uint16_t id);  ///< which is in use
    [[nodiscard]] std::uint32_t used() const { return used_; }
    /// Is there room for another without a long search?
    [[nodiscard]] bool has_room() const { return used_ <= mask_ / 2; }
    /// Calls `each(value)` for all in use. `each` may remove them.
    template <class Each>
    void for_each(Each&& each) const {
        for (const Place& place : places_)
            if (place.value != nobody) each(std::uint32_t{place.value});
    }

  private:
    static constexpr std::uint32_t nobody = ~0U;
    struct Place {
        std::uint32_t value = nobody;
        std::uint16_t id = 0;
    };
    std::vector<Place> places_;
    std::uint32_t mask_;
    std::uint32_t used_ = 0;
};

}  // namespace fid::dns
