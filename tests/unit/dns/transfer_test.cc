// SPDX-License-Identifier: MIT
#include "dns/transfer.h"

#include <doctest/doctest.h>

#include <array>

using namespace fid;
using namespace fid::dns;

namespace {

constexpr std::uint16_t id = 0x1234;

Question about(std::uint16_t type) { return {*Name::parse("z.test"), type, klass::in}; }

/// A message of records: a number is a SOA record of that serial, 0 a TXT record.
std::vector<std::uint8_t> message_of(const std::vector<std::uint32_t>& serials, std::uint16_t type = type::axfr) {
    std::vector<std::uint8_t> made(512);
    made.resize(write_query(made, id, about(type), {.edns = std::nullopt}));
    const auto put = [&](std::uint64_t value, unsigned size) {
        while (size-- != 0) made.push_back(static_cast<std::uint8_t>(value >> 8U * size));
    };
    made[2] |= 0x80U;
    made[7] = static_cast<std::uint8_t>(serials.size());
    for (const std::uint32_t serial : serials) {
        put(0xc00c, 2);
        put(serial == 0 ? type::txt : type::soa, 2);
        put(klass::in, 2);
        put(60, 4);
        if (serial == 0) {
            put(2, 2);
            put(0x0161, 2);
            continue;
        }
        put(22, 2);
        put(0, 2);
        put(serial, 4);
        put(0, 8);
        put(0, 8);
    }
    return made;
}

struct Collector : TransferSink {
    std::string marks;  ///< a letter a record

    bool record(const Message&, const Record&, Change change) override {
        marks += ".-+$"[static_cast<std::size_t>(change)];
        return true;
    }
    bool message(const Message&) override {
        marks += '|';
        return true;
    }
};

struct Ran {
    std::string marks;
    Status status = Status::success;
    bool complete = false;
    TransferKind kind{};
};

Ran run(const std::vector<std::vector<std::uint32_t>>& messages, std::optional<std::uint32_t> ours = {}) {
    const std::uint16_t type = ours ? type::ixfr : type::axfr;
    TransferReader reader(about(type), id, ours);
    Collector sink;
    Ran ran;
    for (const auto& serials : messages) {
        const auto bytes = message_of(serials, type);
        const auto taken = reader.take(*Message::open(bytes), "server", sink);
        if (!taken) ran.status = taken.error().status;
        if (!taken || *taken) break;
    }
    ran.marks = sink.marks;
    ran.complete = reader.complete();
    ran.kind = reader.kind();
    return ran;
}

}  // namespace

TEST_CASE("the order of records") {
    struct Row {
        std::vector<std::vector<std::uint32_t>> messages;
        std::optional<std::uint32_t> ours;
        std::string_view marks;
        Status status;
        bool complete;
        TransferKind kind;
    };
    using enum TransferKind;
    constexpr Status fine = Status::success, wrong = Status::protocol_violation;
    const std::vector<Row> rows{
        {{{7, 0, 0, 7}}, {}, "...$|", fine, true, whole},
        {{{7}, {0}, {0, 7}}, {}, ".|.|.$|", fine, true, whole},
        {{{7, 7}}, {}, ".$|", fine, true, whole},
        {{{7, 0}}, {}, "..|", fine, false, whole},
        {{{0, 7}}, {}, "", wrong, false, unknown},
        {{{7, 0, 8}}, {}, "..", wrong, false, whole},
        {{{7, 0, 7, 0}}, {}, "..$", wrong, true, whole},
        {{{7, 0}, {}}, {}, "..|", wrong, false, whole},
        // IXFR: nothing newer, also where the server's is older; the whole zone; differences in one and in two steps.
        {{{7}}, 7, ".|", fine, true, up_to_date},
        {{{6}}, 7, ".|", fine, true, up_to_date},
        {{{8}}, 7, ".|", fine, false, unknown},
        {{{8}, {0, 8}}, 7, ".|.$|", fine, true, whole},
        {{{8, 0, 8}}, 7, "..$|", fine, true, whole},
        {{{8, 8}}, 7, ".$|", fine, true, whole},
        {{{8, 7, 0, 8, 0, 0, 8}}, 7, ".--+++$|", fine, true, differences},
        {{{9, 7, 0}, {8, 0}, {8, 9, 0, 9}}, 7, ".--|++|-++$|", fine, true, differences},
        {{{9, 7, 8, 8, 9, 9}}, 7, ".-+-+$|", fine, true, differences},
        {{{1, 0xffffffff, 1, 0, 1}}, 0xffffffff, ".-++$|", fine, true, differences},  // RFC 1982
        {{{9, 6, 0, 9, 9}}, 7, ".", wrong, false, unknown},
        {{{9, 7, 0, 8, 0, 7}}, 7, ".--++", wrong, false, differences},
        {{{9, 7, 0, 6}}, 7, ".--", wrong, false, differences},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(i);
        const Row& row = rows[i];
        const Ran ran = run(row.messages, row.ours);
        CHECK(ran.marks == row.marks);
        CHECK(ran.status == row.status);
        CHECK(ran.complete == row.complete);
        CHECK(ran.kind == row.kind);
    }
}

TEST_CASE("each message is looked at") {
    struct Row {
        std::size_t offset;
        std::uint8_t value;
        Status status;
    };
    for (const Row& row :
         {Row{0, 0x99, Status::protocol_violation}, Row{2, 0x01, Status::protocol_violation},
          Row{2, 0xa1, Status::protocol_violation}, Row{2, 0x83, Status::protocol_violation},
          Row{3, 5, Status::server_error}, Row{3, 9, Status::server_error}, Row{13, 'y', Status::protocol_violation},
          Row{7, 9, Status::protocol_violation}, Row{3, 0, Status::success}, Row{13, 'Z', Status::success}}) {
        CAPTURE(row.offset);
        CAPTURE(row.value);
        auto bytes = message_of({7, 0, 7});
        bytes[row.offset] = row.value;
        TransferReader reader(about(type::axfr), id, {});
        Collector sink;
        const auto taken = reader.take(*Message::open(bytes), "server", sink);
        CHECK((taken ? Status::success : taken.error().status) == row.status);
    }
}
