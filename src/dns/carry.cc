// SPDX-License-Identifier: MIT
#include "dns/carry.h"

#include <algorithm>

namespace fid::dns {
namespace {

using transport::Task;

constexpr std::uint16_t private_padding = 128;  // RFC 8467 section 4.1

bool is_private(Carrier carrier) { return carrier == Carrier::tls || carrier == Carrier::https; }

Task<Result<std::vector<std::uint8_t>>> read_exactly(transport::Stream& stream, std::size_t size,
                                                     const std::string& server, Status at_once) {
    std::vector<std::uint8_t> bytes(size);
    std::size_t have = 0;
    while (have < size) {
        const std::span<std::uint8_t> rest = std::span(bytes).subspan(have);
        auto reading = stream.read(rest);
        auto chunk = co_await std::move(reading);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        have += chunk->size;
        if (chunk->end && have < size)
            co_return fail(have == 0 ? at_once : Status::truncated, "no answer from", server, "the connection ended");
    }
    co_return bytes;
}

}  // namespace

Endpoint dial_endpoint(const Server& server, Carrier carrier) {
    Endpoint place = server.endpoint;
    place.scheme = is_private(carrier) ? "tls" : carrier_name(carrier);
    return place;
}

transport::DialOptions dial_options(const ExchangeOptions& options, Carrier carrier) {
    transport::DialOptions dial = options.dial;
    dial.timeout = options.timeout;
    if (carrier == Carrier::tls && dial.tls.alpn.empty()) dial.tls.alpn.emplace_back("dot");
    if (carrier == Carrier::https && dial.tls.alpn.empty()) dial.tls.alpn.emplace_back("h2");
    return dial;
}

std::vector<std::uint8_t> make_query(std::uint16_t id, const Question& question, const ExchangeOptions& options,
                                     Carrier carrier) {
    QueryOptions query = options.query;
    if (query.edns && is_private(carrier) && query.edns->padding == 0) query.edns->padding = private_padding;
    std::vector<std::uint8_t> bytes(max_message);
    bytes.resize(write_query(bytes, id, question, query));
    return bytes;
}

Task<Result<void>> write_message(transport::Stream& stream, Bytes message) {
    std::vector<std::uint8_t> framed(message.size() + 2);
    framed[0] = static_cast<std::uint8_t>(message.size() >> 8U);
    framed[1] = static_cast<std::uint8_t>(message.size());
    std::ranges::copy(message, framed.begin() + 2);
    auto writing = stream.write(framed);
    auto written = co_await std::move(writing);
    co_return written;
}

Task<Result<std::vector<std::uint8_t>>> read_message(transport::Stream& stream, const std::string& server) {
    auto reading_length = read_exactly(stream, 2, server, Status::empty_reply);
    auto length = co_await std::move(reading_length);
    if (!length) co_return std::unexpected(std::move(length.error()));
    auto reading = read_exactly(stream, packet::Cursor(*length).u16(), server, Status::truncated);
    auto body = co_await std::move(reading);
    co_return body;
}

std::uint64_t unix_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace fid::dns
