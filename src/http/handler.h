// SPDX-License-Identifier: MIT
// Who answers requests. A handler knows nothing of sockets and versions; one belongs to one loop.
#pragma once

#include <memory>
#include <string_view>

#include "http/response.h"

namespace fid::http {

/// What a handler gets of the time: it is the same for all answers of a turn.
struct Moment {
    std::string_view date;     ///< as the Date field has it
    std::int64_t seconds = 0;  ///< since 1970
};

class Handler {
  public:
    Handler() = default;
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    virtual ~Handler() = default;

    /// The answer to any request. What a body holds that came with it is not looked at.
    [[nodiscard]] virtual Response answer(const Request& request, const Moment& moment) = 0;
    /// The quick way for HTTP/1.1 and what is asked for again and again: an answer that is ready; null where answer()
    /// has to be asked.
    [[nodiscard]] virtual std::shared_ptr<const Ready> ready(const Request& request, const Moment& moment);
    /// The user of an answered request, for the log; "" where nobody has logged in.
    [[nodiscard]] virtual std::string_view user(const Request& request) const;
};

}  // namespace fid::http
