// SPDX-License-Identifier: MIT
#include "http/handler.h"

namespace fid::http {

std::shared_ptr<const Ready> Handler::ready(const Request&, const Moment&) { return nullptr; }
std::string_view Handler::user(const Request&) const { return {}; }

}  // namespace fid::http
