// SPDX-License-Identifier: MIT
// Who asked for what: a line for each request, written in batches. All loops share one sink.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "report/calendar.h"
#include "report/text.h"

namespace fid::http {

enum class LogFormat : std::uint8_t {
    none,
    common,  ///< the Common Log Format: host - user [time] "request" status bytes
    json,    ///< the record type of log_fields()
};

struct LogEntry {
    std::string_view peer;  ///< its address, "unix" where it has none
    std::string_view user;  ///< "" where nobody has logged in
    std::string_view method, target;
    unsigned major = 1, minor = 1;
    unsigned status = 0;
    std::uint64_t bytes = 0;  ///< of the body that is sent
    std::string_view referer, agent;
    std::int64_t seconds = 0;  ///< since 1970
};

/// Belongs to one loop. The sink gets whole lines, and takes care of the threads.
class AccessLog {
  public:
    using Sink = std::function<void(std::string_view lines)>;
    AccessLog(LogFormat format, Sink sink) : format_(format), sink_(std::move(sink)) {}

    [[nodiscard]] bool wanted() const { return format_ != LogFormat::none; }
    void add(const LogEntry& entry);
    /// Hands on what there is; called now and then, and at the end.
    void flush();

  private:
    void put_common(const LogEntry& entry);
    void put_json(const LogEntry& entry);

    LogFormat format_;
    Sink sink_;
    Text lines_;
    report::Calendar calendar_{report::Calendar::Zone::utc};
};

}  // namespace fid::http
