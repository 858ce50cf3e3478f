// SPDX-License-Identifier: MIT
#include "http/condition.h"

#include "http/date.h"

namespace fid::http {
namespace {

/// Is the tag in the list? A weak one (W/"x") is like the strong one only where that is enough (section 8.8.3.2). What
/// is malformed ends the list.
bool has_tag(std::string_view list, std::string_view tag, bool weak_is_enough) {
    while (true) {
        while (!list.empty() && (list.front() == ' ' || list.front() == '\t' || list.front() == ','))
            list.remove_prefix(1);
        if (list == "*") return true;
        const bool weak = list.starts_with("W/");
        if (weak) list.remove_prefix(2);
        const std::size_t end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return false;
        if (list.substr(0, end + 1) == tag && (!weak || weak_is_enough)) return true;
        list.remove_prefix(end + 1);
    }
}

}  // namespace

Condition judge_conditions(const Request& request, const Validators& validators, std::int64_t now) {
    if (request.has(Known::if_match)) {
        if (!has_tag(request.value(Known::if_match), validators.etag, false)) return Condition::failed;
    } else if (request.has(Known::if_unmodified_since)) {
        const auto since = parse_http_date(request.value(Known::if_unmodified_since), now);
        if (since && validators.modified > *since) return Condition::failed;
    }
    if (request.has(Known::if_none_match)) {
        if (has_tag(request.value(Known::if_none_match), validators.etag, true)) return Condition::not_modified;
    } else if (request.has(Known::if_modified_since)) {
        const auto since = parse_http_date(request.value(Known::if_modified_since), now);
        if (since && validators.modified <= *since) return Condition::not_modified;
    }
    return Condition::holds;
}

bool range_counts(const Request& request, const Validators& validators, std::int64_t now) {
    if (!request.has(Known::if_range)) return true;
    const std::string_view value = request.value(Known::if_range);
    if (value.starts_with('"')) return value == validators.etag;
    // A date is a strong validator only once a second has passed that could have brought another change.
    const auto date = parse_http_date(value, now);
    return date && *date == validators.modified && validators.modified < now;
}

}  // namespace fid::http
