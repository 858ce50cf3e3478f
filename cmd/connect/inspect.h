// SPDX-License-Identifier: MIT
// fid connect --inspect: what a TLS server presents and accepts.
#pragma once

#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

extern const report::RecordType tls_report_type;

/// Writes the report; status certificate where the server would not be trusted.
[[nodiscard]] Status inspect(Context& context, const Settings& settings);

}  // namespace fid::cmd::connect
