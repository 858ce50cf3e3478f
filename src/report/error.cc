// SPDX-License-Identifier: MIT
#include "report/error.h"

#include <cctype>
#include <system_error>

namespace fid {

std::string Error::sentence() const {
    std::string text = attempt;
    if (!subject.empty()) {
        if (!text.empty()) text += ' ';
        text += subject;
    }
    if (!cause.empty()) {
        if (!text.empty()) text += ": ";
        text += cause;
    }
    return text;
}

std::unexpected<Error> fail_errno(Status status, std::string attempt, std::string subject, int errno_value) {
    std::string cause = std::generic_category().message(errno_value);
    if (!cause.empty()) cause[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(cause[0])));
    return fail(status, std::move(attempt), std::move(subject), std::move(cause));
}

}  // namespace fid
