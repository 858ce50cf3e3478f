// SPDX-License-Identifier: MIT
// The lines of `fid resolve --bulk`: one for each name and type, whatever became of it.
#pragma once

#include <string>
#include <vector>

#include "cmd/resolve/bulk_questions.h"
#include "cmd/resolve/settings.h"
#include "dns/bulk.h"
#include "report/output.h"
#include "report/record.h"

namespace fid::cmd::resolve {

extern const report::RecordType bulk_line_record, bulk_summary_record;

class BulkWriter {
  public:
    /// `servers` as the engine numbers them.
    BulkWriter(report::Output& out, const Settings& settings, std::vector<dns::Server> servers);

    void write(const dns::BulkResult& result);
    void write(const BadLine& line);

    [[nodiscard]] const std::string& server_text(std::size_t server) const { return server_texts_[server]; }

  private:
    /// The answer record as describe() fills it, written without the detour: where nothing rare is in it. False where
    /// something is.
    bool write_json(const dns::BulkResult& result);
    bool put_edns(const dns::Message& message, Text& text) const;
    void put_sections(const dns::Message& message, Text& text);
    void put_record(const dns::Message& message, const dns::Record& record, Text& text);
    void write_record(const dns::BulkResult& result);
    void write_line(const dns::BulkResult& result);
    void put_line(std::string_view name, std::uint16_t type, std::string_view status, std::string_view data);
    void put_data(const dns::BulkResult& result, Text& text, std::string_view separator) const;
    [[nodiscard]] Error error_of(const dns::BulkResult& result) const;

    report::Output& out_;
    const Settings& settings_;
    std::vector<dns::Server> servers_;
    std::vector<std::string> server_texts_;
    Text scratch_, data_;
};

/// NXDOMAIN and an empty answer are results; SERVFAIL and the like are failures.
enum class BulkKind : std::uint8_t { answer, no_data, nxdomain, failure, timed_out, unreachable };
[[nodiscard]] BulkKind kind_of(const dns::BulkResult& result);

}  // namespace fid::cmd::resolve
