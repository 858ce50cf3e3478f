// SPDX-License-Identifier: MIT
// What a folder contains, as a page and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/folder.h"
#include "report/text.h"

namespace fid::http {

struct Entry {
    std::string name;
    bool folder = false;
    std::uint64_t size = 0;     ///< of a file
    std::int64_t modified = 0;  ///< seconds since 1970
};

struct Listing {
    std::vector<Entry> entries;
    bool cut = false;  ///< there are more than anybody wants to see
};

enum class SortKey : std::uint8_t { name, size, time };
struct SortOrder {
    SortKey key = SortKey::name;
    bool descending = false;
    /// From ?sort=name|size|time and ?order=asc|desc; anything else is by name. Sizes and times begin with the largest
    /// and the newest unless the order is said.
    [[nodiscard]] static SortOrder from_query(std::string_view query);
};

/// What may be opened in the folder (links that lead out, devices and sockets are left out), names with a dot only
/// where `hidden`. The error is errno's.
[[nodiscard]] std::expected<Listing, int> read_listing(const Folder& folder, std::string_view clean, bool hidden);
/// Folders first; equal ones by name.
void sort(Listing& listing, SortOrder order);
/// The page of the folder with that clean path, which ends with "/".
void put_listing_html(const Listing& listing, std::string_view clean, SortOrder order, Text& out);
void put_listing_json(const Listing& listing, std::string_view clean, Text& out);

}  // namespace fid::http
