// SPDX-License-Identifier: MIT
// The `packet` record: JSON Lines written straight into the output, everything else through report::Record.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "capture/packet_record.h"
#include "cmd/sniff/moment.h"
#include "packet/dissector.h"
#include "packet/packet.h"
#include "report/output.h"
#include "report/record.h"

namespace fid::cmd::sniff {

extern const report::RecordType packet_record_type;

/// A packet with what the capture says about it.
struct Item {
    const capture::PacketRecord& record;
    std::uint64_t number;  ///< over all inputs
    std::string_view interface;
    const packet::Packet& packet;
};

class RecordWriter {
  public:
    /// `fields` are --fields: names of the record, or dotted names of protocol fields.
    [[nodiscard]] static Result<RecordWriter> make(const std::vector<std::string>& fields, bool layers);
    void write(const Item& item, report::Output& out);

  private:
    struct Column {
        std::size_t own = no_field;  ///< index into the packet record's fields
        std::vector<std::pair<packet::Protocol, unsigned>> where;
    };
    static constexpr std::size_t no_field = static_cast<std::size_t>(-1);

    void write_json(const Item& item, Text& out);
    [[nodiscard]] report::Value own_value(const Item& item, std::size_t field);
    [[nodiscard]] report::Value field_value(const Item& item, const Column& column) const;

    std::vector<Column> columns_;
    std::vector<report::Field> fields_;
    std::deque<std::string> names_;
    report::Calendar calendar_{report::Calendar::Zone::utc};
    Text info_;
    bool layers_ = false;
    bool all_ = true;
};

}  // namespace fid::cmd::sniff
